from __future__ import annotations

import contextlib
import json
import socket
from typing import TYPE_CHECKING

from processes import COUNTER, running
from redis_server import wait_until

if TYPE_CHECKING:
    from redis_server import RedisServer


def test_merges_what_it_hears_by_the_larger_count_and_tells_its_neighbours(server: RedisServer) -> None:
    with contextlib.ExitStack() as stack:
        # The neighbour is this test, so it sees the datagrams themselves.
        neighbour = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        neighbour.bind(("127.0.0.1", 0))
        neighbour.settimeout(30)
        own = f"/ip4/127.0.0.1/udp/{neighbour.getsockname()[1]}/quic-v1"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        listen = f"/ip4/127.0.0.1/udp/{port}/quic-v1"
        stack.enter_context(running(server, COUNTER, LISTEN_ADDR=listen, HOST_ADDR="127.0.0.1"))
        server.redis.rpush("alice_command", f"peer|{own}", "connect", "add|5")

        def heard(counts: dict[str, int]) -> bool:
            datagram = json.loads(neighbour.recv(65536))
            assert datagram["address"] == listen
            return bool(datagram["counts"] == counts)

        def logged(line: str) -> None:
            wait_until(lambda: line in server.redis.lrange("alice_log", 0, -1), line)

        wait_until(lambda: heard({"alice": 5}), "alice tells her count")
        assert server.redis.get("alice_status") == "connecting", "nobody has answered"
        for text in ("no JSON", "[]", json.dumps({"address": own, "counts": {"bob": 7, "alice": 2}})):
            neighbour.sendto(text.encode(), ("127.0.0.1", port))
        logged("info|value 12")
        wait_until(lambda: server.redis.get("alice_status") == "connected", "alice is connected")
        wait_until(lambda: heard({"alice": 5, "bob": 7}), "alice tells what she has heard")
        no_use = [line for line in server.redis.lrange("alice_log", 0, -1) if line.startswith("warn|no use")]
        assert len(no_use) == 2
        server.redis.rpush("alice_command", "disconnect", "add|1", "value", "add|one")
        logged("warn|unknown command: add|one")
        assert "info|value 13" in server.redis.lrange("alice_log", 0, -1)
