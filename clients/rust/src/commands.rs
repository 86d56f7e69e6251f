//! The near end of the inbox: asks for commands, and stops it without losing one.

use std::task::{Context, Poll};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::connection::Connection;
use crate::inbox::{Inbox, Taken, put_back, unblock};
use crate::quiet::quietly;
use crate::wire::CLOSE_TIMEOUT;

/// How long the end of a wait for a command may take.
const UNBLOCK_WITHIN: Duration = Duration::from_millis(500);

/// At most one command is on its way, and it stays here when whoever asked for it does not wait any more.
#[derive(Debug)]
pub(crate) struct Commands {
    /// Until it is stopped.
    line: Option<Line>,
    /// From then on, until it has ended.
    ending: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Line {
    connection: Connection,
    reports: Connection,
    peer: String,
    ask: mpsc::UnboundedSender<()>,
    taken: mpsc::UnboundedReceiver<Taken>,
    asked: bool,
    stop: watch::Sender<bool>,
    waiting: watch::Receiver<Option<i64>>,
    inbox: JoinHandle<()>,
}

impl Commands {
    /// Must be called in the runtime.
    pub(crate) fn take_from(connection: Connection, reports: Connection, peer: String, client_name: String) -> Self {
        let (ask, asked) = mpsc::unbounded_channel();
        let (give, taken) = mpsc::unbounded_channel();
        let (stop, stopping) = watch::channel(false);
        let (waits, waiting) = watch::channel(None);
        let inbox = Inbox {
            commands: connection.clone(),
            reports: reports.clone(),
            peer: peer.clone(),
            client_name,
            stop: stopping,
            waiting: waits,
        };
        let inbox = tokio::spawn(quietly(inbox.run(asked, give)));
        Self { line: Some(Line { connection, reports, peer, ask, taken, asked: false, stop, waiting, inbox }), ending: None }
    }

    /// Takes a command from Redis if none is being taken yet. None when it has been stopped, and behind an error.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Taken>> {
        let Some(line) = &mut self.line else { return Poll::Ready(None) };
        if !line.asked {
            line.asked = line.ask.send(()).is_ok();
        }
        let next = line.taken.poll_recv(context);
        if next.is_ready() {
            line.asked = false;
        }
        next
    }

    /// Ends the wait and hangs up. A command that came in the same instant, or that nobody fetched, goes back to the head of the queue.
    /// It goes on in the background when this future is dropped; the next call waits for it.
    pub(crate) async fn stop(&mut self, within: Duration) {
        if let Some(line) = self.line.take() {
            self.ending = Some(tokio::spawn(quietly(line.end(Instant::now() + within))));
        }
        if let Some(ending) = &mut self.ending {
            let _ = ending.await;
            self.ending = None;
        }
    }
}

impl Drop for Commands {
    /// Does the same in the background, if there is a runtime left to do it.
    fn drop(&mut self) {
        if let (Some(line), Ok(runtime)) = (self.line.take(), Handle::try_current()) {
            runtime.spawn(quietly(line.end(Instant::now() + CLOSE_TIMEOUT)));
        }
    }
}

impl Line {
    async fn end(mut self, deadline: Instant) {
        self.stop.send_replace(true);
        let ended = async {
            tokio::select! {
                _ = &mut self.inbox => {}
                () = unblock(&self.reports, &self.waiting) => {}
            }
        };
        let _ = timeout_at(deadline.min(Instant::now() + UNBLOCK_WITHIN), ended).await;
        self.connection.close();
        // Hung up on, it may still hold a command that came in time, and puts it back.
        if !self.inbox.is_finished() {
            let _ = timeout_at(deadline, &mut self.inbox).await;
        }
        while let Ok(Ok(command)) = self.taken.try_recv() {
            let _ = timeout_at(deadline, put_back(&self.reports, &self.peer, &command)).await;
        }
        self.connection.closed().await;
    }
}
