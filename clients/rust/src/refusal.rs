//! What an answer of Redis means for what was asked.

use redis::{ErrorKind, RedisError, Value};

/// Error words by which a Redis says "not now": it loads, runs a script, follows another one, begins to (which ends a wait for a command),
/// lacks followers of its own, or is out of memory or disk.
const NOT_NOW: [&str; 10] =
    ["LOADING", "BUSY", "MASTERDOWN", "READONLY", "UNBLOCKED", "NOREPLICAS", "OOM", "MISCONF", "TRYAGAIN", "CLUSTERDOWN"];

/// Whether the same command may succeed later: all that is no answer of Redis's (a lost connection), and the answers that mean "not now".
pub(crate) fn is_transient(error: &RedisError) -> bool {
    match error.code() {
        Some(code) => NOT_NOW.contains(&code),
        None => matches!(error.kind(), ErrorKind::Io | ErrorKind::Parse),
    }
}

/// Whether Redis itself said so, and not the connection to it.
pub(crate) fn is_answer(error: &RedisError) -> bool {
    error.code().is_some()
}

/// The error in Redis's own words.
pub(crate) fn reason(error: &RedisError) -> String {
    match (error.code(), error.detail()) {
        (Some(code), Some(detail)) => format!("{code} {detail}"),
        (Some(code), None) => code.into(),
        _ => error.to_string(),
    }
}

/// The error that a single reply is.
pub(crate) fn refusal(reply: &Value) -> Option<RedisError> {
    match reply {
        Value::ServerError(_) => reply.clone().extract_error().err(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> RedisError {
        let value = redis::parse_redis_value(format!("-{text}\r\n").as_bytes()).unwrap();
        refusal(&value).unwrap()
    }

    #[test]
    fn tells_not_now_from_never() {
        for text in [
            "LOADING Redis is loading",
            "BUSY a script",
            "OOM command not allowed",
            "READONLY replica",
            "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
            "NOREPLICAS Not enough good replicas to write.",
            "MISCONF disk",
            "MASTERDOWN x",
        ] {
            assert!(is_transient(&answer(text)), "{text}");
        }
        for text in ["WRONGTYPE Operation against", "NOPERM no", "ERR unknown command", "NOAUTH Authentication required."] {
            assert!(!is_transient(&answer(text)), "{text}");
            assert!(is_answer(&answer(text)));
        }
        let lost = RedisError::from(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
        assert!(is_transient(&lost) && !is_answer(&lost));
    }

    #[test]
    fn speaks_with_the_words_of_redis() {
        assert_eq!(reason(&answer("WRONGPASS invalid username-password pair")), "WRONGPASS invalid username-password pair");
        assert_eq!(reason(&answer("ERR DB index is out of range")), "ERR DB index is out of range");
        assert_eq!(reason(&answer("NOPERM this user has no permissions")), "NOPERM this user has no permissions");
    }
}
