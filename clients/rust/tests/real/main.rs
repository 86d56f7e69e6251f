//! The client on a real Redis: each test has a server of its own.

mod closing;
mod commands;
mod configuration;
mod earlier_peers;
mod logs;
mod outages;
mod reference_peer;
mod statuses;
mod support;
#[cfg(feature = "tls")]
mod tls;
mod tracing_events;
