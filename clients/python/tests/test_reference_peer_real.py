from __future__ import annotations

import contextlib
import signal
import socket
import time
from typing import TYPE_CHECKING

from processes import REFERENCE_PEER, running
from redis_server import RedisServer, free_port, wait_until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator


def udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Fleet:
    """Peers of one Redis."""

    def __init__(self, server: RedisServer, stack: contextlib.ExitStack) -> None:
        self.server = server
        self.processes: dict[str, subprocess.Popen[str]] = {}
        self._stack = stack

    def start(self, name: str) -> str:
        """Gives the peer's multiaddr."""
        listen = f"/ip4/127.0.0.1/udp/{udp_port()}/quic-v1"
        peer = running(self.server, REFERENCE_PEER, name=name, LISTEN_ADDR=listen, HOST_ADDR="127.0.0.1")
        self.processes[name] = self._stack.enter_context(peer)
        self.wait(name, f"started|{listen}")
        return listen

    def tell(self, name: str, *commands: str) -> None:
        self.server.redis.rpush(f"{name}_command", *commands)

    def wait(self, name: str, status: str) -> None:
        wait_until(lambda: self.server.redis.get(f"{name}_status") == status, f"{name} is {status}")

    def logged(self, name: str, line: str) -> None:
        wait_until(lambda: line in self.lines(name), f"{name} says {line}")

    def lines(self, name: str) -> list[str]:
        return list(reversed(self.server.redis.lrange(f"{name}_log", 0, -1)))

    def statuses(self, name: str) -> list[str]:
        return [fields["status"].partition("|")[0] for _, fields in self.server.redis.xrange(f"{name}_statuses")]

    def ended(self, name: str) -> int:
        process = self.processes[name]
        process.communicate(timeout=60)
        return process.returncode


@contextlib.contextmanager
def fleet(server: RedisServer) -> Iterator[Fleet]:
    with contextlib.ExitStack() as stack:
        yield Fleet(server, stack)


def test_messages_and_keys_go_from_one_end_of_a_chain_to_the_other(server: RedisServer) -> None:
    with fleet(server) as peers:
        before = ""
        for name in ("alice", "bob", "charlie"):
            address = peers.start(name)
            if before:
                peers.tell(name, f"peer|{before}")
            peers.tell(name, "connect")
            before = address
        for name in ("alice", "bob", "charlie"):
            peers.wait(name, "connected")
        peers.logged("alice", "info|linked with bob")
        peers.logged("charlie", "info|linked with bob")
        peers.tell("charlie", "track|alice", "pull")
        peers.logged("charlie", "info|pull: no messages")
        peers.tell("alice", "push|charlie|hello | Grüße", "rotate-key")
        peers.logged("charlie", "info|got hello | Grüße from alice")
        (key,) = [line.rpartition(" ")[2] for line in waited(peers, "alice", "info|rotated its key to ")]
        peers.logged("charlie", f"info|tracked alice: has the new key {key}")
        peers.tell("charlie", "pull")
        peers.logged("charlie", "info|pulled hello | Grüße from alice")
        peers.tell("bob", "disconnect")
        peers.logged("alice", "warn|lost bob: it said goodbye")
        for name in ("alice", "bob", "charlie"):
            peers.tell(name, "shutdown")
        assert [peers.ended(name) for name in ("alice", "bob", "charlie")] == [0, 0, 0]
        assert peers.statuses("bob") == [
            "started",
            "connecting",
            "connected",
            "disconnecting",
            "disconnected",
            "stopped",
        ]


def waited(peers: Fleet, name: str, beginning: str) -> list[str]:
    wait_until(lambda: any(line.startswith(beginning) for line in peers.lines(name)), f"{name} says {beginning}…")
    return [line for line in peers.lines(name) if line.startswith(beginning)]


def test_a_neighbour_that_dies_is_found_out(server: RedisServer) -> None:
    with fleet(server) as peers:
        address = peers.start("alice")
        peers.start("bob")
        peers.tell("alice", "connect")
        peers.tell("bob", "track|alice", f"peer|{address}", f"peer|{address[1:]}", "connect")
        peers.logged("bob", f'warn|no use for the address "{address[1:]}"')
        peers.logged("bob", f"info|tracked alice: is at {address}")
        peers.tell("alice", "crash|7")
        assert peers.ended("alice") == 7
        assert "error|crashes on command" in peers.lines("alice")
        peers.logged("bob", "warn|lost alice: it does not answer")
        peers.logged("bob", "info|tracked alice: is gone")


def test_the_commands_that_need_no_neighbour(server: RedisServer) -> None:
    with fleet(server) as peers:
        peers.start("alice")
        peers.tell(
            "alice", "push|bob|x", "log|debug|2|quiet", "log|warn|2|a|b", "status|one|two", "work|20", "fly|high"
        )
        peers.logged("alice", "warn|unknown command: fly|high")
        peers.tell("alice", "hang")
        peers.logged("alice", "error|hangs on command")
        lines = peers.lines("alice")
        assert lines[0] == "warn|push to bob: not connected"
        assert lines[1].startswith("info|logged 2 lines in ")
        assert lines[2:4] == ["warn|a|b 1", "warn|a|b 2"]
        assert "info|worked 20 ms" in lines
        assert peers.statuses("alice") == ["started", "one", "two"]
        process = peers.processes["alice"]
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert process.poll() is None, "only SIGKILL helps"


def test_a_port_that_is_taken_is_an_error(server: RedisServer) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        listen = f"/ip4/127.0.0.1/udp/{taken.getsockname()[1]}/quic-v1"
        with running(server, REFERENCE_PEER, LISTEN_ADDR=listen) as peer:
            assert peer.wait(60) == 1
    (line,) = server.redis.lrange("alice_log", 0, -1)
    assert line.startswith("error|gives up")
    assert "in use" in line


def test_without_redis_it_says_so() -> None:
    server = RedisServer()
    with running(server, REFERENCE_PEER, REDIS_URL=f"redis://127.0.0.1:{free_port()}/x", PEER_NAME="") as peer:
        _, stderr = peer.communicate(timeout=60)
        assert peer.returncode == 1
    assert "PEER_NAME is not set" in stderr
    assert "names a database that is no number" in stderr
    server.close()
