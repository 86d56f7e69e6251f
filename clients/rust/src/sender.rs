//! Sends what a peer reports, one thing at a time and in order.

use std::sync::Arc;
use std::time::Duration;

use redis::{Pipeline, RedisError, RedisResult, Value, pipe};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until};

use crate::backoff::backoff;
use crate::connection::Connection;
use crate::error::MuleError;
use crate::notices::Notices;
use crate::outbox::Outbox;
use crate::refusal::{is_answer, is_transient, reason, refusal};
use crate::report_queue::Report;
use crate::wire::{STATUS_STREAM_LENGTH, log_key, status_key, status_stream_key};

/// The one task that empties the outbox: what was logged before a status is in Redis before it. Each report is sent until Redis has it, so
/// a reconnect loses and overtakes nothing; a batch of lines whose answer was lost on the way comes twice.
pub(crate) struct Sender {
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) connection: Connection,
    pub(crate) peer: String,
    /// Tells this process's reports from all others'.
    pub(crate) identity: String,
    /// The least time between two statuses that are appended to the stream too.
    pub(crate) streamed_gap: Duration,
    /// The same for those that are only set.
    pub(crate) set_gap: Duration,
    pub(crate) notices: Notices,
    /// Told when the first status has been sent.
    pub(crate) began: Option<oneshot::Sender<()>>,
}

/// What the sender remembers of what it has sent.
struct Progress {
    /// The session that is known to have the standing status.
    session: u64,
    standing: Option<String>,
    status_due: Instant,
    /// False once Redis has refused to append to the stream: it is too old, or does not let us.
    streaming: bool,
}

impl Sender {
    /// Ends when the connection is closed, and when all is sent and nobody is left to report.
    pub(crate) async fn run(mut self) {
        let connection = self.connection.clone();
        tokio::select! {
            () = self.send_all() => {}
            () = connection.closed() => {}
        }
    }

    async fn send_all(&mut self) {
        let mut progress = Progress { session: 1, standing: None, status_due: Instant::now(), streaming: true };
        loop {
            self.put_status_back(&mut progress).await;
            if let Some(report) = self.outbox.next() {
                self.deliver(report, &mut progress).await;
                self.outbox.sent();
            } else if self.outbox.is_over() {
                return;
            } else {
                let session_after = self.connection.session_after(progress.session);
                tokio::select! {
                    () = self.outbox.filled() => {}
                    () = session_after => {}
                }
            }
        }
    }

    async fn deliver(&mut self, report: Report, progress: &mut Progress) {
        match report {
            Report::Lines { texts, .. } => self.lines(&texts).await,
            Report::Gap { count } => {
                self.lines(&[format!("warn|{count} log lines are missing here: the peer's log buffer was full")]).await;
            }
            Report::Status { text, at, number, done } => {
                // Tokio's timer rounds up to a millisecond, also for an instant that is past.
                if Instant::now() < progress.status_due {
                    sleep_until(progress.status_due).await;
                }
                let outcome = self.status(&text, at, number, progress).await;
                progress.status_due = Instant::now() + if progress.streaming { self.streamed_gap } else { self.set_gap };
                if outcome.is_ok() {
                    progress.standing = Some(text);
                    if let Some(began) = self.began.take() {
                        let _ = began.send(());
                    }
                }
                let _ = done.send(outcome.map_err(MuleError::Redis));
            }
            Report::Mark { done } => _ = done.send(()),
        }
    }

    async fn lines(&self, texts: &[String]) {
        // The first word ends up rightmost, so the oldest line does.
        let mut push = pipe();
        push.cmd("LPUSH").arg(log_key(&self.peer)).arg(texts);
        if let Err(error) = self.persist("log lines", &push).await {
            self.notices.tell(&format!("{} log lines were refused by Redis: {}", texts.len(), reason(&error)));
        }
    }

    /// Appends the status to the stream and sets it; where the first is refused it is only set, then and from there on.
    async fn status(&self, text: &str, at: u64, number: u64, progress: &mut Progress) -> RedisResult<()> {
        let mut set = pipe();
        set.cmd("SET").arg(status_key(&self.peer)).arg(text);
        if !progress.streaming {
            return self.persist("a status", &set).await.map(drop);
        }
        let mut both = pipe();
        both.cmd("MULTI");
        both.cmd("XADD").arg(status_stream_key(&self.peer)).arg("MAXLEN").arg("~").arg(STATUS_STREAM_LENGTH).arg("*");
        both.arg("status").arg(text).arg("at").arg(at).arg("report").arg(format!("{}:{number}", self.identity));
        both.cmd("SET").arg(status_key(&self.peer)).arg(text);
        both.cmd("EXEC");
        let (refused, is_set) = match self.persist("a status", &both).await {
            Ok(replies) => match replies.last() {
                Some(Value::Array(done)) => match done.iter().find_map(refusal) {
                    None => return Ok(()),
                    Some(refused) => (refused, done.last().is_some_and(|set| refusal(set).is_none())),
                },
                _ => (unexpected("EXEC"), false),
            },
            Err(error) => (error, false),
        };
        if !is_set {
            self.persist("a status", &set).await?;
        }
        progress.streaming = false;
        self.notices.tell(&format!("statuses that follow each other at once may hide each other: {}", reason(&refused)));
        Ok(())
    }

    /// After a reconnect: the server may be a new one, which does not have the status that the old one had.
    async fn put_status_back(&self, progress: &mut Progress) {
        let Some(session) = self.connection.current().filter(|session| session.number != progress.session) else { return };
        progress.session = session.number;
        if let Some(standing) = &progress.standing {
            let mut set = pipe();
            // NX: where the status is still there, nobody is notified of it again.
            set.cmd("SET").arg(status_key(&self.peer)).arg(standing).arg("NX");
            let _ = self.connection.ask(&session, &set).await;
        }
    }

    /// Does it until Redis has answered: a repetition must do no harm. Gives the first refusal that is for good.
    async fn persist(&self, what: &str, commands: &Pipeline) -> RedisResult<Vec<Value>> {
        for failures in 0.. {
            // Without a session `run` is about to end.
            let Some(session) = self.connection.ready().await else { return std::future::pending().await };
            let answer = self.connection.ask(&session, commands).await;
            let error = match answer.map(|replies| replies.iter().find_map(refusal).map_or(Ok(replies), Err)) {
                Ok(Ok(replies)) => return Ok(replies),
                Ok(Err(refused)) => refused,
                Err(lost) => lost,
            };
            if !is_transient(&error) {
                return Err(error);
            }
            if failures == 0 && is_answer(&error) {
                self.notices.tell(&format!("Redis cannot take {what} now and is asked again: {}", reason(&error)));
            }
            sleep(backoff(failures)).await;
        }
        unreachable!("attempts do not end")
    }
}

fn unexpected(command: &'static str) -> RedisError {
    (redis::ErrorKind::UnexpectedReturnType, "an answer that is none of Redis", command.to_string()).into()
}
