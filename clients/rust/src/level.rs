//! Which log lines are forwarded.

use tracing::Level;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

/// Filter directives as in `RUST_LOG`, `info,my_crate=debug`.
#[derive(Debug, Clone)]
pub(crate) struct LogFilter {
    directives: String,
    least: Option<Level>,
}

impl LogFilter {
    /// Fails where a directive cannot be read.
    pub(crate) fn parse(directives: &str) -> Result<Self, ParseError> {
        EnvFilter::builder().parse(directives)?;
        // What a peer logs by itself has no target: for it the directive counts that names none.
        let bare = directives.split(',').filter(|directive| !directive.contains(['=', '['])).rfind(|word| is_level(word.trim()));
        let least = match bare.map(|word| word.trim().to_ascii_lowercase()).as_deref() {
            None => Some(Level::INFO),
            Some("off" | "0") => None,
            Some(word) => word.parse().ok(),
        };
        Ok(Self { directives: directives.into(), least })
    }

    /// For the events of `tracing`.
    pub(crate) fn of_events(&self) -> EnvFilter {
        EnvFilter::builder().parse_lossy(&self.directives)
    }

    /// Whether a line of this level is forwarded that comes by no event.
    pub(crate) fn lets_through(&self, level: Level) -> bool {
        self.least.is_some_and(|least| level <= least)
    }
}

fn is_level(word: &str) -> bool {
    word.eq_ignore_ascii_case("off") || word == "0" || word.parse::<Level>().is_ok()
}

/// `level|message`, as it goes over the wire.
pub(crate) fn line(level: Level, message: &str) -> String {
    let word = match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    };
    format!("{word}|{message}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::vectors;

    fn least(directives: &str) -> Vec<Level> {
        let filter = LogFilter::parse(directives).unwrap();
        [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE]
            .into_iter()
            .filter(|level| filter.lets_through(*level))
            .collect()
    }

    #[test]
    fn writes_the_lines_that_all_libraries_share() {
        let vectors = vectors("logLines");
        assert!(vectors.len() > 3);
        for vector in vectors {
            let level = vector["level"].as_str().unwrap().parse().unwrap();
            assert_eq!(line(level, vector["message"].as_str().unwrap()), vector["line"].as_str().unwrap());
        }
    }

    #[test]
    fn lines_without_a_target_go_by_the_directive_without_one() {
        assert_eq!(least("warn"), [Level::ERROR, Level::WARN]);
        assert_eq!(least("my_crate=trace,DEBUG,other=error").len(), 4);
        assert_eq!(least("my_crate=error").len(), 3);
        assert!(least("off").is_empty());
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        assert!(LogFilter::parse("my_crate=loud").is_err());
    }
}
