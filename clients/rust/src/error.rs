//! What can go wrong.

use std::path::PathBuf;
use std::time::Duration;
use std::{error, fmt, io};

use redis::RedisError;

use crate::refusal::reason;

/// Why the client could not do what it was asked to.
#[derive(Debug)]
#[non_exhaustive]
pub enum MuleError {
    /// The environment or the options cannot be used. The text names every variable that is missing or unusable, a line each.
    MissingConfig(String),
    /// No Redis in the time given.
    Unreachable {
        /// Host and port.
        place: String,
        /// How long it was tried.
        tried_for: Duration,
        /// What the last attempt ended with.
        source: Option<RedisError>,
    },
    /// Redis answers, and does not let this peer in: a wrong password, no such database.
    Refused {
        /// Host and port.
        place: String,
        /// Redis's answer.
        source: RedisError,
    },
    /// Redis refuses a command for good: no right to a key, or a key of another type.
    Redis(RedisError),
    /// The delay of a restart cannot be written.
    DelayFile {
        /// The file, `TM_DELAY_FILE`.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The client was closed first.
    Closed,
}

impl fmt::Display for MuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingConfig(problems) => f.write_str(problems),
            Self::Unreachable { place, tried_for, source } => {
                let because = source.as_ref().map_or_else(|| "no answer".into(), reason);
                write!(f, "cannot reach Redis at {place}: {because} (tried for {} s)", tried_for.as_secs_f64())
            }
            Self::Refused { place, source } => write!(f, "Redis at {place} refuses this peer: {}", reason(source)),
            Self::Redis(error) => write!(f, "Redis refuses it: {}", reason(error)),
            Self::DelayFile { path, source } => {
                write!(
                    f,
                    "cannot leave the delay of the restart in {}: {source}; TM_DELAY_FILE can name another file",
                    path.display()
                )
            }
            Self::Closed => f.write_str("the client was closed before that was done"),
        }
    }
}

impl error::Error for MuleError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::MissingConfig(_) | Self::Closed => None,
            Self::Unreachable { source, .. } => source.as_ref().map(|error| error as &dyn error::Error),
            Self::Refused { source, .. } | Self::Redis(source) => Some(source),
            Self::DelayFile { source, .. } => Some(source),
        }
    }
}

impl From<RedisError> for MuleError {
    fn from(error: RedisError) -> Self {
        Self::Redis(error)
    }
}
