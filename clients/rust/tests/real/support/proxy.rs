//! Stands between a peer and its Redis, and does to their connections what networks do.

use std::sync::{Arc, Mutex};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What happens to connections.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Weather {
    Fair,
    /// Connections are cut, and new ones too.
    Away,
    /// Connections stay, and nothing passes.
    Frozen,
}

pub struct Proxy {
    pub port: u16,
    weather: watch::Sender<Weather>,
    /// The server's ends of connections that only the peer has seen end.
    half_open: Arc<Mutex<Vec<TcpStream>>>,
    leave_half_open: watch::Sender<u32>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    pub async fn to(server_port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let (weather, forecast) = watch::channel(Weather::Fair);
        let (leave_half_open, leaving) = watch::channel(0);
        let half_open = Arc::new(Mutex::new(Vec::new()));
        let kept = half_open.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((peer, _)) = listener.accept().await {
                let link = link(peer, server_port, forecast.clone(), leaving.clone(), kept.clone());
                tokio::spawn(link);
            }
        });
        Self { port, weather, half_open, leave_half_open, accepting }
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Cuts all connections; new ones are cut too until `back`.
    pub fn away(&self) {
        self.weather.send_replace(Weather::Away);
    }

    /// Lets nothing through, and cuts nothing.
    pub fn freeze(&self) {
        self.weather.send_replace(Weather::Frozen);
    }

    pub fn back(&self) {
        self.weather.send_replace(Weather::Fair);
    }

    /// Cuts the peer's ends of all connections, and keeps the server's, which so believes in them.
    pub fn half_open(&self) {
        self.leave_half_open.send_modify(|times| *times += 1);
    }

    pub fn half_open_count(&self) -> usize {
        self.half_open.lock().expect("nobody panics with it").len()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.away();
    }
}

async fn link(
    mut peer: TcpStream,
    server_port: u16,
    mut weather: watch::Receiver<Weather>,
    mut leave: watch::Receiver<u32>,
    kept: Arc<Mutex<Vec<TcpStream>>>,
) {
    leave.mark_unchanged();
    if *weather.borrow() == Weather::Away {
        return;
    }
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", server_port)).await else { return };
    loop {
        let now = *weather.borrow_and_update();
        tokio::select! {
            _ = copy_bidirectional(&mut peer, &mut server), if now == Weather::Fair => return,
            changed = weather.changed() => if changed.is_err() || *weather.borrow() == Weather::Away { return },
            _ = leave.changed() => return kept.lock().expect("nobody panics with it").push(server),
        }
    }
}
