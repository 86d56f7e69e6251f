//! SIGTERM and SIGINT: the first is a `shutdown` command, the second ends the process.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::exit::Exit;
use crate::quiet::quietly;

/// All clients of this process.
static CLIENTS: Mutex<Clients> = Mutex::new(Clients { caught: false, waiting: Vec::new(), exit: None });

struct Clients {
    /// Whether signals are caught already.
    caught: bool,
    /// Those that have not been asked to shut down yet; among them some that are closed.
    waiting: Vec<mpsc::UnboundedSender<()>>,
    /// Of the last client.
    exit: Option<Exit>,
}

impl Clients {
    /// Asks all that have not been asked yet. How to exit, if none is left to be asked.
    fn ask(&mut self) -> Option<Exit> {
        let asked = self.waiting.drain(..).filter(|client| client.send(()).is_ok()).count();
        if asked == 0 { self.exit.clone() } else { None }
    }
}

/// Catches both from now on, for good: their default effect does not come back, so that after the clients the next one exits by itself,
/// with 128 and the signal's number as a shell would say it.
pub(crate) fn catch(first: mpsc::UnboundedSender<()>, exit: Exit) -> io::Result<()> {
    let mut clients = clients();
    if !clients.caught {
        listen()?;
        clients.caught = true;
    }
    clients.waiting.retain(|client| !client.is_closed());
    clients.waiting.push(first);
    clients.exit = Some(exit);
    Ok(())
}

/// In a thread of its own: a peer that blocks its runtime is ended by the second signal all the same.
fn listen() -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
    let entered = runtime.enter();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    drop(entered);
    let listening = async move {
        loop {
            let kind = tokio::select! {
                _ = terminate.recv() => SignalKind::terminate(),
                _ = interrupt.recv() => SignalKind::interrupt(),
            };
            let exit = clients().ask();
            if let Some(exit) = exit {
                exit.with(128 + kind.as_raw_value());
            }
        }
    };
    thread::Builder::new().name("the-mule-signals".into()).spawn(move || runtime.block_on(quietly(listening)))?;
    Ok(())
}

fn clients() -> MutexGuard<'static, Clients> {
    CLIENTS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_clients_are_asked_once_and_a_closed_one_ends_nothing() {
        let (closed, receiver) = mpsc::unbounded_channel();
        drop(receiver);
        let (one, mut first) = mpsc::unbounded_channel();
        let (two, mut second) = mpsc::unbounded_channel();
        let mut clients = Clients { caught: true, waiting: vec![closed, one, two], exit: Some(Exit::default()) };
        assert!(clients.ask().is_none());
        assert!(first.try_recv().is_ok() && second.try_recv().is_ok());
        assert!(clients.ask().is_some());
        assert!(first.try_recv().is_err() && second.try_recv().is_err());
    }
}
