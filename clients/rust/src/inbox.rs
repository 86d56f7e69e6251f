//! The peer's queue of commands.

use std::time::Duration;

use redis::{RedisError, RedisResult, Value, cmd, pipe};
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use crate::backoff::backoff;
use crate::connection::Connection;
use crate::dial::Session;
use crate::refusal::{is_transient, refusal};
use crate::wire::command_key;

/// The task that takes commands. One is taken when one is asked for, never earlier: what the peer has not asked for is still in Redis when
/// it restarts.
pub(crate) struct Inbox {
    /// For waiting, and nothing else.
    pub(crate) commands: Connection,
    pub(crate) reports: Connection,
    pub(crate) peer: String,
    /// Of `commands` in CLIENT LIST.
    pub(crate) client_name: String,
    pub(crate) stop: watch::Receiver<bool>,
    /// The server's number for the session that waits, for who wants to end the wait.
    pub(crate) waiting: watch::Sender<Option<i64>>,
}

/// What comes of asking for a command.
pub(crate) type Taken = Result<String, RedisError>;

impl Inbox {
    /// Gives one answer each time it is asked; ends when it is stopped, and with the first error that is for good.
    pub(crate) async fn run(mut self, mut asked: mpsc::UnboundedReceiver<()>, taken: mpsc::UnboundedSender<Taken>) {
        let mut last = None;
        loop {
            tokio::select! {
                () = stopped(&self.stop) => return,
                wish = asked.recv() => if wish.is_none() { return },
            }
            let Some(answer) = self.take(&mut last).await else { return };
            let over = answer.is_err();
            if let Err(mpsc::error::SendError(Ok(command))) = taken.send(answer) {
                return self.put_back(&command).await;
            }
            if over {
                return;
            }
        }
    }

    /// Waits for the next command; none once stopped.
    async fn take(&mut self, last: &mut Option<Session>) -> Option<Taken> {
        for failures in 0.. {
            let session = tokio::select! {
                session = self.commands.ready() => session?,
                () = stopped(&self.stop) => return None,
            };
            match self.wait(&session, last).await {
                Ok(Some(command)) if *self.stop.borrow() => {
                    // It came in the instant in which the wait was ended.
                    self.put_back(&command).await;
                    return None;
                }
                Ok(Some(command)) => return Some(Ok(command)),
                Ok(None) if *self.stop.borrow() => return None,
                Ok(None) => {}
                Err(error) if !is_transient(&error) => return Some(Err(error)),
                Err(_) => tokio::select! {
                    () = sleep(backoff(failures)) => {}
                    () = stopped(&self.stop) => return None,
                },
            }
        }
        None
    }

    async fn wait(&self, session: &Session, last: &mut Option<Session>) -> RedisResult<Option<String>> {
        if last.as_ref().is_none_or(|last| last.number != session.number) {
            if let Some(predecessor) = last.as_ref().and_then(|last| last.client_id) {
                self.end_predecessor(session, predecessor).await?;
            }
            *last = Some(session.clone());
        }
        if *self.stop.borrow() {
            return Ok(None);
        }
        self.waiting.send_replace(session.client_id);
        let mut redis = session.redis.clone();
        let reply = redis.send_packed_command(cmd("BLPOP").arg(command_key(&self.peer)).arg(0)).await;
        self.waiting.send_replace(None);
        match reply?.extract_error()? {
            Value::Array(reply) => Ok(reply.into_iter().nth(1).and_then(text)),
            // Unblocked.
            _ => Ok(None),
        }
    }

    /// After a loss that only this side has noticed, the server still sees the old connection waiting, first in line: it would be served
    /// the next command, and the command would be lost. So the old connection is ended, if it is still there and still ours.
    async fn end_predecessor(&self, session: &Session, predecessor: i64) -> RedisResult<()> {
        // A server that was started anew counts from the beginning: the number may be this connection's own by now.
        if session.client_id == Some(predecessor) {
            return Ok(());
        }
        let mut list = pipe();
        list.cmd("CLIENT").arg("LIST").arg("ID").arg(predecessor);
        // An old Redis or an access list may not have it: it can be done without.
        let found = self.commands.ask(session, &list).await?;
        let found = found.into_iter().next().filter(|reply| refusal(reply).is_none()).and_then(text).unwrap_or_default();
        let name = format!("name={}", self.client_name);
        if found.split(' ').any(|field| field == name) {
            let mut kill = pipe();
            kill.cmd("CLIENT").arg("KILL").arg("ID").arg(predecessor);
            self.commands.ask(session, &kill).await?;
        }
        Ok(())
    }

    async fn put_back(&self, command: &str) {
        put_back(&self.reports, &self.peer, command).await;
    }
}

/// Puts a command back where it was taken from, for the peer that begins anew.
pub(crate) async fn put_back(reports: &Connection, peer: &str, command: &str) {
    let mut push = pipe();
    push.cmd("LPUSH").arg(command_key(peer)).arg(command);
    for failures in 0.. {
        let Some(session) = reports.ready().await else { return };
        match reports.ask(&session, &push).await {
            Err(error) if is_transient(&error) => sleep(backoff(failures)).await,
            _ => return,
        }
    }
}

/// Ends a wait for a command, again and again: the BLPOP may still be on its way when the first UNBLOCK is there. To be given up when the
/// inbox has ended.
pub(crate) async fn unblock(reports: &Connection, waiting: &watch::Receiver<Option<i64>>) {
    loop {
        let id = *waiting.borrow();
        if let (Some(id), Some(session)) = (id, reports.current()) {
            let mut unblock = pipe();
            unblock.cmd("CLIENT").arg("UNBLOCK").arg(id);
            let _ = reports.ask(&session, &unblock).await;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

async fn stopped(stop: &watch::Receiver<bool>) {
    let _ = stop.clone().wait_for(|stop| *stop).await;
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::BulkString(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => Some(text),
        _ => None,
    }
}
