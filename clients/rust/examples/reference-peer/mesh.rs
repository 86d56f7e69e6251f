//! An overlay network on UDP.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::datagram::{Body, Content, Datagram, Gossip};
use crate::multiaddr::Endpoint;
use crate::post::{Post, word};

/// How often neighbours are greeted while nobody has answered, and from then on.
const GREET_CONNECTING: Duration = Duration::from_millis(200);
const GREET_CONNECTED: Duration = Duration::from_secs(1);
/// A neighbour that leaves so many greetings unanswered is gone.
const MISSED_HELLOS: u32 = 3;
/// The gossip that is passed on only once.
const REMEMBERED_GOSSIP: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Idle,
    Connecting,
    Connected,
}

/// What happens in the mesh.
#[derive(Debug)]
pub enum Event {
    /// The first neighbour answered, or there was none to ask.
    Connected,
    Linked {
        name: String,
        multiaddr: String,
    },
    Lost {
        name: String,
        because: &'static str,
    },
    Message {
        from: String,
        text: String,
    },
    Key {
        of: String,
        key: String,
    },
}

struct Neighbour {
    endpoint: Endpoint,
    /// Known once it has answered.
    name: Option<String>,
    linked: bool,
    missed: u32,
}

/// Neighbours greet each other, and what one says is flooded to all. Every datagram that matters is acknowledged and sent again; each gossip
/// is passed on once, by its id.
///
/// ```text
///   idle ──connect()──► connecting ──an answer, or nobody to ask──► connected
///     ▲                     │                                          │
///     └─────────────────────┴───────────── disconnect() ───────────────┘
/// ```
pub struct Mesh {
    name: String,
    post: Post,
    state: State,
    neighbours: HashMap<String, Neighbour>,
    greeting_due: Instant,
    seen: HashSet<String>,
    /// The same, oldest first.
    seen_in_order: VecDeque<String>,
    events: VecDeque<Event>,
}

impl Mesh {
    /// Binds the UDP port. `reachable_at` is how others reach this machine.
    pub async fn listen(name: &str, at: &Endpoint, reachable_at: &str) -> io::Result<Self> {
        Ok(Self {
            name: name.into(),
            post: Post::open(name, at, reachable_at).await?,
            state: State::Idle,
            neighbours: HashMap::new(),
            greeting_due: Instant::now(),
            seen: HashSet::new(),
            seen_in_order: VecDeque::new(),
            events: VecDeque::new(),
        })
    }

    /// Where others reach this peer.
    pub fn multiaddr(&self) -> &str {
        &self.post.multiaddr
    }

    pub fn state(&self) -> State {
        self.state
    }

    /// Runs the mesh until something happens. May be dropped at any time.
    pub async fn next_event(&mut self) -> Event {
        loop {
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            tokio::select! {
                (datagram, from) = self.post.receive() => self.hear(datagram, from),
                () = sleep_until(self.greeting_due), if self.state != State::Idle => self.greet_all(),
            }
        }
    }

    /// Adds a neighbour; false where the text is no multiaddr of ours, or is our own.
    pub fn add(&mut self, multiaddr: &str) -> bool {
        let Some(endpoint) = Endpoint::parse(multiaddr).filter(|_| multiaddr != self.post.multiaddr) else { return false };
        if !self.neighbours.contains_key(multiaddr) {
            let mut neighbour = Neighbour { endpoint, name: None, linked: false, missed: 0 };
            if self.state != State::Idle {
                neighbour.missed = 1;
                self.post.send(&neighbour.endpoint, Content::Hello);
            }
            self.neighbours.insert(multiaddr.into(), neighbour);
        }
        true
    }

    /// Begins to greet the neighbours.
    pub fn connect(&mut self) {
        if self.state == State::Idle {
            self.state = State::Connecting;
            if self.neighbours.is_empty() {
                self.become_connected();
            }
            self.greet_all();
        }
    }

