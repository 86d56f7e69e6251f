//! Closing and restarting send what is left, in bounded time.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use the_mule::{Level, MuleError};
use tokio::time::timeout;
use tokio_stream::StreamExt;

use crate::support::private_redis::PrivateRedis;
use crate::support::proxy::Proxy;
use crate::support::{alice, until};

#[tokio::test]
async fn closing_sends_what_is_left() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).build().await.unwrap();
    for number in 0..20_000 {
        client.log(Level::INFO, format!("{number}"));
    }
    client.reporter().queue_status("stopped");
    assert_eq!(client.close().await, 0);
    assert_eq!(redis.ask::<usize>(&["LLEN", "alice_log"]).await, 20_000);
    assert_eq!(redis.status().await.as_deref(), Some("stopped"));
    assert_eq!(client.close().await, 0);
}

#[tokio::test]
async fn closing_that_is_given_up_goes_on_and_can_be_waited_for_again() {
    let redis = PrivateRedis::start().await;
    let proxy = Proxy::to(redis.port).await;
    let mut client = alice(&proxy.url()).build().await.unwrap();
    assert!(timeout(Duration::from_millis(5), client.next()).await.is_err());
    redis.waits().await;
    proxy.freeze();
    assert!(timeout(Duration::from_millis(20), client.close()).await.is_err());
    proxy.back();
    client.close().await;
    until("it has hung up", async || redis.peers().await.is_empty()).await;
    redis.ask::<()>(&["RPUSH", "alice_command", "connect"]).await;
    assert_eq!(redis.queue().await, ["connect"]);
    assert_eq!(client.next().await, None);
}

#[tokio::test]
async fn a_client_that_is_dropped_sends_what_is_left_and_hangs_up() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).build().await.unwrap();
    assert!(timeout(Duration::from_millis(5), client.next()).await.is_err());
    let reporter = client.reporter();
    client.log(Level::INFO, "last of the client");
    drop(client);
    reporter.send_status("of its reporter").await.unwrap();
    reporter.log(Level::INFO, "last of the reporter");
    drop(reporter);
    until("it has hung up", async || redis.peers().await.is_empty()).await;
    assert_eq!(redis.log().await, ["info|last of the client", "info|last of the reporter"]);
}

#[tokio::test]
async fn for_ever_is_a_time() {
    let redis = PrivateRedis::start().await;
    let ever = Duration::MAX;
    let mut client =
        alice(&redis.url()).connect_timeout(ever).close_timeout(ever).heartbeat(ever).status_gap(ever).build().await.unwrap();
    client.send_status("once").await.unwrap();
    assert!(client.flush(ever).await);
    assert_eq!(client.close().await, 0);
}

#[tokio::test]
async fn closing_gives_up_in_time_and_counts_what_is_unsent() {
    let redis = PrivateRedis::start().await;
    let proxy = Proxy::to(redis.port).await;
    let mut client = alice(&proxy.url()).close_timeout(Duration::from_millis(300)).build().await.unwrap();
    assert!(timeout(Duration::from_millis(5), client.next()).await.is_err());
    proxy.freeze();
    for number in 0..7 {
        client.log(Level::INFO, format!("{number}"));
    }
    let status = client.send_status("stopped");
    let began = Instant::now();
    assert_eq!(client.close().await, 8);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(matches!(status.await, Err(MuleError::Closed)));
    assert!(!client.flush(Duration::from_secs(1)).await);
}

#[tokio::test]
async fn restarting_leaves_the_delay_reports_and_exits() {
    let redis = PrivateRedis::start().await;
    let exits = Arc::new(Mutex::new(Vec::new()));
    let seen = exits.clone();
    let file = std::env::temp_dir().join(format!("the-mule-restart-{}-{}", std::process::id(), redis.port));
    let client = alice(&redis.url()).delay_file(&file).on_exit(move |code| seen.lock().unwrap().push(code));
    let mut client = client.build().await.unwrap();
    redis.ask::<()>(&["RPUSH", "alice_command", "for the next one"]).await;
    client.log(Level::INFO, "last words");
    assert!(matches!(client.restart(Duration::from_millis(1_500)).await, MuleError::Closed));
    assert_eq!(*exits.lock().unwrap(), [42]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "2\n");
    std::fs::remove_file(file).unwrap();
    assert_eq!((redis.status().await.as_deref(), redis.log().await), (Some("restarting"), vec!["info|last words".into()]));
    assert_eq!(redis.queue().await, ["for the next one"]);
}

#[tokio::test]
async fn a_restart_that_cannot_leave_its_delay_is_none() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).delay_file("/nowhere/at/all").build().await.unwrap();
    let problem = client.restart(Duration::ZERO).await;
    assert!(matches!(&problem, MuleError::DelayFile { .. }) && problem.to_string().contains("/nowhere/at/all"), "{problem}");
    client.send_status("still here").await.unwrap();
    assert_eq!(redis.status().await.as_deref(), Some("still here"));
    client.close().await;
}
