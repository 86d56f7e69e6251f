#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod backoff;
mod builder;
mod client;
mod command;
mod commands;
mod configuration;
mod connection;
mod delay;
mod dial;
mod error;
mod exit;
mod heartbeat;
mod inbox;
mod level;
mod notices;
mod options;
mod outbox;
mod quiet;
mod random;
mod redis_target;
mod refusal;
mod report_queue;
mod reporter;
mod sender;
mod signals;
#[cfg(feature = "tls")]
mod tls;
mod tracing_layer;
#[cfg(test)]
mod vectors;
mod wire;

pub use builder::MuleClientBuilder;
pub use client::MuleClient;
pub use command::Command;
pub use error::MuleError;
pub use reporter::Reporter;
pub use tracing::Level;
