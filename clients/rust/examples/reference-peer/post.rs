//! A UDP socket that speaks in datagrams of ours, and can go on sending one until it is acknowledged.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep_until};

use crate::datagram::{Content, Datagram};
use crate::multiaddr::Endpoint;

/// Pauses after which an unanswered datagram is sent again, then given up.
const RETRY_MS: [u64; 5] = [50, 100, 200, 400, 800];

/// Sent until it is acknowledged.
struct Unanswered {
    to: Endpoint,
    datagram: Datagram,
    tries: usize,
    due: Instant,
}

pub struct Post {
    name: String,
    /// Where others reach it.
    pub multiaddr: String,
    socket: Arc<UdpSocket>,
    unanswered: HashMap<String, Unanswered>,
}

impl Post {
    /// Binds the socket. `reachable_at` is how others reach this machine.
    pub async fn open(name: &str, at: &Endpoint, reachable_at: &str) -> io::Result<Self> {
        let socket = UdpSocket::bind((at.host.as_str(), at.port)).await?;
        // From here on it can be sent to without waiting.
        socket.writable().await?;
        let multiaddr = Endpoint { host: reachable_at.into(), port: socket.local_addr()?.port() }.multiaddr();
        Ok(Self { name: name.into(), multiaddr, socket: Arc::new(socket), unanswered: HashMap::new() })
    }

    /// The next datagram that comes, acks too; meanwhile sends again what is not answered. May be dropped at any time.
    pub async fn receive(&mut self) -> (Datagram, SocketAddr) {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let due = self.unanswered.values().map(|letter| letter.due).min();
            let received = tokio::select! {
                received = self.socket.recv_from(&mut buffer) => received,
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    self.send_again();
                    continue;
                }
            };
            // An error is about some datagram before, whose neighbour is not there: that is found out by its silence.
            let Ok((length, from)) = received else { continue };
            let Some(datagram) = Datagram::decode(&buffer[..length]) else { continue };
            if datagram.content == Content::Ack {
                self.unanswered.remove(&datagram.id);
            }
            return (datagram, from);
        }
    }

    /// Sends once.
    pub fn send(&self, to: &Endpoint, content: Content) {
        self.put(to, &self.datagram(word(), content));
    }

    /// Answers a datagram, to where it came from.
    pub fn acknowledge(&self, id: String, from: SocketAddr) {
        let to = Endpoint { host: from.ip().to_string(), port: from.port() };
        self.put(&to, &self.datagram(id, Content::Ack));
    }

    /// Sends until it is acknowledged, or given up after a second and a half.
    pub fn deliver(&mut self, to: &Endpoint, content: Content) {
        let datagram = self.datagram(word(), content);
        self.put(to, &datagram);
        let letter = Unanswered { to: to.clone(), tries: 1, due: Instant::now() + Duration::from_millis(RETRY_MS[0]), datagram };
        self.unanswered.insert(letter.datagram.id.clone(), letter);
    }

    fn send_again(&mut self) {
        let now = Instant::now();
        self.unanswered.retain(|_, letter| letter.due > now || letter.tries < RETRY_MS.len());
        let due: Vec<_> = self.unanswered.values_mut().filter(|letter| letter.due <= now).collect();
        let mut again = Vec::new();
        for letter in due {
            letter.due = now + Duration::from_millis(RETRY_MS[letter.tries]);
            letter.tries += 1;
            again.push((letter.to.clone(), letter.datagram.clone()));
        }
        for (to, datagram) in again {
            self.put(&to, &datagram);
        }
    }

    fn datagram(&self, id: String, content: Content) -> Datagram {
        Datagram { id, from: self.name.clone(), address: self.multiaddr.clone(), content }
    }

    /// What cannot be sent counts as lost on the way.
    fn put(&self, to: &Endpoint, datagram: &Datagram) {
        let bytes = datagram.encode();
        if let Ok(address) = to.host.parse::<IpAddr>() {
            let _ = self.socket.try_send_to(&bytes, (address, to.port).into());
        } else {
            let (socket, to) = (self.socket.clone(), to.clone());
            // A name has to be looked up first.
            tokio::spawn(async move { socket.send_to(&bytes, (to.host.as_str(), to.port)).await });
        }
    }
}

/// A random word of sixteen hexadecimal digits.
pub fn word() -> String {
    format!("{:016x}", RandomState::new().hash_one(std::time::Instant::now()))
}
