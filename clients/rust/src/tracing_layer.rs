//! The events of `tracing`, and the records of `log`, as log lines of the peer.

use std::fmt::{Debug, Write};
use std::sync::Arc;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use crate::level::line;
use crate::outbox::Mailbox;
use crate::quiet::is_quiet;

/// Crates below the client whose events come from sending, whoever's turn it is.
const BELOW: [&str; 5] = ["mio", "tokio", "runtime", "redis", "rustls"];

/// Forwards what it is given; the filter is around it.
pub(crate) struct Forwarding {
    pub(crate) outbox: Arc<Mailbox>,
}

impl<S: Subscriber> Layer<S> for Forwarding {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        if is_quiet() || is_below(event.metadata().target()) {
            return;
        }
        let mut words = Words::default();
        event.record(&mut words);
        if !words.target.as_deref().is_some_and(is_below) {
            self.outbox.line(line(*event.metadata().level(), &words.text()));
        }
    }
}

fn is_below(target: &str) -> bool {
    let root = target.split("::").next().unwrap_or(target);
    BELOW.contains(&root) || root.starts_with("runtime.")
}

/// An event as `message key=value …`.
#[derive(Default)]
struct Words {
    message: String,
    fields: String,
    /// Of a record of `log`.
    target: Option<String>,
}

impl Words {
    fn text(mut self) -> String {
        if self.message.is_empty() {
            return self.fields.trim_start().into();
        }
        self.message.push_str(&self.fields);
        self.message
    }
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a String does not fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            // What the bridge from `log` says besides the message.
            name if name.starts_with("log.") => Ok(()),
            name => write!(self.fields, " {}={value:?}", name.strip_prefix("r#").unwrap_or(name)),
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => self.message.push_str(value),
            "log.target" => self.target = Some(value.into()),
            _ => self.record_debug(field, &value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::Outbox;
    use crate::quiet::quietly;
    use crate::report_queue::Report;
    use tracing_subscriber::prelude::*;

    fn lines(outbox: &Outbox) -> Vec<String> {
        match outbox.next() {
            Some(Report::Lines { texts, .. }) => texts,
            other => panic!("{other:?}"),
        }
    }

    fn forwarding() -> (Arc<Mailbox>, tracing::subscriber::DefaultGuard) {
        let outbox = Arc::new(Mailbox(Arc::new(Outbox::new(100, 10_000))));
        let guard = tracing_subscriber::registry().with(Forwarding { outbox: outbox.clone() }).set_default();
        (outbox, guard)
    }

    #[test]
    fn an_event_is_its_message_and_its_fields() {
        let (outbox, _guard) = forwarding();
        tracing::info!("hello");
        tracing::warn!(peer = "bob", tries = 3, "lost {}", "it");
        tracing::trace!(addr = %"/ip4/1", ok = true);
        tracing::error!(list = ?[1, 2], r#type = 1.5, "two\nlines|bar");
        tracing::debug!("");
        assert_eq!(
            lines(&outbox),
            [
                "info|hello",
                "warn|lost it peer=\"bob\" tries=3",
                "trace|addr=/ip4/1 ok=true",
                "error|two\nlines|bar list=[1, 2] type=1.5",
                "debug|",
            ]
        );
    }

    #[tokio::test]
    async fn what_sending_itself_says_is_left_out() {
        let (outbox, _guard) = forwarding();
        tracing::info!(target: "mio::poll", "registering");
        tracing::info!(target: "tokio::task::waker", "wake");
        tracing::info!(target: "runtime.resource", "poll");
        quietly(async { tracing::info!("on the way") }).await;
        tracing::info!(target: "mioties", "heard");
        assert_eq!(lines(&outbox), ["info|heard"]);
    }
}
