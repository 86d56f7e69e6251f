//! The part of multiaddrs that a UDP peer needs.

use std::net::IpAddr;

/// Host and UDP port, out of a multiaddr.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub host: String,
    pub port: u16,
}

impl Endpoint {
    /// Reads `/ip4/192.0.2.10/udp/11984/quic-v1` (also `ip6`, `dns`, `dns4`, `dns6`); none for anything else.
    pub fn parse(multiaddr: &str) -> Option<Self> {
        let mut parts = multiaddr.strip_prefix('/')?.split('/');
        let (kind, host, protocol, port) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let known = matches!(kind, "ip4" | "ip6" | "dns" | "dns4" | "dns6") && protocol == "udp" && !host.is_empty();
        let port = port.bytes().all(|byte| byte.is_ascii_digit()).then(|| port.parse().ok())??;
        known.then(|| Self { host: host.into(), port })
    }

    /// What others are told.
    pub fn multiaddr(&self) -> String {
        let kind = match self.host.parse() {
            Ok(IpAddr::V4(_)) => "ip4",
            Ok(IpAddr::V6(_)) => "ip6",
            Err(_) => "dns",
        };
        format!("/{kind}/{}/udp/{}/quic-v1", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for multiaddr in
            ["/ip4/192.0.2.10/udp/11984/quic-v1", "/ip6/2001:db8::1/udp/1/quic-v1", "/dns/peer.example/udp/65535/quic-v1"]
        {
            assert_eq!(Endpoint::parse(multiaddr).unwrap().multiaddr(), multiaddr);
        }
        assert_eq!(Endpoint::parse("/dns4/a/udp/7"), Some(Endpoint { host: "a".into(), port: 7 }));
    }

    #[test]
    fn has_no_use_for_anything_else() {
        for text in [
            "",
            "/",
            "nonsense",
            "/ip4/1.2.3.4/tcp/80",
            "/ip4/1.2.3.4/udp/65536",
            "/ip4/1.2.3.4/udp/+1",
            "/ip4//udp/1",
            "ip4/1.2.3.4/udp/1",
        ] {
            assert_eq!(Endpoint::parse(text), None, "{text}");
        }
    }
}
