//! What the peer does when it is told something, by tm or by its neighbours.

use std::collections::HashSet;
use std::future::pending;
use std::process::exit;
use std::time::{Duration, Instant};

use the_mule::{Command, Level, MuleClient, MuleError};
use tokio_stream::StreamExt;
use tracing::{debug, error, info, warn};

use crate::datagram::Body;
use crate::mesh::{Event, Mesh, State};
use crate::post::word;

/// Larger datagrams are likely to be lost in pieces. In units of UTF-16, of which each makes three bytes at the most.
const LONGEST_TEXT: usize = 16_384;
const FLUSH_WITHIN: Duration = Duration::from_secs(5);

pub struct Peer {
    client: MuleClient,
    mesh: Mesh,
    mailbox: Vec<(String, String)>,
    tracked: HashSet<String>,
    key: String,
    /// Takes no command until then, and says then for how long.
    working: Option<(tokio::time::Instant, String)>,
}

impl Peer {
    pub fn new(client: MuleClient, mesh: Mesh) -> Self {
        Self { client, mesh, mailbox: Vec::new(), tracked: HashSet::new(), key: word(), working: None }
    }

    /// Reports `started`, and obeys until it is told to stop.
    pub async fn run(mut self) -> Result<(), MuleError> {
        self.client.send_status(&format!("started|{}", self.mesh.multiaddr())).await?;
        loop {
            let working = self.working.clone();
            tokio::select! {
                event = self.mesh.next_event() => self.hear(event),
                command = self.client.next(), if working.is_none() => match command {
                    None | Some(Command::Shutdown) => break,
                    Some(command) => {
                        debug!("command {command}");
                        self.obey(command).await;
                    }
                },
                text = done(working) => {
                    self.working = None;
                    info!("worked {text} ms");
                }
            }
        }
        self.mesh.disconnect();
        self.client.reporter().queue_status("stopped");
        self.client.close().await;
        Ok(())
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Connected => self.report("connected"),
            Event::Linked { name, multiaddr } => {
                info!("linked with {name}");
                self.track(&name, &format!("is at {multiaddr}"));
            }
            Event::Lost { name, because } => {
                warn!("lost {name}: {because}");
                self.track(&name, "is gone");
            }
            Event::Message { from, text } => self.receive(from, text),
            Event::Key { of, key } => self.track(&of, &format!("has the new key {key}")),
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            // With nobody there to answer it takes for ever, and commands must still be heard.
            Command::Connect => match self.mesh.state() {
                State::Idle => {
                    self.report("connecting");
                    self.mesh.connect();
                }
                State::Connecting => self.report("connecting"),
                State::Connected => self.report("connected"),
            },
            Command::Disconnect => {
                self.report("disconnecting");
                self.mesh.disconnect();
                self.report("disconnected");
            }
            Command::Peer { multiaddr } => {
                if self.mesh.add(&multiaddr) {
                    info!("knows {multiaddr}");
                } else {
                    warn!("no use for the address \"{multiaddr}\"");
                }
            }
            Command::Restart { delay_secs } => {
                let problem = self.client.restart(Duration::from_secs(delay_secs)).await;
                error!("cannot restart: {problem}");
            }
            Command::Shutdown => {}
            Command::Test(raw) => self.test(&raw).await,
        }
    }

    async fn test(&mut self, raw: &str) {
        let (word, rest) = raw.split_once('|').unwrap_or((raw, ""));
        let (argument, text) = rest.split_once('|').unwrap_or((rest, ""));
        match word {
            "push" => self.push(argument, text),
            "pull" => {
                if self.mailbox.is_empty() {
                    info!("pull: no messages");
                }
                for (from, text) in &self.mailbox {
                    info!("pulled {text} from {from}");
                }
            }
            "rotate-key" => self.rotate_key(),
            "track" => {
                self.tracked.insert(argument.into());
                info!("tracks {argument}");
            }
            "log" if self.write_lines(argument, text) => {}
            "status" => raw.split('|').skip(1).for_each(|status| self.report(status)),
            "work" if whole_number(argument).is_some() => {
                let until = tokio::time::Instant::now() + Duration::from_millis(whole_number(argument).unwrap_or(0));
                self.working = Some((until, argument.into()));
            }
            "crash" => {
                error!("crashes on command");
                self.client.flush(FLUSH_WITHIN).await;
                exit(whole_number(argument).and_then(|code| code.try_into().ok()).unwrap_or(1));
            }
            "hang" => {
                error!("hangs on command");
                self.client.flush(FLUSH_WITHIN).await;
                // Blocks the only thread: no heartbeat is sent, and a signal is not obeyed. Only SIGKILL helps, or a second signal.
                loop {
                    std::thread::park();
                }
            }
            _ => warn!("unknown command: {raw}"),
        }
    }

    fn push(&mut self, to: &str, text: &str) {
        if text.encode_utf16().count() > LONGEST_TEXT {
            error!("push to {to}: longer than {LONGEST_TEXT} characters");
        } else if to == self.client.name() {
            self.receive(to.into(), text.into());
        } else if self.mesh.say(Body::Message { to: to.into(), text: text.into() }) {
            info!("pushed {text} to {to}");
        } else {
            warn!("push to {to}: not connected");
        }
    }

    fn receive(&mut self, from: String, text: String) {
        info!("got {text} from {from}");
        self.mailbox.push((from, text));
    }

    fn rotate_key(&mut self) {
        self.key = word();
        info!("rotated its key to {}", self.key);
        if !self.mesh.say(Body::Key { key: self.key.clone() }) {
            warn!("the new key is not announced: not connected");
        }
    }

    fn track(&self, name: &str, what: &str) {
        if self.tracked.contains(name) {
            info!("tracked {name}: {what}");
        }
    }

    /// False where it is not said which lines, or how many.
    fn write_lines(&self, level: &str, rest: &str) -> bool {
        let (count, text) = rest.split_once('|').unwrap_or((rest, ""));
        let level = match level {
            "error" => Level::ERROR,
            "warn" => Level::WARN,
            "info" => Level::INFO,
            "debug" => Level::DEBUG,
            "trace" => Level::TRACE,
            _ => return false,
        };
        let Some(lines) = whole_number(count) else { return false };
        let began = Instant::now();
        for number in 1..=lines {
            self.client.log(level, format!("{text} {number}"));
        }
        info!("logged {count} lines in {} ms", began.elapsed().as_millis());
        true
    }

    /// A status that nobody waits for; they keep their order.
    fn report(&self, status: &str) {
        self.client.reporter().queue_status(status);
    }
}

/// Resolves when the work is done; never without any.
async fn done(working: Option<(tokio::time::Instant, String)>) -> String {
    let Some((until, text)) = working else { return pending().await };
    tokio::time::sleep_until(until).await;
    text
}

/// Of digits alone.
fn whole_number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
