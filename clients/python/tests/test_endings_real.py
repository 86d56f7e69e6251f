from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from processes import HERE, running
from redis_server import wait_until
from running import blocked_clients, lines, stream

if TYPE_CHECKING:
    from redis_server import RedisServer

ENDINGS = HERE / "peers" / "endings.py"


def test_a_command_that_came_for_a_cancelled_read_is_given_back_at_exit(server: RedisServer) -> None:
    with running(server, ENDINGS, "flight") as peer:
        wait_until(lambda: server.redis.get("alice_status") == "busy", "the peer is busy")
        server.redis.rpush("alice_command", "first", "second")
        wait_until(lambda: server.redis.lrange("alice_command", 0, -1) == ["second"], "the command was sent")
        peer.communicate("go on\n", timeout=60)
        assert peer.returncode == 42
    assert server.redis.lrange("alice_command", 0, -1) == ["first", "second"]


def test_what_is_logged_at_exit_is_sent(server: RedisServer) -> None:
    with running(server, ENDINGS, "flight") as peer:
        wait_until(lambda: server.redis.get("alice_status") == "busy", "the peer is busy")
        peer.communicate("go on\n", timeout=60)
    assert lines(server)[-1] == "info|at exit"


def test_all_clients_of_a_process_hear_the_first_signal(server: RedisServer) -> None:
    with running(server, ENDINGS, "two") as peer:
        wait_until(lambda: blocked_clients(server) == 2, "both wait for a command")
        peer.send_signal(signal.SIGTERM)
        peer.communicate(timeout=60)
        assert peer.returncode == 0
    assert stream(server) == ["waiting", "shutdown"]
    assert server.redis.get("bob_status") == "shutdown"


def test_a_signal_that_nobody_hears_has_its_default_effect(server: RedisServer) -> None:
    with running(server, ENDINGS, "ends") as peer:
        assert peer.stdout is not None
        assert peer.stdout.readline() == "on\n"
        peer.send_signal(signal.SIGTERM)
        peer.communicate(timeout=60)
        assert peer.returncode == -signal.SIGTERM


def test_a_forked_child_is_no_peer(server: RedisServer) -> None:
    with running(server, ENDINGS, "fork") as peer:
        _, stderr = peer.communicate(timeout=60)
        assert peer.returncode == 0, stderr
    # The child neither logs as the peer nor takes signals for it.
    assert stream(server) == ["forked"]
    assert lines(server) == [f"info|the child was ended by {signal.SIGTERM.value}", "info|at exit"]
