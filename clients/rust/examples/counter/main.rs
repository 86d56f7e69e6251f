//! A replicated counter: each peer counts for itself, and all tell each other what they know, until all know the same sum.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::error::Error;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use the_mule::{Command, MuleClient, MuleClientBuilder};
use tokio::net::UdpSocket;
use tokio::time::interval;
use tokio_stream::StreamExt;
use tracing::{info, warn};

/// What one peer tells another.
#[derive(Clone, Serialize, Deserialize)]
struct Gossip {
    address: String,
    /// What is known of everybody's count, one's own included. Counts only grow, so the larger one is the newer one.
    counts: BTreeMap<String, u64>,
}

#[derive(PartialEq)]
enum State {
    Disconnected,
    Connecting,
    Connected,
}

struct Counter {
    client: MuleClient,
    socket: UdpSocket,
    known: Gossip,
    neighbours: BTreeSet<String>,
    state: State,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = MuleClientBuilder::new().build().await?;
    let (host, port) = endpoint(client.listen_addr()?).ok_or("LISTEN_ADDR names no UDP port")?;
    let socket = UdpSocket::bind((host, port)).await?;
    let reachable_at = env::var("HOST_ADDR").ok().filter(|host| !host.is_empty()).unwrap_or_else(|| "127.0.0.1".into());
    let known = Gossip { address: format!("/ip4/{reachable_at}/udp/{port}/quic-v1"), counts: BTreeMap::new() };
    Counter { client, socket, known, neighbours: BTreeSet::new(), state: State::Disconnected }.run().await
}

impl Counter {
    async fn run(mut self) -> Result<(), Box<dyn Error>> {
        self.client.send_status(&format!("started|{}", self.known.address)).await?;
        let mut gossiping = interval(Duration::from_millis(200));
        let mut datagram = vec![0; 1 << 16];
        loop {
            tokio::select! {
                command = self.client.next() => match command {
                    Some(Command::Peer { multiaddr }) => _ = self.neighbours.insert(multiaddr),
                    Some(Command::Connect) => self.connect().await?,
                    Some(Command::Disconnect) => self.disconnect().await?,
                    Some(Command::Restart { delay_secs }) => return Err(self.client.restart(Duration::from_secs(delay_secs)).await.into()),
                    Some(Command::Test(words)) => self.obey(&words).await,
                    Some(Command::Shutdown) | None => break,
                },
                received = self.socket.recv_from(&mut datagram) => if let Ok((length, _)) = received {
                    self.hear(&datagram[..length]).await?;
                },
                _ = gossiping.tick() => self.gossip().await,
            }
        }
        self.client.send_status("stopped").await?;
        self.client.close().await;
        Ok(())
    }

    async fn connect(&mut self) -> Result<(), Box<dyn Error>> {
        self.client.send_status("connecting").await?;
        self.state = State::Connecting;
        if self.neighbours.is_empty() {
            self.become_connected().await?;
        }
        self.gossip().await;
        Ok(())
    }

    async fn become_connected(&mut self) -> Result<(), Box<dyn Error>> {
        self.state = State::Connected;
        Ok(self.client.send_status("connected").await?)
    }

    async fn disconnect(&mut self) -> Result<(), Box<dyn Error>> {
        self.client.send_status("disconnecting").await?;
        self.state = State::Disconnected;
        Ok(self.client.send_status("disconnected").await?)
    }

    async fn obey(&mut self, words: &str) {
        if let Some(amount) = words.strip_prefix("add|").and_then(|amount| amount.parse::<u64>().ok()) {
            *self.known.counts.entry(self.client.name().into()).or_default() += amount;
            info!("added {amount}");
            self.gossip().await;
        } else if words == "value" {
            info!("value {}", self.sum());
        } else {
            warn!("unknown command: {words}");
        }
    }

    /// Tells the neighbours everything. What gets lost on the way is told again soon.
    async fn gossip(&self) {
        if self.state == State::Disconnected {
            return;
        }
        let datagram = serde_json::to_vec(&self.known).expect("a map of numbers always makes JSON");
        for to in self.neighbours.iter().filter_map(|neighbour| endpoint(neighbour)) {
            let _ = self.socket.send_to(&datagram, to).await;
        }
    }

    async fn hear(&mut self, datagram: &[u8]) -> Result<(), Box<dyn Error>> {
        let Ok(heard) = serde_json::from_slice::<Gossip>(datagram) else { return Ok(()) };
        if self.state == State::Disconnected {
            return Ok(());
        }
        self.neighbours.insert(heard.address);
        if self.state == State::Connecting {
            self.become_connected().await?;
        }
        let before = self.sum();
        for (name, count) in heard.counts {
            let known = self.known.counts.entry(name).or_default();
            *known = count.max(*known);
        }
        if self.sum() != before {
            info!("value {}", self.sum());
            self.gossip().await;
        }
        Ok(())
    }

    fn sum(&self) -> u64 {
        self.known.counts.values().sum()
    }
}

/// Host and port out of `/ip4/<host>/udp/<port>/…`.
fn endpoint(multiaddr: &str) -> Option<(&str, u16)> {
    let mut parts = multiaddr.split('/').skip(2);
    let (host, _udp, port) = (parts.next()?, parts.next()?, parts.next()?);
    Some((host, port.parse().ok()?))
}
