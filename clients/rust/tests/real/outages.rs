//! Redis goes away, and comes back.

use std::time::Duration;

use the_mule::{Command, Level};
use tokio::time::timeout;
use tokio_stream::StreamExt;

use crate::support::private_redis::PrivateRedis;
use crate::support::proxy::Proxy;
use crate::support::{alice, next, until};

#[tokio::test]
async fn what_is_reported_meanwhile_arrives_in_order() {
    let redis = PrivateRedis::start().await;
    let proxy = Proxy::to(redis.port).await;
    let mut client = alice(&proxy.url()).build().await.unwrap();
    client.send_status("started").await.unwrap();
    proxy.away();
    client.log(Level::INFO, "before");
    let first = client.send_status("one");
    client.log(Level::INFO, "between");
    let second = client.send_status("two");
    client.log(Level::INFO, "after");
    assert!(!client.flush(Duration::from_millis(100)).await);
    proxy.back();
    first.await.unwrap();
    second.await.unwrap();
    assert_eq!(client.close().await, 0);
    assert_eq!(redis.log().await, ["info|before", "info|between", "info|after"]);
    let streamed: Vec<_> = redis.streamed().await.into_iter().map(|fields| fields[0].1.clone()).collect();
    assert_eq!(streamed, ["started", "one", "two"]);
}

#[tokio::test]
async fn commands_come_once_through_lost_connections() {
    let redis = PrivateRedis::start().await;
    let proxy = Proxy::to(redis.port).await;
    let mut client = alice(&proxy.url()).build().await.unwrap();
    for round in 0..5 {
        assert!(timeout(Duration::from_millis(5), client.next()).await.is_err());
        proxy.away();
        redis.ask::<()>(&["RPUSH", "alice_command", &format!("{round}")]).await;
        proxy.back();
        assert_eq!(next(&mut client).await, Command::Test(round.to_string()));
        assert!(redis.queue().await.is_empty());
    }
    client.close().await;
}

#[tokio::test]
async fn the_server_that_still_believes_in_the_old_connection_gives_it_nothing() {
    let redis = PrivateRedis::start().await;
    let proxy = Proxy::to(redis.port).await;
    let mut client = alice(&proxy.url()).build().await.unwrap();
    assert!(timeout(Duration::from_millis(5), client.next()).await.is_err());
    redis.waits().await;
    let old = waiting(&redis).await.remove(0);
    proxy.half_open();
    until("both links half open", async || proxy.half_open_count() == 2).await;
    // The old one is first in line until it is ended.
    until("a new one waits in its place", async || {
        let waiting = waiting(&redis).await;
        waiting.len() == 1 && waiting[0] != old
    })
    .await;
    redis.ask::<()>(&["RPUSH", "alice_command", "connect"]).await;
    assert_eq!(next(&mut client).await, Command::Connect);
    client.close().await;
}

/// The server's numbers of the connections that wait for a command.
async fn waiting(redis: &PrivateRedis) -> Vec<i64> {
    let lines = redis.peers().await.into_iter().filter(|line| line.contains("cmd=blpop"));
    lines.map(|line| line.split([' ', '=']).nth(1).and_then(|id| id.parse().ok()).expect("id=<number>")).collect()
}

#[tokio::test]
async fn a_new_server_gets_the_last_status_and_no_entry_of_it() {
    let mut redis = PrivateRedis::start().await;
    let (notices, mut told) = tokio::sync::mpsc::unbounded_channel();
    let notice = move |text: &str| drop(notices.send(text.to_string()));
    let mut client = alice(&redis.url()).on_notice(notice).build().await.unwrap();
    client.send_status("connected").await.unwrap();
    redis.stop();
    redis.start_again().await;
    until("the status is back", async || redis.status().await.as_deref() == Some("connected")).await;
    assert!(redis.streamed().await.is_empty());
    let mut texts = Vec::new();
    while texts.len() < 4 {
        texts.push(told.recv().await.unwrap());
    }
    for purpose in ["reports", "commands"] {
        for word in ["lost Redis", "connected to Redis"] {
            assert!(texts.iter().any(|text| text.starts_with(word) && text.contains(purpose)), "{word} {purpose}: {texts:?}");
        }
    }
    client.close().await;
}

#[tokio::test]
async fn a_server_that_follows_another_one_for_a_while_is_asked_again() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).build().await.unwrap();
    assert!(timeout(Duration::from_millis(5), client.next()).await.is_err());
    redis.waits().await;
    // It ends the wait with UNBLOCKED, and refuses the next one with READONLY.
    redis.ask::<()>(&["REPLICAOF", "127.0.0.1", "1"]).await;
    assert!(timeout(Duration::from_millis(200), client.next()).await.is_err());
    redis.ask::<()>(&["REPLICAOF", "NO", "ONE"]).await;
    redis.ask::<()>(&["RPUSH", "alice_command", "connect"]).await;
    assert_eq!(next(&mut client).await, Command::Connect);
    client.close().await;
}

#[tokio::test]
async fn a_new_server_that_gives_the_old_number_again_is_no_reason_to_hang_up() {
    let mut redis = PrivateRedis::start().await;
    let proxy = Proxy::to(redis.port).await;
    let (notices, mut told) = tokio::sync::mpsc::unbounded_channel();
    let notice = move |text: &str| drop(notices.send(text.to_string()));
    while redis.ask::<i64>(&["CLIENT", "ID"]).await < 100 {}
    let mut client = alice(&proxy.url()).on_notice(notice).build().await.unwrap();
    assert!(timeout(Duration::from_millis(5), client.next()).await.is_err());
    redis.waits().await;
    let old = waiting(&redis).await[0];
    proxy.away();
    redis.stop();
    redis.start_again().await;
    while redis.ask::<i64>(&["CLIENT", "ID"]).await < old - 1 {}
    proxy.back();
    redis.waits().await;
    client.send_status("here").await.unwrap();
    redis.ask::<()>(&["RPUSH", "alice_command", "connect"]).await;
    assert_eq!(next(&mut client).await, Command::Connect);
    client.close().await;
    drop(client);
    let mut lost = 0;
    while let Ok(text) = told.try_recv() {
        lost += i32::from(text.starts_with("lost Redis"));
    }
    assert_eq!(lost, 2);
}

#[tokio::test]
async fn a_status_that_stands_is_not_set_again() {
    let redis = PrivateRedis::start().await;
    let proxy = Proxy::to(redis.port).await;
    let mut client = alice(&proxy.url()).build().await.unwrap();
    client.send_status("connected").await.unwrap();
    redis.ask::<()>(&["SET", "alice_status", "by somebody else"]).await;
    proxy.away();
    proxy.back();
    client.log(Level::INFO, "here again");
    until("the line is there", async || !redis.log().await.is_empty()).await;
    assert_eq!(redis.status().await.as_deref(), Some("by somebody else"));
    client.close().await;
}

#[tokio::test]
async fn a_redis_that_cannot_take_it_now_is_asked_again() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).build().await.unwrap();
    redis.ask::<()>(&["CONFIG", "SET", "maxmemory", "1"]).await;
    client.log(Level::INFO, "kept");
    let status = client.send_status("kept");
    assert!(!client.flush(Duration::from_millis(200)).await);
    redis.ask::<()>(&["CONFIG", "SET", "maxmemory", "0"]).await;
    status.await.unwrap();
    assert_eq!((redis.log().await, redis.status().await.as_deref()), (vec!["info|kept".into()], Some("kept")));
    client.close().await;
}
