//! A peer that was written for the earlier library compiles as it is.

use std::pin::Pin;

use the_mule::{Command, MuleClientBuilder, MuleError};
use tokio_stream::StreamExt;

use crate::support::private_redis::PrivateRedis;

async fn earlier_peer(redis_url: &str) -> Result<Vec<String>, MuleError> {
    let mut client = MuleClientBuilder::default().redis_url(redis_url).peer_name("alice").build().await?;
    let mut seen = Vec::new();
    client.send_status("started").await?;
    while let Some(command) = Pin::new(&mut client).next().await {
        seen.push(format!("{command:?}"));
        match command {
            Command::Connect => client.send_status("connected").await?,
            Command::Disconnect => client.send_status("disconnected").await?,
            Command::Peer { multiaddr } => seen.push(multiaddr),
            Command::Test(words) => seen.push(words),
            Command::Restart { delay_secs } => seen.push(delay_secs.to_string()),
            Command::Shutdown => {
                tracing::info!("the subscriber is there without being asked for");
                log::warn!("and hears what {} says", "log");
                log::debug!("if it is grave enough");
                log::warn!(target: "mio::poll", "and nothing of the sending itself");
                client.send_status("stopped").await?;
                break;
            }
        }
    }
    Ok(seen)
}

#[tokio::test]
async fn it_runs_as_it_did() {
    let redis = PrivateRedis::start().await;
    redis.ask::<()>(&["RPUSH", "alice_command", "connect", "peer|/ip4/1", "restart|3", "fly|far", "shutdown"]).await;
    let seen = earlier_peer(&redis.url()).await.unwrap();
    let peer = r#"Peer { multiaddr: "/ip4/1" }"#;
    assert_eq!(seen, ["Connect", peer, "/ip4/1", "Restart { delay_secs: 3 }", "3", r#"Test("fly|far")"#, "fly|far", "Shutdown"]);
    assert_eq!(redis.status().await.as_deref(), Some("stopped"));
    assert_eq!(redis.log().await, ["info|the subscriber is there without being asked for", "warn|and hears what log says"]);
    let MuleError::MissingConfig(text) = MuleClientBuilder::new().peer_name("alice").build().await.unwrap_err() else { panic!() };
    assert!(text.contains("REDIS_URL"), "{text}");
}
