//! SIGTERM and SIGINT: the first is a `shutdown` command, the second ends the process.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::exit::Exit;

/// Catches both from now on, for good: their default effect does not come back, so that after the client the second one exits by itself,
/// with 128 and the signal's number as a shell would say it. Must be called in the runtime.
pub(crate) fn catch(first: mpsc::UnboundedSender<()>, exit: Exit) -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        let mut asked = false;
        loop {
            let kind = tokio::select! {
                _ = terminate.recv() => SignalKind::terminate(),
                _ = interrupt.recv() => SignalKind::interrupt(),
            };
            // Nobody is left to be asked when the client is gone.
            if asked || first.send(()).is_err() {
                exit.with(128 + kind.as_raw_value());
            }
            asked = true;
        }
    })
}
