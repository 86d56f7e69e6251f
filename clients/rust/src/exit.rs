//! How the process ends.

use std::fmt;
use std::sync::Arc;

/// `std::process::exit`, or what a test puts in its place.
#[derive(Clone)]
pub(crate) struct Exit(Arc<dyn Fn(i32) + Send + Sync>);

impl Exit {
    pub(crate) fn by(hook: impl Fn(i32) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hook))
    }

    pub(crate) fn with(&self, code: i32) {
        (self.0)(code);
    }
}

impl Default for Exit {
    fn default() -> Self {
        Self::by(|code| std::process::exit(code))
    }
}

impl fmt::Debug for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exit")
    }
}
