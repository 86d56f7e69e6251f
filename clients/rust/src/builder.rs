//! From an environment to a client.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::{env, fmt};

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::client::MuleClient;
use crate::commands::Commands;
use crate::configuration::Configuration;
use crate::connection::{Connection, Dialer};
use crate::error::MuleError;
use crate::exit::Exit;
use crate::heartbeat;
use crate::notices::Notices;
use crate::options::Options;
use crate::outbox::{Mailbox, Outbox};
use crate::quiet::quietly;
use crate::random;
use crate::reporter::Reporter;
use crate::sender::Sender;
use crate::wire::LOG_BUFFER_BYTES;

/// Makes a [`MuleClient`]. What it is not told stands in the environment that tm gives the peer, or has a default.
#[derive(Clone, Default)]
#[must_use = "a client is made by build()"]
pub struct MuleClientBuilder {
    options: Options,
    notices: Notices,
    exit: Exit,
}

impl MuleClientBuilder {
    /// A builder that takes all from the environment.
    pub fn new() -> Self {
        Self::default()
    }

    /// `redis[s]://[user:password@]host[:port][/database]`, in place of `REDIS_URL`.
    pub fn redis_url(mut self, redis_url: &str) -> Self {
        self.options.redis_url = Some(redis_url.into());
        self
    }

    /// The name of this peer in the test, in place of `PEER_NAME`.
    pub fn peer_name(mut self, peer_name: &str) -> Self {
        self.options.peer_name = Some(peer_name.into());
        self
    }

    /// Where to listen, as a multiaddr, in place of `LISTEN_ADDR`.
    pub fn listen_addr(mut self, multiaddr: &str) -> Self {
        self.options.listen_addr = Some(multiaddr.into());
        self
    }

    /// The least grave level that is forwarded, or filters like `info,my_crate=debug`, in place of `RUST_LOG`. Default `info`.
    pub fn log_level(mut self, filters: &str) -> Self {
        self.options.log_level = Some(filters.into());
        self
    }

    /// Where a restart leaves its delay, in place of `TM_DELAY_FILE`. Default `/tmp/delay`.
    pub fn delay_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.delay_file = Some(path.into());
        self
    }

    /// How long the first connection may take. Default 20 s, well inside tm's startup timeout.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = Some(timeout);
        self
    }

    /// How long closing and restarting wait for what is still to be sent. Default 5 s.
    pub fn close_timeout(mut self, timeout: Duration) -> Self {
        self.options.close_timeout = Some(timeout);
        self
    }

    /// Log lines kept while Redis is slow or away; more are counted and left out. Default 50,000, and never over 32 MiB.
    pub fn log_buffer_lines(mut self, lines: usize) -> Self {
        self.options.log_buffer_lines = Some(lines);
        self
    }

    /// The least time between two statuses. Default none under a tm that reads the status stream (it sets `TM_RUN_ID`); else, and where
    /// Redis does not let the client write that stream, 20 ms: of two in the same instant a reader of the status sees the second alone.
    pub fn status_gap(mut self, gap: Duration) -> Self {
        self.options.status_gap = Some(gap);
        self
    }

    /// The time between two heartbeats; zero is none. Default 2 s. They are only sent where `TM_RUN_ID` is set.
    pub fn heartbeat(mut self, every: Duration) -> Self {
        self.options.heartbeat = Some(every);
        self
    }

    /// Whether the first SIGTERM or SIGINT becomes a [`Command::Shutdown`](crate::Command::Shutdown) and the second ends the process, with
    /// 128 and the signal's number. Default true. With several clients in a process each gets the first one. They stay caught when the
    /// clients are closed: then already the first ends the process.
    pub fn handle_signals(mut self, handle: bool) -> Self {
        self.options.handle_signals = Some(handle);
        self
    }

    /// Whether a subscriber that forwards the events of `tracing` and the records of `log` is installed, where none is set. Default true;
    /// [`MuleClient::tracing_layer`] is for those who have a subscriber of their own.
    pub fn forward_tracing(mut self, forward: bool) -> Self {
        self.options.forward_tracing = Some(forward);
        self
    }

    /// Told when Redis is lost, found again, or refuses something. Default: a line on stderr.
    pub fn on_notice(mut self, listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.notices = Notices::to(listener);
        self
    }

    /// Ends the process in place of `std::process::exit`, for tests.
    pub fn on_exit(mut self, exit: impl Fn(i32) + Send + Sync + 'static) -> Self {
        self.exit = Exit::by(exit);
        self
    }

    /// Connects. Waits for a Redis that comes up later, within the connect timeout. Must be called in a tokio runtime with its I/O and
    /// time drivers.
    ///
    /// # Errors
    ///
    /// [`MuleError::MissingConfig`] with all that is missing or unusable, [`MuleError::Unreachable`] without a Redis in time, and
    /// [`MuleError::Refused`] at once where Redis does not let this peer in.
    pub async fn build(self) -> Result<MuleClient, MuleError> {
        let Self { options, notices, exit } = self;
        let configuration = Configuration::read(&options, |variable| env::var(variable).ok())?;
        quietly(connect(configuration, notices, exit)).await
    }
}

impl fmt::Debug for MuleClientBuilder {
    /// Without what it was told: a URL may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MuleClientBuilder").finish_non_exhaustive()
    }
}

async fn connect(configuration: Configuration, notices: Notices, exit: Exit) -> Result<MuleClient, MuleError> {
    let peer = configuration.name.clone();
    let deadline = Instant::now() + configuration.connect_timeout;
    // CLIENT SETNAME takes no spaces; the random part tells this process from one of the same name before it, and the purpose its two
    // connections from each other: only the one for commands is ever ended by its name.
    let printable: String = peer.chars().map(|sign| if sign.is_ascii_graphic() { sign } else { '_' }).collect();
    let word = random::word();
    let name_of = |purpose| format!("peer:{printable}:{word}:{purpose}");
    let open = |purpose| {
        let dialer =
            Dialer { target: configuration.redis.clone(), client_name: name_of(purpose), purpose, notices: notices.clone() };
        Connection::open(dialer, deadline, configuration.connect_timeout)
    };
    let reports = open("reports").await?;
    let commands = open("commands").await?;

    let outbox = Arc::new(Outbox::new(configuration.log_buffer_lines, LOG_BUFFER_BYTES));
    let (began, begins) = oneshot::channel();
    let sender = Sender {
        outbox: outbox.clone(),
        connection: reports.clone(),
        peer: peer.clone(),
        identity: random::word(),
        streamed_gap: configuration.streamed_gap,
        set_gap: configuration.set_gap,
        notices: notices.clone(),
        began: Some(began),
    };
    tokio::spawn(quietly(sender.run()));
    let heartbeat =
        configuration.heartbeat.map(|every| tokio::spawn(quietly(heartbeat::beat(reports.clone(), peer.clone(), every, begins))));
    let commands = Commands::take_from(commands, reports.clone(), peer, name_of("commands"));
    let filter = Arc::new(configuration.filter.clone());
    let reporter = Reporter { outbox: Arc::new(Mailbox(outbox)), filter, notices };
    Ok(MuleClient::assemble(configuration, reporter, reports, commands, heartbeat.map(|task| task.abort_handle()), exit))
}
