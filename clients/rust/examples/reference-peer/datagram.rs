//! What goes over UDP, as JSON.

use serde::{Deserialize, Serialize};

/// One UDP datagram. `id` is answered by an `ack` with the same `id`; `address` is the sender's multiaddr.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Datagram {
    pub id: String,
    pub from: String,
    pub address: String,
    #[serde(flatten)]
    pub content: Content,
}

/// What one neighbour has to say to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Content {
    Hello,
    Goodbye,
    Ack,
    Gossip { gossip: Gossip },
}

/// What travels through the mesh from peer to peer, whoever is in between. `id` is the same on every hop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gossip {
    pub id: String,
    pub origin: String,
    pub body: Body,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Body {
    Message { to: String, text: String },
    Key { key: String },
}

impl Datagram {
    /// None for what is no datagram of ours: anybody can send anything to a UDP port.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings always make JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn is_the_json_that_peers_in_other_languages_speak() {
        let hello = json!({ "id": "1", "from": "alice", "address": "/ip4/127.0.0.1/udp/1", "kind": "hello" });
        let body = json!({ "kind": "message", "to": "bob", "text": "hi|there\n🌍" });
        let gossip = json!({ "id": "2", "from": "a", "address": "/x", "kind": "gossip", "gossip": { "id": "g", "origin": "a", "body": body } });
        let key = json!({ "id": "3", "from": "a", "address": "/x", "kind": "gossip",
            "gossip": { "id": "g", "origin": "a", "body": { "kind": "key", "key": "k" } } });
        for value in [hello, gossip, key] {
            let datagram = Datagram::decode(value.to_string().as_bytes()).unwrap();
            assert_eq!(serde_json::from_slice::<serde_json::Value>(&datagram.encode()).unwrap(), value);
        }
    }

    #[test]
    fn anything_else_is_no_datagram() {
        for text in [
            "",
            "hello",
            "[]",
            "{}",
            r#"{"id":"1","from":"a","address":"/x","kind":"shout"}"#,
            r#"{"id":1,"from":"a","address":"/x","kind":"ack"}"#,
        ] {
            assert_eq!(Datagram::decode(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Datagram::decode(br#"{"id":"1","from":"a","address":"/x","kind":"gossip"}"#), None);
    }
}
