//! The client.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tracing::{Level, Subscriber};
use tracing_subscriber::layer::Layer;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;

use crate::command::Command;
use crate::commands::Commands;
use crate::configuration::Configuration;
use crate::connection::Connection;
use crate::delay::write_delay;
use crate::error::MuleError;
use crate::exit::Exit;
use crate::refusal::reason;
use crate::reporter::Reporter;
use crate::signals;
use crate::tracing_layer::Forwarding;
use crate::wire::RESTART_EXIT_CODE;

/// A peer's line to tm: commands come in, statuses and log lines go out. Connections that are lost are made again for ever; statuses and
/// lines wait meanwhile.
///
/// As a [`Stream`] it gives the commands of the timeline. One is taken from Redis each time it is polled for one, so that those behind it
/// survive a restart. A `next()` that is dropped loses nothing: what it had asked for is there for the next one, and goes back to Redis when
/// the client is closed. The stream ends when the client is closed, and when Redis refuses to give commands for good, as
/// [`failure`](Self::failure) then says.
///
/// Dropping it stops the commands; what was reported is still sent while the runtime runs, and the connections end when that is done and no
/// [`Reporter`] and no layer of it is left. [`close`](Self::close) waits for that.
pub struct MuleClient {
    configuration: Configuration,
    reporter: Reporter,
    reports: Connection,
    commands: Commands,
    signals: mpsc::UnboundedReceiver<()>,
    heartbeat: Option<AbortHandle>,
    exit: Exit,
    failure: Option<MuleError>,
    /// What could not be sent, once it is closed.
    unsent: Option<u64>,
}

impl MuleClient {
    pub(crate) fn assemble(
        configuration: Configuration,
        reporter: Reporter,
        reports: Connection,
        commands: Commands,
        heartbeat: Option<AbortHandle>,
        exit: Exit,
    ) -> Self {
        let (first, signals) = mpsc::unbounded_channel();
        if configuration.handle_signals
            && let Err(error) = signals::catch(first, exit.clone())
        {
            reporter.notices.tell(&format!("signals are not handled: {error}"));
        }
        let client = Self { configuration, reporter, reports, commands, signals, heartbeat, exit, failure: None, unsent: None };
        if client.configuration.forward_tracing && !tracing::dispatcher::has_been_set() {
            // Another thread may be quicker; then that one is right.
            let _ = tracing_subscriber::registry().with(client.tracing_layer()).try_init();
        }
        client
    }

    /// This peer's name in the test.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.configuration.name
    }

    /// Where this peer is to listen, as a multiaddr: `/ip4/0.0.0.0/udp/11984/quic-v1`.
    ///
    /// # Errors
    ///
    /// [`MuleError::MissingConfig`] that names `LISTEN_ADDR`, where nothing says so.
    pub fn listen_addr(&self) -> Result<&str, MuleError> {
        let missing =
            || MuleError::MissingConfig("LISTEN_ADDR is not set: where to listen, like /ip4/0.0.0.0/udp/11984/quic-v1".into());
        self.configuration.listen_addr.as_deref().ok_or_else(missing)
    }

    /// A handle for reports from other tasks and threads.
    #[must_use]
    pub fn reporter(&self) -> Reporter {
        self.reporter.clone()
    }

    /// A layer that forwards the events of `tracing`, for a subscriber of your own. It filters by `RUST_LOG`, and leaves alone what other
    /// layers see.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), the_mule::MuleError> {
    /// use tracing_subscriber::prelude::*;
    ///
    /// let client = the_mule::MuleClientBuilder::new().forward_tracing(false).build().await?;
    /// tracing_subscriber::registry().with(client.tracing_layer()).init();
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn tracing_layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        Forwarding { outbox: self.reporter.outbox.clone() }.with_filter(self.configuration.filter.of_events())
    }

    /// Sets the status; see [`Reporter::send_status`].
    ///
    /// # Errors
    ///
    /// [`MuleError::Redis`] where Redis refuses it for good, [`MuleError::Closed`] where the client is closed first.
    pub fn send_status(&self, status: &str) -> impl Future<Output = Result<(), MuleError>> + Send + use<> {
        self.reporter.send_status(status)
    }

    /// Logs a line; see [`Reporter::log`].
    pub fn log(&self, level: Level, message: impl AsRef<str>) {
        self.reporter.log(level, message);
    }

    /// Waits until all is sent that was reported so far; see [`Reporter::flush`].
    pub async fn flush(&self, timeout: Duration) -> bool {
        self.reporter.flush(timeout).await
    }

    /// Why the stream of commands has ended, if Redis refuses to give them.
    #[must_use]
    pub fn failure(&self) -> Option<&MuleError> {
        self.failure.as_ref()
    }

    /// Restarts by the protocol: leaves the delay (whole seconds, rounded up) for whoever runs the peer, reports `restarting`, sends what is
    /// left, and exits with 42.
    ///
    /// So it only returns where the delay cannot be written, and then the client goes on ([`MuleError::DelayFile`]); and where
    /// [`on_exit`](crate::MuleClientBuilder::on_exit) does not end the process ([`MuleError::Closed`]).
    pub async fn restart(&mut self, delay: Duration) -> MuleError {
        let path = &self.configuration.delay_file;
        // First, because it is what can fail: a peer that cannot leave its delay has not stopped being there.
        if let Err(source) = write_delay(path, delay) {
            return MuleError::DelayFile { path: path.clone(), source };
        }
        self.stop_heartbeat();
        self.reporter.queue_status("restarting");
        self.close().await;
        self.exit.with(RESTART_EXIT_CODE);
        MuleError::Closed
    }

    /// Sends what is left, within the close timeout, and hangs up. Gives the number of log lines and statuses that could not be sent.
    pub async fn close(&mut self) -> u64 {
        if let Some(unsent) = self.unsent {
            return unsent;
        }
        self.stop_heartbeat();
        let within = self.configuration.close_timeout;
        tokio::join!(self.commands.stop(within), self.reporter.flush(within));
        let unsent = self.reporter.outbox.close();
        self.reports.close();
        self.reports.closed().await;
        self.signals.close();
        if unsent > 0 {
            self.reporter.notices.tell(&format!("{unsent} log lines and statuses could not be sent"));
        }
        self.unsent = Some(unsent);
        unsent
    }

    fn stop_heartbeat(&mut self) {
        if let Some(heartbeat) = self.heartbeat.take() {
            heartbeat.abort();
        }
    }
}

impl Stream for MuleClient {
    type Item = Command;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Command>> {
        let client = self.get_mut();
        if client.unsent.is_some() || client.failure.is_some() {
            return Poll::Ready(None);
        }
        if let Poll::Ready(Some(())) = client.signals.poll_recv(context) {
            return Poll::Ready(Some(Command::Shutdown));
        }
        client.commands.poll_next(context).map(|taken| match taken? {
            Ok(raw) => Some(Command::parse(&raw)),
            Err(error) => {
                client.reporter.notices.tell(&format!("no commands any more: {}", reason(&error)));
                client.failure = Some(MuleError::Redis(error));
                None
            }
        })
    }
}

impl Drop for MuleClient {
    fn drop(&mut self) {
        self.stop_heartbeat();
    }
}

impl fmt::Debug for MuleClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { configuration, unsent, .. } = self;
        f.debug_struct("MuleClient")
            .field("name", &configuration.name)
            .field("redis", &configuration.redis)
            .field("closed", &unsent.is_some())
            .finish_non_exhaustive()
    }
}
