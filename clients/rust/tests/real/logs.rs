//! Log lines arrive whole, in order, and never make their writer wait.

use std::time::Duration;

use the_mule::Level;

use crate::support::alice;
use crate::support::private_redis::PrivateRedis;
use crate::support::proxy::Proxy;

#[tokio::test]
async fn they_arrive_whole_and_in_order() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).log_level("trace").build().await.unwrap();
    let odd = ["", "a|b", "two\nlines\r\n", "Grüße, 世界 🌍", "\u{1}\u{1b}[31m", "{} %s $1"];
    for message in odd {
        client.log(Level::TRACE, message);
    }
    for number in 0..10_000 {
        client.log(Level::INFO, format!("line {number}"));
    }
    assert!(client.flush(Duration::from_secs(30)).await);
    let expected =
        odd.iter().map(|message| format!("trace|{message}")).chain((0..10_000).map(|number| format!("info|line {number}")));
    assert_eq!(redis.log().await, expected.collect::<Vec<_>>());
    client.close().await;
}

#[tokio::test]
async fn the_level_decides_which() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).log_level("warn").build().await.unwrap();
    for level in [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE] {
        client.log(level, "x");
    }
    client.close().await;
    assert_eq!(redis.log().await, ["error|x", "warn|x"]);
}

#[tokio::test]
async fn those_that_do_not_fit_are_counted_where_they_are_missing() {
    let redis = PrivateRedis::start().await;
    let proxy = Proxy::to(redis.port).await;
    let mut client = alice(&proxy.url()).log_buffer_lines(100).build().await.unwrap();
    proxy.freeze();
    for number in 0..250 {
        client.log(Level::INFO, format!("{number}"));
    }
    let status = client.send_status("over");
    proxy.back();
    status.await.unwrap();
    client.log(Level::INFO, "after");
    assert_eq!(client.close().await, 0);
    let mut expected: Vec<_> = (0..100).map(|number| format!("info|{number}")).collect();
    expected.push("warn|150 log lines are missing here: the peer's log buffer was full".into());
    expected.push("info|after".into());
    assert_eq!(redis.log().await, expected);
}

#[tokio::test]
async fn a_key_that_is_none_for_lines_is_told() {
    let redis = PrivateRedis::start().await;
    redis.ask::<()>(&["SET", "alice_log", "no list"]).await;
    let (notices, mut told) = tokio::sync::mpsc::unbounded_channel();
    let notice = move |text: &str| notices.send(text.to_string()).unwrap();
    let mut client = alice(&redis.url()).on_notice(notice).build().await.unwrap();
    client.log(Level::INFO, "x");
    client.send_status("started").await.unwrap();
    let notice = told.recv().await.unwrap();
    assert!(notice.contains("1 log lines were refused by Redis: WRONGTYPE"), "{notice}");
    client.close().await;
}
