//! The reference peer as a process: what only a whole process shows.

use std::collections::HashSet;

use crate::support::private_redis::PrivateRedis;
use crate::support::running_peer::RunningPeer;
use crate::support::until;

async fn is(redis: &PrivateRedis, peer: &str, word: &str) {
    let key = format!("{peer}_status");
    let status = async || redis.ask::<Option<String>>(&["GET", &key]).await;
    until(&format!("{peer} {word}"), async || status().await.is_some_and(|status| status.split('|').next() == Some(word))).await;
}

async fn says(redis: &PrivateRedis, peer: &str, line: &str) {
    let key = format!("{peer}_log");
    let lines = async || redis.ask::<Vec<String>>(&["LRANGE", &key, "0", "-1"]).await;
    until(&format!("{peer} says {line}"), async || lines().await.iter().any(|text| text == line)).await;
}

#[tokio::test]
async fn peers_find_each_other_and_pass_messages_on() {
    let redis = PrivateRedis::start().await;
    let names = ["alice", "bob", "carol"];
    let peers = names.map(|name| RunningPeer::start(&redis, name, &[]));
    for (name, neighbour) in [("alice", None), ("bob", Some("alice")), ("carol", Some("bob"))] {
        is(&redis, name, "started").await;
        if let Some(neighbour) = neighbour {
            let started: String = redis.ask(&["GET", &format!("{neighbour}_status")]).await;
            let address = started.split_once('|').unwrap().1.to_string();
            redis.ask::<()>(&["RPUSH", &format!("{name}_command"), &format!("peer|{address}")]).await;
            says(&redis, name, &format!("info|knows {address}")).await;
        }
    }
    for name in names {
        redis.ask::<()>(&["RPUSH", &format!("{name}_command"), "connect"]).await;
    }
    says(&redis, "bob", "info|linked with alice").await;
    says(&redis, "bob", "info|linked with carol").await;
    redis.ask::<()>(&["RPUSH", "carol_command", "track|alice"]).await;
    says(&redis, "carol", "info|tracks alice").await;
    redis.ask::<()>(&["RPUSH", "alice_command", "push|carol|hello|there", "rotate-key"]).await;
    says(&redis, "carol", "info|got hello|there from alice").await;
    until("the new key", async || {
        let lines: Vec<String> = redis.ask(&["LRANGE", "carol_log", "0", "-1"]).await;
        lines.iter().any(|line| line.starts_with("info|tracked alice: has the new key "))
    })
    .await;
    redis.ask::<()>(&["RPUSH", "bob_command", "disconnect"]).await;
    says(&redis, "alice", "warn|lost bob: it said goodbye").await;
    for name in names {
        redis.ask::<()>(&["RPUSH", &format!("{name}_command"), "shutdown"]).await;
    }
    for (peer, name) in peers.into_iter().zip(names) {
        let ended = peer.ended().await;
        assert!(ended.status.success(), "{ended:?}");
        is(&redis, name, "stopped").await;
    }
}

#[tokio::test]
async fn it_restarts_by_the_protocol() {
    let redis = PrivateRedis::start().await;
    let file = std::env::temp_dir().join(format!("the-mule-peer-{}-{}", std::process::id(), redis.port));
    let peer = RunningPeer::start(&redis, "alice", &[("TM_DELAY_FILE", file.to_str().unwrap())]);
    redis.ask::<()>(&["RPUSH", "alice_command", "log|info|3000|line", "restart|7", "connect"]).await;
    assert_eq!(peer.ended().await.status.code(), Some(42));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "7\n");
    std::fs::remove_file(file).unwrap();
    assert_eq!((redis.status().await.as_deref(), redis.queue().await), (Some("restarting"), vec!["connect".into()]));
    assert_eq!(redis.log().await.iter().filter(|line| line.starts_with("info|line ")).count(), 3_000);
}

#[tokio::test]
async fn the_first_signal_is_a_shutdown() {
    for signal in ["TERM", "INT"] {
        let redis = PrivateRedis::start().await;
        let peer = RunningPeer::start(&redis, "alice", &[]);
        is(&redis, "alice", "started").await;
        peer.signal(signal).await;
        assert_eq!(peer.ended().await.status.code(), Some(0));
        is(&redis, "alice", "stopped").await;
    }
}

#[tokio::test]
async fn the_second_signal_ends_the_process() {
    let redis = PrivateRedis::start().await;
    let peer = RunningPeer::start(&redis, "alice", &[("RUST_LOG", "debug")]);
    // It blocks its only thread.
    redis.ask::<()>(&["RPUSH", "alice_command", "hang"]).await;
    says(&redis, "alice", "error|hangs on command").await;
    peer.signal("TERM").await;
    peer.signal("INT").await;
    let code = peer.ended().await.status.code();
    assert!(code == Some(130) || code == Some(143), "{code:?}");
}

#[tokio::test]
async fn heartbeats_begin_with_the_first_status_under_tm_only() {
    let redis = PrivateRedis::start().await;
    let with = RunningPeer::start(&redis, "alice", &[("TM_RUN_ID", "r-1")]);
    let without = RunningPeer::start(&redis, "bob", &[]);
    is(&redis, "bob", "started").await;
    let mut beats = HashSet::new();
    until("three heartbeats", async || {
        beats.extend(redis.ask::<Option<String>>(&["GET", "alice_heartbeat"]).await);
        beats.len() == 3
    })
    .await;
    assert!(
        beats.iter().all(|beat| beat.ends_with("|2000") && beat.split('|').next().unwrap().parse::<u64>().is_ok()),
        "{beats:?}"
    );
    assert_eq!(redis.ask::<Option<String>>(&["GET", "bob_heartbeat"]).await, None);
    for (peer, name) in [(with, "alice"), (without, "bob")] {
        redis.ask::<()>(&["RPUSH", &format!("{name}_command"), "shutdown"]).await;
        assert!(peer.ended().await.status.success());
    }
}

#[tokio::test]
async fn a_peer_whose_stderr_nobody_reads_connects_again() {
    let redis = PrivateRedis::start().await;
    let mut peer = RunningPeer::start(&redis, "alice", &[]);
    is(&redis, "alice", "started").await;
    peer.deafen();
    redis.ask::<()>(&["CLIENT", "KILL", "TYPE", "normal"]).await;
    redis.ask::<()>(&["RPUSH", "alice_command", "shutdown"]).await;
    assert!(peer.ended().await.status.success());
    assert_eq!(redis.status().await.as_deref(), Some("stopped"));
}

#[tokio::test]
async fn what_is_wrong_is_told_on_stderr() {
    let redis = PrivateRedis::start().await;
    let peer = RunningPeer::start(&redis, "alice", &[("REDIS_URL", "redis://u:s3cret@h/x"), ("PEER_NAME", "")]);
    let ended = peer.ended().await;
    let text = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1));
    assert!(
        text.contains("REDIS_URL names the database") && text.contains("PEER_NAME is not set") && !text.contains("s3cret"),
        "{text}"
    );
}
