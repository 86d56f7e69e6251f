//! Reports from anywhere in the program.

use std::sync::Arc;
use std::time::Duration;

use tracing::Level;

use crate::error::MuleError;
use crate::level::{LogFilter, line};
use crate::notices::Notices;
use crate::outbox::Mailbox;

/// Statuses and log lines from other tasks and threads; cheap to clone. What is reported after the client was closed is lost, and its
/// sender told so.
#[derive(Debug, Clone)]
pub struct Reporter {
    pub(crate) outbox: Arc<Mailbox>,
    pub(crate) filter: Arc<LogFilter>,
    pub(crate) notices: Notices,
}

impl Reporter {
    /// Sets the status: `started|<multiaddr>`, `connecting`, `connected`, `disconnecting`, `disconnected`, `stopped`, or any other word.
    /// It is queued by the call itself, behind all that was logged before; the future resolves when Redis has it, and may be dropped.
    ///
    /// # Errors
    ///
    /// [`MuleError::Redis`] where Redis refuses it for good, [`MuleError::Closed`] where the client is closed first.
    pub fn send_status(&self, status: &str) -> impl Future<Output = Result<(), MuleError>> + Send + use<> {
        self.outbox.status(status)
    }

    /// Sets the status as [`send_status`](Self::send_status) does, for those who do not wait: a failure becomes a notice. Must be called in
    /// a tokio runtime.
    pub fn queue_status(&self, status: &str) {
        let (outcome, notices, status) = (self.send_status(status), self.notices.clone(), status.to_string());
        tokio::spawn(async move {
            if let Err(error) = outcome.await {
                notices.tell(&format!("status {status}: {error}"));
            }
        });
    }

    /// Logs a line, where `RUST_LOG` lets lines of this level through that name no target. Never waits: a line beyond the buffer is
    /// counted, and the count is logged where lines are missing.
    pub fn log(&self, level: Level, message: impl AsRef<str>) {
        if self.filter.lets_through(level) {
            self.outbox.line(line(level, message.as_ref()));
        }
    }

    /// True when all that was logged and reported so far is in Redis; false when that takes longer than `timeout`, and when the client is
    /// closed.
    pub async fn flush(&self, timeout: Duration) -> bool {
        self.outbox.flush(timeout).await
    }
}