    /// Says goodbye, once (who misses it finds out by the silence), and answers nobody any more.
    pub fn disconnect(&mut self) {
        self.state = State::Idle;
        for neighbour in self.neighbours.values_mut() {
            if std::mem::take(&mut neighbour.linked) {
                self.post.send(&neighbour.endpoint, Content::Goodbye);
            }
        }
    }

    /// Tells everybody; false when not connected.
    pub fn say(&mut self, body: Body) -> bool {
        if self.state != State::Connected {
            return false;
        }
        let gossip = Gossip { id: word(), origin: self.name.clone(), body };
        self.remember(&gossip.id);
        self.pass_on(&gossip, None);
        true
    }

    fn greet_all(&mut self) {
        for neighbour in self.neighbours.values_mut() {
            neighbour.missed += 1;
            if neighbour.missed > MISSED_HELLOS {
                self.events.extend(neighbour.unlink("it does not answer"));
            }
            self.post.send(&neighbour.endpoint, Content::Hello);
        }
        let pause = if self.state == State::Connected { GREET_CONNECTED } else { GREET_CONNECTING };
        self.greeting_due = Instant::now() + pause;
    }

    fn hear(&mut self, datagram: Datagram, from: SocketAddr) {
        // A peer that is not connected is as silent as one that is not there.
        if self.state == State::Idle {
            return;
        }
        if datagram.content == Content::Goodbye {
            let neighbour = self.neighbours.get_mut(&datagram.address);
            return self.events.extend(neighbour.and_then(|neighbour| neighbour.unlink("it said goodbye")));
        }
        // To where it came from: behind Docker's NAT that is the way back, and not the multiaddr.
        if datagram.content != Content::Ack {
            self.post.acknowledge(datagram.id, from);
        }
        self.link(datagram.from, &datagram.address);
        if let Content::Gossip { gossip } = datagram.content {
            self.consider(&gossip, &datagram.address);
        }
    }

    fn link(&mut self, name: String, multiaddr: &str) {
        if !self.add(multiaddr) {
            return;
        }
        let Some(neighbour) = self.neighbours.get_mut(multiaddr) else { return };
        neighbour.missed = 0;
        neighbour.name = Some(name.clone());
        if !std::mem::replace(&mut neighbour.linked, true) {
            self.events.push_back(Event::Linked { name, multiaddr: multiaddr.into() });
            if self.state == State::Connecting {
                self.become_connected();
            }
        }
    }

    fn become_connected(&mut self) {
        self.state = State::Connected;
        self.events.push_back(Event::Connected);
    }

    fn consider(&mut self, gossip: &Gossip, through: &str) {
        if !self.remember(&gossip.id) {
            return;
        }
        let origin = gossip.origin.clone();
        match &gossip.body {
            Body::Message { to, text } if *to == self.name => {
                self.events.push_back(Event::Message { from: origin, text: text.clone() });
                return;
            }
            Body::Message { .. } => {}
            Body::Key { key } => self.events.push_back(Event::Key { of: origin, key: key.clone() }),
        }
        self.pass_on(gossip, Some(through));
    }

    fn pass_on(&mut self, gossip: &Gossip, through: Option<&str>) {
        for (multiaddr, neighbour) in &self.neighbours {
            if neighbour.linked && through != Some(multiaddr) {
                self.post.deliver(&neighbour.endpoint, Content::Gossip { gossip: gossip.clone() });
            }
        }
    }

    /// False when it is known already.
    fn remember(&mut self, id: &str) -> bool {
        if !self.seen.insert(id.into()) {
            return false;
        }
        self.seen_in_order.push_back(id.into());
        if self.seen_in_order.len() > REMEMBERED_GOSSIP {
            self.seen_in_order.pop_front().inspect(|oldest| _ = self.seen.remove(oldest));
        }
        true
    }
}

impl Neighbour {
    fn unlink(&mut self, because: &'static str) -> Option<Event> {
        let name = self.name.clone()?;
        std::mem::take(&mut self.linked).then_some(Event::Lost { name, because })
    }
}
