//! The events of a program are its log lines.

use tracing_subscriber::prelude::*;

use crate::support::alice;
use crate::support::private_redis::PrivateRedis;

#[tokio::test]
async fn a_layer_forwards_what_its_filter_lets_through() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).log_level("warn,real::tracing_events=debug,quiet=off").build().await.unwrap();
    let guard = tracing_subscriber::registry().with(client.tracing_layer()).set_default();
    tracing::info!(peer = "bob", tries = 3, "linked with {}", "bob");
    tracing::trace!("too little");
    tracing::info!(target: "other", "too little there");
    tracing::warn!(target: "other", "grave enough");
    tracing::error!(target: "quiet", "never");
    client.send_status("written").await.unwrap();
    drop(guard);
    tracing::error!("nobody listens");
    client.close().await;
    assert_eq!(redis.log().await, ["info|linked with bob peer=\"bob\" tries=3", "warn|grave enough"]);
}

#[tokio::test]
async fn at_the_finest_level_sending_makes_no_lines_of_its_own() {
    let redis = PrivateRedis::start().await;
    let mut client = alice(&redis.url()).log_level("trace").build().await.unwrap();
    let _guard = tracing_subscriber::registry().with(client.tracing_layer()).set_default();
    tracing::trace!("the only one");
    for status in ["one", "two"] {
        client.send_status(status).await.unwrap();
    }
    client.close().await;
    assert_eq!(redis.log().await, ["trace|the only one"]);
}
