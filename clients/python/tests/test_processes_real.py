from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from processes import HERE, running
from redis_server import RedisServer, wait_until
from running import blocked_clients, lines, stream

if TYPE_CHECKING:
    import subprocess

FORMER = HERE / "peers" / "former.py"
BUSY = HERE / "peers" / "busy.py"


def ended(process: subprocess.Popen[str]) -> int:
    return ending(process)[0]


def ending(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit code, and what was on stderr: reading it keeps the process from waiting for a reader."""
    _, stderr = process.communicate(timeout=60)
    return process.returncode, stderr


def started(server: RedisServer) -> None:
    wait_until(lambda: server.redis.get("alice_status") == "started", "the peer has started")


def waiting(server: RedisServer) -> None:
    wait_until(lambda: blocked_clients(server) == 1, "the peer waits for a command")


def test_a_peer_for_the_former_library_runs_unchanged(server: RedisServer) -> None:
    with running(server, FORMER) as peer:
        server.redis.rpush("alice_command", "push|bob|hello", "shutdown", "behind")
        code, stderr = ending(peer)
        assert code == 0
        assert "INFO:root:received: push|bob|hello" in stderr, "logging was set up as it used to be"
    assert stream(server) == ["started", "stopped"]
    assert lines(server) == ["info|received: push|bob|hello", "info|received: shutdown", "info|good bye"]
    assert server.redis.lrange("alice_command", 0, -1) == ["behind"]


def test_its_last_words_before_the_restart_are_not_lost(server: RedisServer) -> None:
    with running(server, FORMER) as peer:
        server.redis.rpush("alice_command", "restart|3", "behind")
        assert ended(peer) == 42
    assert stream(server) == ["started", "restarting"]
    assert lines(server)[1:] == [f"warn|last words {i}" for i in range(3000)]
    assert Path(server.peer_environment()["TM_DELAY_FILE"]).read_text("utf-8") == "3"
    assert server.redis.lrange("alice_command", 0, -1) == ["behind"]


def test_restart_leaves_the_delay_and_exits_with_42(server: RedisServer) -> None:
    with running(server, BUSY, "reading") as peer:
        server.redis.rpush("alice_command", "restart|1.2", "behind")
        assert ended(peer) == 42
    assert stream(server) == ["started", "restarting"]
    assert lines(server) == ["info|received: restart|1.2"]
    assert Path(server.peer_environment()["TM_DELAY_FILE"]).read_text("utf-8") == "2\n"
    assert server.redis.lrange("alice_command", 0, -1) == ["behind"]


def test_a_delay_that_cannot_be_left_is_an_error_and_no_restart(server: RedisServer) -> None:
    with running(server, BUSY, "reading", TM_DELAY_FILE="/nowhere/delay") as peer:
        server.redis.rpush("alice_command", "restart|1")
        code, stderr = ending(peer)
        assert code == 1
        assert "/nowhere/delay" in stderr
    assert stream(server) == ["started"]


@pytest.mark.parametrize("in_background", [False, True])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_signal_is_a_shutdown(server: RedisServer, number: signal.Signals, *, in_background: bool) -> None:
    with running(server, BUSY, "reading", in_background=in_background) as peer:
        waiting(server)
        peer.send_signal(number)
        assert ended(peer) == 0
    assert stream(server) == ["started", "stopped"]
    assert lines(server) == ["info|received: shutdown"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("doing", ["waiting", "blocked"])
def test_the_second_signal_ends_the_process(server: RedisServer, doing: str, number: signal.Signals) -> None:
    with running(server, BUSY, doing) as peer:
        started(server)
        # Signals of the same number that come together are one, so until the second one is there.
        begin = time.monotonic()
        while peer.poll() is None and time.monotonic() - begin < 60:
            peer.send_signal(number)
            time.sleep(0.05)
        assert peer.returncode == -number


def test_heartbeats_begin_after_the_first_status_and_end_with_a_blocked_loop(server: RedisServer) -> None:
    with running(server, BUSY, "reading"):
        started(server)
        wait_until(lambda: server.redis.get("alice_heartbeat"), "the first heartbeat", within=1.5)
        first = server.redis.get("alice_heartbeat")
        at, interval = first.split("|")
        assert abs(int(at) - time.time() * 1000) < 30_000
        assert interval == "2000"
        wait_until(lambda: server.redis.get("alice_heartbeat") != first, "the second heartbeat")
    server.redis.delete("alice_heartbeat", "alice_status")
    with running(server, BUSY, "blocked"):
        started(server)
        wait_until(lambda: server.redis.exists("alice_heartbeat"), "the heartbeat of the first status")
        only = server.redis.get("alice_heartbeat")
        time.sleep(2.5)
        assert server.redis.get("alice_heartbeat") == only


def test_there_are_no_heartbeats_without_a_run(server: RedisServer) -> None:
    with running(server, BUSY, "reading", TM_RUN_ID="") as peer:
        waiting(server)
        server.redis.rpush("alice_command", "shutdown")
        assert ended(peer) == 0
    assert not server.redis.exists("alice_heartbeat")


def test_what_was_taken_before_the_signal_comes_first(server: RedisServer) -> None:
    with running(server, BUSY, "reading") as peer:
        for _ in range(3):
            waiting(server)
            server.redis.rpush("alice_command", "connect")
        waiting(server)
        server.redis.rpush("alice_command", "last")
        peer.send_signal(signal.SIGTERM)
        assert ended(peer) == 0
    assert lines(server) == [*["info|received: connect"] * 3, "info|received: last", "info|received: shutdown"]
    assert not server.redis.exists("alice_command")
