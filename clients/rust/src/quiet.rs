//! Keeps the client's own traffic out of the log that it makes: an event for each log line that is sent would never end.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Whether what happens here and now is the client's own doing.
pub(crate) fn is_quiet() -> bool {
    QUIET.try_with(Cell::get).unwrap_or(true)
}

/// Runs work of the client's own.
pub(crate) async fn quietly<F: Future>(work: F) -> F::Output {
    let mut work = pin!(work);
    poll_fn(|context| {
        let _quiet = Quiet(QUIET.replace(true));
        work.as_mut().poll(context)
    })
    .await
}

/// Puts back what was, in a panic too.
struct Quiet(bool);

impl Drop for Quiet {
    fn drop(&mut self) {
        QUIET.set(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_work_itself_is_quiet() {
        assert!(!is_quiet());
        let inside = quietly(async {
            tokio::task::yield_now().await;
            is_quiet()
        });
        assert!(inside.await);
        assert!(!is_quiet());
    }
}
