"""Addresses as peers tell them to each other."""

from __future__ import annotations

import re
from typing import NamedTuple

_MULTIADDR = re.compile(r"/(?:ip4|ip6|dns|dns4|dns6)/([^/]+)/udp/([0-9]{1,5})(?:/.*)?", re.DOTALL)
_HIGHEST_PORT = 65_535


class Endpoint(NamedTuple):
    """An address and UDP port, out of a multiaddr."""

    address: str
    port: int


def parse_multiaddr(text: str) -> Endpoint | None:
    """Reads `/ip4/192.0.2.10/udp/11984/quic-v1` (also `ip6`, `dns`, `dns4`, `dns6`); None for anything else."""
    match = _MULTIADDR.fullmatch(text)
    if match is None or int(match[2]) > _HIGHEST_PORT:
        return None
    return Endpoint(match[1], int(match[2]))


def format_multiaddr(endpoint: Endpoint) -> str:
    """The multiaddr that others are told."""
    name_or_ip4 = "ip4" if re.fullmatch(r"[0-9.]+", endpoint.address) else "dns"
    family = "ip6" if ":" in endpoint.address else name_or_ip4
    return f"/{family}/{endpoint.address}/udp/{endpoint.port}/quic-v1"
