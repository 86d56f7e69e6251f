//! Commands come in order, one at a time, and none is lost.

use std::time::Duration;

use the_mule::{Command, MuleError};
use tokio::time::{sleep, timeout};
use tokio_stream::StreamExt;

use crate::support::private_redis::PrivateRedis;
use crate::support::{PATIENCE, alice, next, until};

#[tokio::test]
async fn they_come_in_order_and_none_before_it_is_asked_for() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).build().await.unwrap();
    let sent = ["connect", "peer|/ip4/1.2.3.4/udp/5", "push|bob|a|b\n🌍", "", "restart|2"];
    redis.ask::<()>(&[&["RPUSH", "alice_command"], &sent[..]].concat()).await;
    for (taken, raw) in sent.iter().enumerate() {
        assert_eq!(redis.queue().await, sent[taken..]);
        assert_eq!(next(&mut client).await, Command::parse(raw));
    }
    assert_eq!(redis.peers().await.len(), 2);
    client.close().await;
    until("no connection", async || redis.peers().await.is_empty()).await;
}

#[tokio::test]
async fn a_next_that_is_dropped_loses_nothing() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).build().await.unwrap();
    for _ in 0..3 {
        assert!(timeout(Duration::from_millis(1), client.next()).await.is_err());
    }
    redis.waits().await;
    redis.ask::<()>(&["RPUSH", "alice_command", "one", "two", "three"]).await;
    until("one command taken", async || redis.queue().await == ["two", "three"]).await;
    for word in ["one", "two", "three"] {
        assert_eq!(next(&mut client).await, Command::Test(word.into()));
    }
    client.close().await;
}

#[tokio::test]
async fn closing_leaves_what_nobody_fetched() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).build().await.unwrap();
    assert!(timeout(Duration::from_millis(1), client.next()).await.is_err());
    redis.waits().await;
    redis.ask::<()>(&["RPUSH", "alice_command", "one", "two"]).await;
    until("one command taken", async || redis.queue().await == ["two"]).await;
    client.close().await;
    assert_eq!(redis.queue().await, ["one", "two"]);
    assert_eq!(client.next().await, None);
}

#[tokio::test]
async fn none_is_lost_that_comes_while_the_client_is_closed() {
    let redis = PrivateRedis::start().await;
    for round in 0..20 {
        let mut client = alice(&redis.url()).build().await.unwrap();
        let early = timeout(Duration::from_millis(round / 4), client.next()).await;
        assert!(early.is_err());
        let ((), _) = tokio::join!(redis.ask(&["RPUSH", "alice_command", "late"]), client.close());
        assert_eq!(redis.queue().await, ["late"], "round {round}");
        redis.ask::<()>(&["DEL", "alice_command"]).await;
    }
}

#[tokio::test]
async fn dropping_the_client_leaves_them_too() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).build().await.unwrap();
    assert!(timeout(Duration::from_millis(1), client.next()).await.is_err());
    redis.waits().await;
    drop(client);
    until("nobody waits", async || !redis.peers().await.iter().any(|line| line.contains("cmd=blpop"))).await;
    redis.ask::<()>(&["RPUSH", "alice_command", "late"]).await;
    sleep(Duration::from_millis(50)).await;
    assert_eq!(redis.queue().await, ["late"]);
}

#[tokio::test]
async fn the_stream_ends_where_redis_refuses_for_good() {
    let redis = PrivateRedis::start().await;
    redis.ask::<()>(&["SET", "alice_command", "no list"]).await;
    let mut client = alice(&redis.url()).build().await.unwrap();
    assert_eq!(timeout(PATIENCE, client.next()).await.unwrap(), None);
    let Some(MuleError::Redis(failure)) = client.failure() else { panic!("{:?}", client.failure()) };
    assert_eq!(failure.code(), Some("WRONGTYPE"));
    assert_eq!(client.next().await, None);
    // What it reports is not concerned.
    client.send_status("stopped").await.unwrap();
    assert_eq!(client.close().await, 0);
}
