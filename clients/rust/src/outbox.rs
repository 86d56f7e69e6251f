//! The queue of reports, shared by all who report and the one task that sends.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;
use tokio::time::timeout;

use crate::error::MuleError;
use crate::report_queue::{Report, ReportQueue};

/// Takes reports from any thread, without ever making one wait for Redis.
#[derive(Debug)]
pub(crate) struct Outbox {
    queue: Mutex<ReportQueue>,
    filled: Notify,
    abandoned: AtomicBool,
}

/// The reporting end of it, shared by all who report. When the last of them is gone, the sender ends as soon as all is sent.
#[derive(Debug)]
pub(crate) struct Mailbox(pub(crate) Arc<Outbox>);

impl Deref for Mailbox {
    type Target = Outbox;

    fn deref(&self) -> &Outbox {
        &self.0
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.0.abandoned.store(true, Ordering::Release);
        self.0.filled.notify_one();
    }
}

impl Outbox {
    pub(crate) fn new(line_limit: usize, byte_limit: usize) -> Self {
        Self {
            queue: Mutex::new(ReportQueue::new(line_limit, byte_limit)),
            filled: Notify::new(),
            abandoned: AtomicBool::new(false),
        }
    }

    pub(crate) fn line(&self, text: String) {
        self.queue().line(text);
        self.filled.notify_one();
    }

    /// Queues the status at once; what it gives resolves when Redis has it.
    pub(crate) fn status(&self, text: &str) -> impl Future<Output = Result<(), MuleError>> + Send + use<> {
        let outcome = self.queue().status(text.into(), now());
        self.filled.notify_one();
        async { outcome.await.unwrap_or(Err(MuleError::Closed)) }
    }

    /// True when all that was taken so far is in Redis, false when that takes longer.
    pub(crate) async fn flush(&self, within: Duration) -> bool {
        let mark = self.queue().mark();
        self.filled.notify_one();
        matches!(timeout(within, mark).await, Ok(Ok(())))
    }

    /// The next report to send, which is then under way until `sent`.
    pub(crate) fn next(&self) -> Option<Report> {
        self.queue().next()
    }

    pub(crate) fn sent(&self) {
        self.queue().sent();
    }

    /// Resolves when there may be something to send.
    pub(crate) async fn filled(&self) {
        self.filled.notified().await;
    }

    /// Gives up what has not been sent: how many log lines and statuses that were.
    pub(crate) fn close(&self) -> u64 {
        self.queue().close()
    }

    /// Whether nothing more will come.
    pub(crate) fn is_over(&self) -> bool {
        self.abandoned.load(Ordering::Acquire) || self.queue().is_closed()
    }

    fn queue(&self) -> MutexGuard<'_, ReportQueue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Milliseconds since 1970 by this machine's clock.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
