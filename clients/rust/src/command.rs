//! Commands of the timeline.

use std::fmt;

/// What the timeline of a test tells a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Join the network: report `connecting`, then `connected`.
    Connect,
    /// Leave it, and go on listening for commands: report `disconnecting`, then `disconnected`.
    Disconnect,
    /// End: report `stopped`, and exit with 0.
    Shutdown,
    /// Go down, and come up again: [`MuleClient::restart`](crate::MuleClient::restart).
    Restart {
        /// Whole seconds until it is started again; 0 where the command names none that can be read.
        delay_secs: u64,
    },
    /// Here is another peer's address.
    Peer {
        /// Such as `/ip4/192.0.2.10/udp/11984/quic-v1`.
        multiaddr: String,
    },
    /// The test's own, as it came. By custom its fields are separated by `|`.
    Test(String),
}

impl Command {
    /// Understands any text: what is none of the protocol's words is a [`Command::Test`]. The delay of a restart is rounded up to whole
    /// seconds.
    ///
    /// ```
    /// use the_mule::Command;
    ///
    /// assert_eq!(Command::parse("restart|1.5"), Command::Restart { delay_secs: 2 });
    /// assert_eq!(Command::parse("push|bob|hello"), Command::Test("push|bob|hello".into()));
    /// ```
    #[must_use]
    pub fn parse(raw: &str) -> Self {
        match raw.split_once('|') {
            None if raw == "connect" => Self::Connect,
            None if raw == "disconnect" => Self::Disconnect,
            None if raw == "shutdown" => Self::Shutdown,
            None if raw == "restart" => Self::Restart { delay_secs: 0 },
            Some(("restart", delay)) => Self::Restart { delay_secs: whole_seconds(delay) },
            Some(("peer", multiaddr)) if !multiaddr.is_empty() => Self::Peer { multiaddr: multiaddr.into() },
            _ => Self::Test(raw.into()),
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Of what is negative, too large or no number a cast makes the nearest.
fn whole_seconds(text: &str) -> u64 {
    text.trim().parse::<f64>().ok().filter(|seconds| seconds.is_finite()).map_or(0, |seconds| seconds.ceil() as u64)
}

impl fmt::Display for Command {
    /// As on the wire; a delay in whole seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("connect"),
            Self::Disconnect => f.write_str("disconnect"),
            Self::Shutdown => f.write_str("shutdown"),
            Self::Restart { delay_secs } => write!(f, "restart|{delay_secs}"),
            Self::Peer { multiaddr } => write!(f, "peer|{multiaddr}"),
            Self::Test(raw) => f.write_str(raw),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::vectors;

    #[test]
    fn understands_the_vectors_that_all_libraries_share() {
        let vectors = vectors("commands");
        assert!(vectors.len() > 10);
        for vector in vectors {
            let text = |field: &str| vector[field].as_str().unwrap_or_else(|| panic!("no {field} in {vector}")).to_string();
            let raw = text("raw");
            let expected = match text("kind").as_str() {
                "connect" => Command::Connect,
                "disconnect" => Command::Disconnect,
                "shutdown" => Command::Shutdown,
                "restart" => Command::Restart { delay_secs: vector["delaySecs"].as_u64().unwrap() },
                "peer" => Command::Peer { multiaddr: text("multiaddr") },
                "test" => {
                    let fields: Vec<_> = raw.split('|').collect();
                    assert_eq!(vector["fields"], serde_json::json!(fields), "{raw}");
                    Command::Test(raw.clone())
                }
                other => panic!("unknown kind {other}"),
            };
            assert_eq!(Command::parse(&raw), expected, "{raw}");
        }
    }

    #[test]
    fn is_written_as_it_was_read() {
        for raw in
            ["connect", "disconnect", "shutdown", "restart|3", "peer|/dns4/x/udp/1", "push|bob|a|b", "", "peer|", "connect|x"]
        {
            assert_eq!(Command::parse(raw).to_string(), raw);
        }
        assert_eq!(Command::parse("restart|2.1").to_string(), "restart|3");
    }
}
