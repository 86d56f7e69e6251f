from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from redis_server import RedisServer
from running import connected, lines, next_command, stream, until

from the_mule import MuleClientBuilder, MuleRefusedError, MuleUnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable


def told(notices: list[str]) -> Callable[[MuleClientBuilder], MuleClientBuilder]:
    return lambda builder: builder.on_notice(notices.append)


def test_what_was_said_while_redis_was_away_comes_in_order(server: RedisServer) -> None:
    async def main() -> None:
        notices: list[str] = []
        async with connected(server, told(notices)) as client:
            write = client.log_handler()._write
            await client.send_status("started")
            server.stop()
            await until(lambda: any("lost" in notice for notice in notices), "the loss is noticed while idle")
            for i in range(1_500):
                write(f"info|{i}")
            first = asyncio.ensure_future(client.send_status("connecting"))
            write("warn|between")
            second = asyncio.ensure_future(client.send_status("connected"))
            begin = time.process_time()
            await asyncio.sleep(1)
            assert time.process_time() - begin < 0.5, "waiting for Redis uses next to no processor"
            server.start()
            await asyncio.gather(first, second)
            server.redis.rpush("alice_command", "connect")
            assert await next_command(client) == "connect"
        assert lines(server) == [*(f"info|{i}" for i in range(1_500)), "warn|between"]
        # The stream of the old server is gone, and its last status was put back by SET alone.
        assert stream(server) == ["connecting", "connected"]
        assert any("again (reports)" in notice for notice in notices)

    asyncio.run(main())


def test_the_last_status_is_put_back_on_a_new_server_and_left_alone_on_the_old(server: RedisServer) -> None:
    async def main() -> None:
        async with connected(server, told([])) as client:
            await client.send_status("connected")
            server.stop()
            server.start()
            await until(lambda: server.redis.get("alice_status") == "connected", "the status is there again")
            assert not server.redis.exists("alice_statuses")
            server.redis.set("alice_status", "set by somebody else")
            before = {c["id"] for c in server.redis.client_list() if c["name"].startswith("peer:alice")}
            server.redis.client_kill_filter(_type="normal", skipme=True)

            def back() -> bool:
                found = {c["id"] for c in server.redis.client_list() if c["name"].startswith("peer:alice")}
                return bool(found - before)

            await until(back, "connected again")
            assert await client.flush()
            assert server.redis.get("alice_status") == "set by somebody else"

    asyncio.run(main())


def test_lines_beyond_the_buffer_are_counted_at_their_place(server: RedisServer) -> None:
    async def main() -> None:
        notices: list[str] = []
        async with connected(server, lambda b: told(notices)(b).log_buffer_lines(100)) as client:
            write = client.log_handler()._write
            server.stop()
            await until(lambda: notices, "the loss is noticed")
            for i in range(130):
                write(f"info|{i}")
            server.start()
            assert await client.flush(30)
            write("info|afterwards")
        missing = "warn|30 log lines are missing here: the peer's log buffer was full"
        assert lines(server) == [*(f"info|{i}" for i in range(100)), missing, "info|afterwards"]

    asyncio.run(main())


def test_a_redis_that_comes_up_later_is_waited_for() -> None:
    async def main() -> None:
        server = RedisServer()
        builder = MuleClientBuilder(server.peer_environment()).forward_logging(False).handle_signals(False)
        try:
            building = asyncio.ensure_future(builder.build())
            await asyncio.sleep(0.3)
            await asyncio.get_running_loop().run_in_executor(None, server.start)
            async with await building as client:
                await client.send_status("started")
            assert server.redis.get("alice_status") == "started"
        finally:
            server.close()

    asyncio.run(main())


def test_no_redis_in_time_is_an_error_that_says_where() -> None:
    async def main() -> None:
        server = RedisServer()
        begin = time.monotonic()
        with pytest.raises(MuleUnreachableError, match=rf"127.0.0.1:{server.port}.*refused.*tried for 0.3 s"):
            await MuleClientBuilder(server.peer_environment()).connect_timeout(0.3).build()
        assert time.monotonic() - begin < 10
        server.close()

    asyncio.run(main())


