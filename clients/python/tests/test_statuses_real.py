from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING

import pytest
from running import connected, lines, stream, until

from the_mule import MuleClientBuilder, MuleClosedError, MuleRefusedError

if TYPE_CHECKING:
    from redis_server import RedisServer


def quiet(builder: MuleClientBuilder) -> MuleClientBuilder:
    return builder.on_notice(lambda _: None)


def test_are_set_and_appended(server: RedisServer) -> None:
    async def main() -> None:
        before = time.time() * 1000
        async with connected(server) as client:
            await client.send_status("started", "/ip4/127.0.0.1/udp/1")
            assert server.redis.get("alice_status") == "started|/ip4/127.0.0.1/udp/1"
            await client.send_status("started|as before")
            assert server.redis.get("alice_status") == "started|as before"
            assert server.redis.ttl("alice_status") == -1
        entries = [fields for _, fields in server.redis.xrange("alice_statuses")]
        assert [entry["status"] for entry in entries] == ["started|/ip4/127.0.0.1/udp/1", "started|as before"]
        assert all(before - 1 <= int(entry["at"]) <= time.time() * 1000 for entry in entries)
        assert len({entry["report"] for entry in entries}) == 2
        assert all(re.fullmatch(r"\w+:\d+", entry["report"]) for entry in entries)

    asyncio.run(main())


def test_none_hides_behind_the_next(server: RedisServer) -> None:
    async def main() -> None:
        words = [f"s{i}" for i in range(200)]
        async with connected(server) as client:
            await asyncio.gather(*(client.send_status(word) for word in words))
        assert stream(server) == words
        assert server.redis.get("alice_status") == "s199"

    asyncio.run(main())


def test_come_after_all_that_was_logged_before(server: RedisServer) -> None:
    async def main() -> None:
        async with connected(server) as client:
            write = client.log_handler()._write
            for i in range(5_000):
                write(f"info|{i}")
            await client.send_status("connected")
            assert lines(server) == [f"info|{i}" for i in range(5_000)]

    asyncio.run(main())


def test_one_whose_sending_is_cancelled_goes_out_in_its_turn(server: RedisServer) -> None:
    async def main() -> None:
        async with connected(server) as client:
            await client.send_status("started")
            server.freeze()
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.send_status("connecting"), 0.05)
            last = asyncio.ensure_future(client.send_status("connected"))
            await asyncio.sleep(0)
            server.thaw()
            await last
        assert stream(server) == ["started", "connecting", "connected"]

    asyncio.run(main())


def test_are_apart_where_nobody_may_read_the_stream(server: RedisServer) -> None:
    async def main() -> None:
        environment = server.peer_environment()
        del environment["TM_RUN_ID"]
        builder = MuleClientBuilder(environment).forward_logging(False).handle_signals(False)
        async with await builder.build() as client:
            begin = time.monotonic()
            for i in range(6):
                await client.send_status(f"s{i}")
            assert time.monotonic() - begin >= 5 * 0.02

    asyncio.run(main())


def test_are_set_alone_where_redis_refuses_the_stream(server: RedisServer) -> None:
    async def main() -> None:
        server.redis.execute_command("ACL", "SETUSER", "default", "-xadd")
        notices: list[str] = []
        async with connected(server, lambda builder: builder.on_notice(notices.append)) as client:
            begin = time.monotonic()
            for i in range(6):
                await client.send_status(f"s{i}")
            assert time.monotonic() - begin >= 5 * 0.02
            assert server.redis.get("alice_status") == "s5"
        assert not server.redis.exists("alice_statuses")
        (notice,) = notices
        assert "may hide each other" in notice
        assert "xadd" in notice

    asyncio.run(main())


def test_a_refusal_for_good_is_an_error_and_the_next_one_goes_on(server: RedisServer) -> None:
    async def main() -> None:
        async with connected(server, quiet) as client:
            server.redis.execute_command("ACL", "SETUSER", "default", "-set", "-xadd")
            with pytest.raises(MuleRefusedError, match=r"NOPERM|permission"):
                await client.send_status("started")
            server.redis.execute_command("ACL", "SETUSER", "default", "+set")
            await client.send_status("connected")
            assert server.redis.get("alice_status") == "connected"

    asyncio.run(main())


def test_a_refusal_for_now_is_waited_out(server: RedisServer) -> None:
    async def main() -> None:
        notices: list[str] = []
        async with connected(server, lambda builder: builder.on_notice(notices.append)) as client:
            server.redis.config_set("maxmemory", "1")
            sending = asyncio.ensure_future(client.send_status("started"))
            await until(lambda: notices, "the refusal is told")
            assert not sending.done()
            server.redis.config_set("maxmemory", "0")
            await asyncio.wait_for(sending, 30)
        assert stream(server) == ["started"]
        (notice,) = notices
        assert "cannot take a status now" in notice

    asyncio.run(main())


def test_words_only_and_not_after_the_end(server: RedisServer) -> None:
    async def main() -> None:
        async with connected(server) as client:
            for status, detail in (("", None), ("a|b", "c"), ("", "c")):
                with pytest.raises(ValueError, match="a status is a word"):
                    await client.send_status(status, detail)
            await client.close()
            with pytest.raises(MuleClosedError):
                await client.send_status("late")
            assert not await client.flush()

    asyncio.run(main())
