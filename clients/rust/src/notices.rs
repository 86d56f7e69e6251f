//! What the client itself has to tell: Redis lost, found again, refusing something.

use std::fmt;
use std::io::{Write, stderr};
use std::sync::Arc;

/// Where such a line goes.
#[derive(Clone)]
pub(crate) struct Notices(Arc<dyn Fn(&str) + Send + Sync>);

impl Notices {
    pub(crate) fn to(listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(listener))
    }

    pub(crate) fn tell(&self, text: &str) {
        (self.0)(text);
    }
}

impl Default for Notices {
    /// To stderr, which tm keeps with the container's output. Whoever read it may be gone; `eprintln` would panic then, in the very task
    /// that is to connect again.
    fn default() -> Self {
        Self::to(|text| _ = stderr().write_all(format!("the-mule: {text}\n").as_bytes()))
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notices")
    }
}