def test_a_redis_that_says_nothing_is_an_error_in_time(server: RedisServer) -> None:
    async def main() -> None:
        server.freeze()
        begin = time.monotonic()
        with pytest.raises(MuleUnreachableError, match="cannot reach Redis"):
            await MuleClientBuilder(server.peer_environment()).connect_timeout(0.3).build()
        assert time.monotonic() - begin < 10
        server.thaw()

    asyncio.run(main())


def test_a_wrong_password_and_a_database_that_is_not_there_are_errors_at_once() -> None:
    async def main() -> None:
        server = RedisServer(password="s3cret").start()  # noqa: S106 - a made-up one
        environment = server.peer_environment()
        try:
            for url in (
                f"redis://default:wrong@127.0.0.1:{server.port}",
                f"redis://127.0.0.1:{server.port}",
                f"redis://default:s3cret@127.0.0.1:{server.port}/99",
            ):
                begin = time.monotonic()
                with pytest.raises(MuleRefusedError, match="refuses this peer") as raised:
                    await MuleClientBuilder({**environment, "REDIS_URL": url}).build()
                assert time.monotonic() - begin < 10
                assert "s3cret" not in str(raised.value)
                assert "wrong@" not in str(raised.value)
            async with connected(server) as client:
                await client.send_status("started")
            assert server.redis.get("alice_status") == "started"
        finally:
            server.close()

    asyncio.run(main())


def test_closing_takes_no_longer_than_its_timeout_and_tells_what_is_left(server: RedisServer) -> None:
    async def main() -> None:
        notices: list[str] = []
        async with connected(server, lambda b: told(notices)(b).close_timeout(0.3)) as client:
            await client.send_status("started")
            server.freeze()
            write = client.log_handler()._write
            for i in range(5):
                write(f"info|{i}")
            lost = asyncio.ensure_future(client.send_status("stopped"))
            await asyncio.sleep(0)
            begin = time.monotonic()
            assert await client.close() == 6
            assert time.monotonic() - begin < 5
            with pytest.raises(Exception, match="closed before everything was sent"):
                await lost
            server.thaw()
        assert notices == ["6 log lines and statuses could not be sent"]

    asyncio.run(main())


def test_with_nothing_to_send_closing_needs_no_redis(server: RedisServer) -> None:
    async def main() -> None:
        notices: list[str] = []
        async with connected(server, told(notices)) as client:
            await client.send_status("started")
            server.stop()
            await until(lambda: notices, "the loss is noticed")
            begin = time.monotonic()
            assert await client.close() == 0
            assert time.monotonic() - begin < 4

    asyncio.run(main())


def test_a_peer_that_fails_at_a_notice_loses_nothing(server: RedisServer, capsys: pytest.CaptureFixture[str]) -> None:
    told_of: list[str] = []

    def fail(notice: str) -> None:
        told_of.append(notice)
        raise RuntimeError("the peer's own fault")

    async def main() -> None:
        async with connected(server, lambda builder: builder.on_notice(fail)) as client:
            await client.send_status("started")
            waiting = asyncio.ensure_future(next_command(client))
            server.stop()
            await until(lambda: len([text for text in told_of if "lost" in text]) == 2, "both losses are noticed")
            server.start()
            await client.send_status("connected")
            server.redis.rpush("alice_command", "connect")
            assert await waiting == "connect"

    asyncio.run(main())
    assert "the peer's own fault" in capsys.readouterr().err


def test_what_a_replica_refuses_is_no_lost_connection(server: RedisServer) -> None:
    async def main() -> None:
        notices: list[str] = []
        async with connected(server, told(notices)) as client:
            server.redis.replicaof("127.0.0.1", "1")
            waiting = asyncio.ensure_future(next_command(client))
            await until(lambda: notices, "the refusal is noticed")
            server.redis.replicaof("NO", "ONE")
            server.redis.rpush("alice_command", "connect")
            assert await waiting == "connect"
        (notice,) = notices
        assert notice.startswith("Redis cannot give commands now and is asked again: ")
        assert "read only replica" in notice

    asyncio.run(main())
