"""What peers say to each other: one UDP datagram is one JSON object."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

KINDS = ("hello", "goodbye", "ack", "gossip")


@dataclass(frozen=True)
class Message:
    """A gossip for one peer."""

    to: str
    text: str


@dataclass(frozen=True)
class Key:
    """A gossip for all: the origin has a new key."""

    key: str


@dataclass(frozen=True)
class Gossip:
    """What travels from peer to peer, whoever is in between; the same on every hop."""

    id: str
    origin: str
    body: Message | Key


@dataclass(frozen=True)
class Datagram:
    """`id` is answered by an `ack` with the same `id`; `sender` and `address` are the sender's name and multiaddr."""

    id: str
    sender: str
    address: str
    kind: str
    gossip: Gossip | None = None


def encode(datagram: Datagram) -> bytes:
    """The JSON of a datagram."""
    value: dict[str, Any] = {
        "id": datagram.id,
        "from": datagram.sender,
        "address": datagram.address,
        "kind": datagram.kind,
    }
    if datagram.gossip is not None:
        body = datagram.gossip.body
        value["gossip"] = {
            "id": datagram.gossip.id,
            "origin": datagram.gossip.origin,
            "body": {"kind": "message", "to": body.to, "text": body.text}
            if isinstance(body, Message)
            else {"kind": "key", "key": body.key},
        }
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def decode(data: bytes) -> Datagram | None:
    """None for what is no datagram of ours: anybody can send anything to a UDP port."""
    try:
        value = json.loads(data)
        identity, sender, address, kind = (value[name] for name in ("id", "from", "address", "kind"))
        if not all(isinstance(text, str) for text in (identity, sender, address)) or kind not in KINDS:
            return None
        gossip = _gossip(value["gossip"]) if kind == "gossip" else None
    except (KeyError, RecursionError, TypeError, ValueError):
        return None
    return Datagram(identity, sender, address, kind, gossip)


def _gossip(value: Any) -> Gossip:  # noqa: ANN401 - from outside, and not looked at yet
    body = value["body"]
    kind = body["kind"]
    if kind not in ("message", "key"):
        raise ValueError(f"no gossip of the kind {kind}")
    fields = [body["to"], body["text"]] if kind == "message" else [body["key"]]
    if not all(isinstance(text, str) for text in [value["id"], value["origin"], *fields]):
        raise TypeError("a gossip is made of text")
    return Gossip(value["id"], value["origin"], Message(*fields) if kind == "message" else Key(*fields))
