//! Statuses are set in order, and each is in the stream.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use the_mule::MuleError;

use crate::support::alice;
use crate::support::private_redis::PrivateRedis;

#[tokio::test]
async fn each_is_set_and_in_the_stream() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).status_gap(Duration::ZERO).build().await.unwrap();
    for status in ["started|/ip4/1.2.3.4/udp/5", "connecting", "connected"] {
        client.send_status(status).await.unwrap();
        assert_eq!(redis.status().await.as_deref(), Some(status));
    }
    let streamed = redis.streamed().await;
    let field = |name: &str| -> Vec<String> {
        let value = |entry: &Vec<(String, String)>| entry.iter().find(|(field, _)| field == name).expect(name).1.clone();
        streamed.iter().map(value).collect()
    };
    assert_eq!(field("status"), ["started|/ip4/1.2.3.4/udp/5", "connecting", "connected"]);
    assert_eq!(field("report").into_iter().collect::<HashSet<_>>().len(), 3);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    assert!(field("at").iter().all(|at| at.parse::<u128>().unwrap().abs_diff(now) < 60_000), "{streamed:?}");
    assert_eq!(redis.ask::<i64>(&["TTL", "alice_status"]).await, -1);
    client.close().await;
}

#[tokio::test]
async fn one_stands_behind_all_that_was_logged_before() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).build().await.unwrap();
    let reporter = client.reporter();
    let writer = tokio::spawn(async move {
        for number in 0..5_000 {
            reporter.log(the_mule::Level::INFO, format!("{number}"));
        }
        reporter.send_status("written").await
    });
    writer.await.unwrap().unwrap();
    assert_eq!(redis.ask::<usize>(&["LLEN", "alice_log"]).await, 5_000);
    client.close().await;
}

#[tokio::test]
async fn they_keep_their_gap_where_nobody_reads_the_stream() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).build().await.unwrap();
    let began = Instant::now();
    let sent = ["a", "b", "c", "d"].map(|status| client.send_status(status));
    for status in sent {
        status.await.unwrap();
    }
    assert!(began.elapsed() >= Duration::from_millis(60), "{:?}", began.elapsed());
    client.close().await;
}

#[tokio::test]
async fn they_are_only_set_where_redis_refuses_the_stream() {
    let redis = PrivateRedis::with("user default on nopass ~* &* +@all -xadd", None).await;
    let (notices, mut told) = tokio::sync::mpsc::unbounded_channel();
    let notice = move |text: &str| notices.send(text.to_string()).unwrap();
    let mut client = alice(&redis.url()).on_notice(notice).build().await.unwrap();
    let began = Instant::now();
    for status in ["a", "b", "c"] {
        client.send_status(status).await.unwrap();
        assert_eq!(redis.status().await.as_deref(), Some(status));
    }
    assert!(began.elapsed() >= Duration::from_millis(40), "{:?}", began.elapsed());
    assert!(redis.streamed().await.is_empty());
    let notice = told.recv().await.unwrap();
    assert!(notice.contains("NOPERM") && told.try_recv().is_err(), "{notice}");
    client.close().await;
}

#[tokio::test]
async fn a_refusal_for_good_is_an_error() {
    let redis = PrivateRedis::with("user default on nopass ~alice_log ~alice_command &* +@all", None).await;
    let mut client = alice(&redis.url()).build().await.unwrap();
    let refused = client.send_status("started").await.unwrap_err();
    assert!(matches!(&refused, MuleError::Redis(error) if error.code() == Some("NOPERM")), "{refused}");
    assert_eq!(client.close().await, 0);
    assert!(matches!(client.send_status("late").await, Err(MuleError::Closed)));
}
