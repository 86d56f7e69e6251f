//! What the builder was told.

use std::path::PathBuf;
use std::time::Duration;

/// Unset is what the environment says, or the default.
#[derive(Clone, Default)]
pub(crate) struct Options {
    pub(crate) redis_url: Option<String>,
    pub(crate) peer_name: Option<String>,
    pub(crate) listen_addr: Option<String>,
    pub(crate) log_level: Option<String>,
    pub(crate) delay_file: Option<PathBuf>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) close_timeout: Option<Duration>,
    pub(crate) log_buffer_lines: Option<usize>,
    pub(crate) status_gap: Option<Duration>,
    pub(crate) heartbeat: Option<Duration>,
    pub(crate) handle_signals: Option<bool>,
    pub(crate) forward_tracing: Option<bool>,
}
