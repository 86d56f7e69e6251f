//! Options over environment over defaults.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::MuleError;
use crate::level::LogFilter;
use crate::options::Options;
use crate::redis_target::RedisTarget;
use crate::wire;

/// A year: longer than any test, and far from where the arithmetic of instants ends.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3_600);

/// What the client works with, all decided.
#[derive(Debug, Clone)]
pub(crate) struct Configuration {
    pub(crate) redis: RedisTarget,
    pub(crate) name: String,
    pub(crate) listen_addr: Option<String>,
    pub(crate) filter: LogFilter,
    pub(crate) delay_file: PathBuf,
    pub(crate) connect_timeout: Duration,
    pub(crate) close_timeout: Duration,
    pub(crate) log_buffer_lines: usize,
    /// The least time between two statuses where they are appended to the stream too.
    pub(crate) streamed_gap: Duration,
    /// The same where they are only set.
    pub(crate) set_gap: Duration,
    pub(crate) heartbeat: Option<Duration>,
    pub(crate) handle_signals: bool,
    pub(crate) forward_tracing: bool,
}

impl Configuration {
    /// Fails with all that is missing or unusable at once.
    pub(crate) fn read(options: &Options, environment: impl Fn(&str) -> Option<String>) -> Result<Self, MuleError> {
        let mut problems = Vec::new();
        let value = |option: &Option<String>, variable: &str| {
            option.clone().or_else(|| environment(variable)).filter(|text| !text.is_empty())
        };

        let redis = match value(&options.redis_url, "REDIS_URL").as_deref().map(RedisTarget::parse) {
            None => {
                problems.push("REDIS_URL is not set: the Redis of the test, redis://[user:password@]host[:port][/database]".into());
                None
            }
            Some(Err(problem)) => {
                problems.push(format!("REDIS_URL {problem}"));
                None
            }
            Some(Ok(target)) if target.tls && cfg!(not(feature = "tls")) => {
                problems.push("REDIS_URL asks for TLS (rediss): build the_mule with its feature `tls`".into());
                None
            }
            Some(Ok(target)) => Some(target),
        };
        let name = value(&options.peer_name, "PEER_NAME");
        if name.is_none() {
            problems.push("PEER_NAME is not set: the name of this peer in the test".into());
        }
        let listen_addr = value(&options.listen_addr, "LISTEN_ADDR");
        if let Some(text) = listen_addr.as_ref().filter(|text| !text.starts_with('/')) {
            problems.push(format!("LISTEN_ADDR is \"{text}\"; expected a multiaddr like /ip4/0.0.0.0/udp/11984/quic-v1"));
        }
        let directives = value(&options.log_level, "RUST_LOG").unwrap_or_else(|| "info".into());
        let filter = match LogFilter::parse(&directives) {
            Ok(filter) => Some(filter),
            Err(error) => {
                problems
                    .push(format!("RUST_LOG is \"{directives}\" ({error}); expected a level or filters like info,my_crate=debug"));
                None
            }
        };

        let (Some(redis), Some(name), Some(filter), true) = (redis, name, filter, problems.is_empty()) else {
            return Err(MuleError::MissingConfig(format!(
                "this program cannot run as a peer of a test:\n  {}",
                problems.join("\n  ")
            )));
        };
        let orchestrated = value(&None, "TM_RUN_ID").is_some();
        let delay_file = options.delay_file.clone().or_else(|| value(&None, "TM_DELAY_FILE").map(PathBuf::from));
        // `Duration::MAX` is a way to say "for ever", and an instant that much later cannot be told.
        let bounded = |option: Option<Duration>, default: Duration| option.unwrap_or(default).min(FOR_EVER);
        Ok(Self {
            redis,
            name,
            listen_addr,
            filter,
            delay_file: delay_file.unwrap_or_else(|| wire::DELAY_FILE.into()),
            connect_timeout: bounded(options.connect_timeout, wire::CONNECT_TIMEOUT),
            close_timeout: bounded(options.close_timeout, wire::CLOSE_TIMEOUT),
            log_buffer_lines: options.log_buffer_lines.unwrap_or(wire::LOG_BUFFER_LINES),
            // A tm that sets TM_RUN_ID reads the stream, where no status hides another.
            streamed_gap: bounded(options.status_gap, if orchestrated { Duration::ZERO } else { wire::STATUS_GAP }),
            set_gap: bounded(options.status_gap, wire::STATUS_GAP),
            heartbeat: Some(bounded(options.heartbeat, wire::HEARTBEAT)).filter(|every| orchestrated && !every.is_zero()),
            handle_signals: options.handle_signals.unwrap_or(true),
            forward_tracing: options.forward_tracing.unwrap_or(true),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REDIS: (&str, &str) = ("REDIS_URL", "redis://default:s3cret@10.0.0.1:6399/2");
    const NAME: (&str, &str) = ("PEER_NAME", "alice");

    fn read(options: &Options, environment: &[(&str, &str)]) -> Result<Configuration, String> {
        let find = |name: &str| environment.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_string());
        Configuration::read(options, find).map_err(|error| error.to_string())
    }

    #[test]
    fn names_everything_that_is_wrong_at_once_and_no_password() {
        let nothing = read(&Options::default(), &[]).unwrap_err();
        assert!(nothing.contains("REDIS_URL is not set") && nothing.contains("PEER_NAME is not set"), "{nothing}");
        assert!(!nothing.contains("LISTEN_ADDR"), "{nothing}");

        let wrong = [("REDIS_URL", "http://u:s3cret@h"), ("PEER_NAME", ""), ("LISTEN_ADDR", "here"), ("RUST_LOG", "x=loud")];
        let wrong = read(&Options::default(), &wrong).unwrap_err();
        for variable in ["REDIS_URL has the scheme", "PEER_NAME is not set", "LISTEN_ADDR is \"here\"", "RUST_LOG is \"x=loud\""] {
            assert!(wrong.contains(variable), "{variable}: {wrong}");
        }
        assert!(!wrong.contains("s3cret"), "{wrong}");
    }

    #[test]
    fn takes_the_defaults_of_the_protocol() {
        let plain = read(&Options::default(), &[REDIS, NAME]).unwrap();
        assert_eq!((plain.name.as_str(), plain.redis.database, plain.listen_addr), ("alice", 2, None));
        assert_eq!((plain.connect_timeout, plain.close_timeout), (wire::CONNECT_TIMEOUT, wire::CLOSE_TIMEOUT));
        assert_eq!(plain.delay_file, PathBuf::from(wire::DELAY_FILE));
        assert_eq!((plain.streamed_gap, plain.set_gap, plain.heartbeat), (wire::STATUS_GAP, wire::STATUS_GAP, None));
        assert!(plain.filter.lets_through(tracing::Level::INFO) && !plain.filter.lets_through(tracing::Level::DEBUG));
        assert!(plain.handle_signals && plain.forward_tracing);
    }

    #[test]
    fn a_run_of_tm_needs_no_gap_and_gets_heartbeats() {
        let run = [REDIS, NAME, ("TM_RUN_ID", "r-1"), ("TM_DELAY_FILE", "/x/delay"), ("RUST_LOG", "trace")];
        let in_run = read(&Options::default(), &run).unwrap();
        assert_eq!(
            (in_run.streamed_gap, in_run.set_gap, in_run.heartbeat),
            (Duration::ZERO, wire::STATUS_GAP, Some(wire::HEARTBEAT))
        );
        assert_eq!(in_run.delay_file, PathBuf::from("/x/delay"));
        assert!(in_run.filter.lets_through(tracing::Level::TRACE));
        let without = read(&Options { heartbeat: Some(Duration::ZERO), ..Options::default() }, &run).unwrap();
        assert_eq!(without.heartbeat, None);
    }

    #[test]
    fn options_win_over_the_environment() {
        let options = Options {
            redis_url: Some("redis://here".into()),
            peer_name: Some("bob".into()),
            listen_addr: Some("/ip4/0.0.0.0/udp/1".into()),
            log_level: Some("error".into()),
            delay_file: Some("/y".into()),
            status_gap: Some(Duration::from_millis(7)),
            ..Options::default()
        };
        let read = read(&options, &[REDIS, NAME, ("LISTEN_ADDR", "/z"), ("RUST_LOG", "trace"), ("TM_DELAY_FILE", "/x")]).unwrap();
        assert_eq!(
            (read.name.as_str(), read.redis.host.as_str(), read.listen_addr.as_deref()),
            ("bob", "here", Some("/ip4/0.0.0.0/udp/1"))
        );
        assert_eq!(
            (read.delay_file, read.streamed_gap, read.set_gap),
            ("/y".into(), options.status_gap.unwrap(), options.status_gap.unwrap())
        );
        assert!(!read.filter.lets_through(tracing::Level::WARN));
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn tls_needs_its_feature() {
        let problem = read(&Options::default(), &[("REDIS_URL", "rediss://h"), NAME]).unwrap_err();
        assert!(problem.contains("feature `tls`"), "{problem}");
    }
}
