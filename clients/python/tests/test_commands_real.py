from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from proxy import Proxy
from running import blocked_clients, connected, next_command, stream, until

from the_mule import MuleClientBuilder, MuleRefusedError

if TYPE_CHECKING:
    from redis_server import RedisServer

    from the_mule import MuleClient


def test_come_in_order_and_only_when_asked_for(server: RedisServer) -> None:
    async def main() -> None:
        server.redis.rpush("alice_command", "connect", "push|bob|Grüße", "restart|5", "behind")
        async with connected(server) as client:
            taken = [await next_command(client) for _ in range(3)]
            assert taken == ["connect", "push|bob|Grüße", "restart|5"]
            assert [command.kind for command in taken] == ["connect", "test", "restart"]
            await asyncio.sleep(0.1)
            assert server.redis.lrange("alice_command", 0, -1) == ["behind"]
        assert server.redis.lrange("alice_command", 0, -1) == ["behind"]

    asyncio.run(main())


def test_a_waiting_that_times_out_loses_none(server: RedisServer) -> None:
    async def main() -> None:
        async with connected(server) as client:
            for round_ in range(20):
                with pytest.raises(asyncio.TimeoutError):
                    await next_command(client, within=0.01)
                server.redis.rpush("alice_command", f"{round_}")
                assert await next_command(client) == f"{round_}"

    asyncio.run(main())


def test_what_came_for_a_cancelled_waiting_goes_back_at_close(server: RedisServer) -> None:
    async def main() -> None:
        async with connected(server) as client:
            with pytest.raises(asyncio.TimeoutError):
                await next_command(client, within=0.1)
            server.redis.rpush("alice_command", "first", "second")
            await until(lambda: server.redis.llen("alice_command") == 1, "the first has been read")
        assert server.redis.lrange("alice_command", 0, -1) == ["first", "second"]

    asyncio.run(main())


def test_closing_ends_the_iteration_and_leaves_later_commands(server: RedisServer) -> None:
    async def main() -> None:
        async with connected(server) as client:

            async def read() -> list[str]:
                return [command async for command in client]

            reader = asyncio.ensure_future(read())
            await until(lambda: blocked_clients(server) == 1, "the client waits")
            assert await client.close() == 0
            server.redis.rpush("alice_command", "later")
            assert await asyncio.wait_for(reader, 30) == []
            assert [command async for command in client] == []
        assert server.redis.lrange("alice_command", 0, -1) == ["later"]
        await until(lambda: len(server.redis.client_list()) == 1, "only the test is connected")

    asyncio.run(main())


def test_none_is_lost_or_doubled_while_closing_and_pushing_race(server: RedisServer) -> None:
    async def main() -> None:
        seen: list[str] = []

        async def read(client: MuleClient) -> None:
            async for command in client:
                seen.append(command)

        for round_ in range(15):
            async with connected(server) as client:
                reader = asyncio.ensure_future(read(client))
                await until(lambda: blocked_clients(server) == 1, "the client waits")
                closing = asyncio.ensure_future(client.close())
                server.redis.rpush("alice_command", f"{round_}a", f"{round_}b")
                await closing
                await asyncio.wait_for(reader, 30)
            seen += server.redis.lpop("alice_command", 9) or []
        assert seen == [f"{round_}{letter}" for round_ in range(15) for letter in "ab"]

    asyncio.run(main())


def test_there_is_one_reader(server: RedisServer) -> None:
    async def main() -> None:
        async with connected(server) as client:
            first = asyncio.ensure_future(next_command(client))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            with pytest.raises(RuntimeError, match="one loop only"):
                await client.__anext__()
            server.redis.rpush("alice_command", "connect")
            assert await first == "connect"

    asyncio.run(main())


def test_a_key_that_is_no_list_is_an_error_to_the_reader(server: RedisServer) -> None:
    async def main() -> None:
        server.redis.set("alice_command", "text")
        async with connected(server) as client:
            with pytest.raises(MuleRefusedError, match="WRONGTYPE"):
                await next_command(client)
            server.redis.delete("alice_command")
            server.redis.rpush("alice_command", "connect")
            assert await next_command(client) == "connect"

    asyncio.run(main())


def test_lost_connections_lose_and_double_none(server: RedisServer) -> None:
    async def main() -> None:
        async with connected(server, lambda builder: builder.on_notice(lambda _: None)) as client:
            for round_ in range(5):
                waiting = asyncio.ensure_future(next_command(client))
                await until(lambda: blocked_clients(server) == 1, "the client waits")
                server.redis.client_kill_filter(_type="normal", skipme=True)
                server.redis.rpush("alice_command", f"{round_}")
                assert await waiting == f"{round_}"

    asyncio.run(main())


def test_a_connection_that_only_the_server_believes_in_gets_none(server: RedisServer) -> None:
    async def main() -> None:
        proxy = Proxy(server.port)
        notices: list[str] = []
        try:
            async with connected(server, lambda b: b.redis_url(proxy.url).on_notice(notices.append)) as client:
                waiting = asyncio.ensure_future(next_command(client))
                await until(lambda: blocked_clients(server) == 1, "the client waits")
                (before,) = [c["id"] for c in server.redis.client_list() if c["cmd"] == "blpop"]
                proxy.drop_clients()

                def replaced() -> bool:
                    ids = [c["id"] for c in server.redis.client_list() if c["cmd"] == "blpop"]
                    return len(ids) == 1 and ids != [before]

                await until(replaced, "the new connection waits and the old one is gone")
                server.redis.rpush("alice_command", "only once")
                assert await waiting == "only once"
        finally:
            proxy.close()
        assert any(notice.startswith("lost Redis") and "(commands)" in notice for notice in notices)
        assert any("again (commands)" in notice for notice in notices)

    asyncio.run(main())


def test_a_client_of_another_event_loop_says_so_and_can_be_closed(server: RedisServer) -> None:
    builder = MuleClientBuilder(server.peer_environment()).forward_logging(False).handle_signals(False)

    async def begin() -> MuleClient:
        client = await builder.build()
        with pytest.raises(asyncio.TimeoutError):
            await next_command(client, within=0.1)
        return client

    async def end(client: MuleClient) -> None:
        await client.send_status("stopped")
        with pytest.raises(RuntimeError, match="another event loop"):
            await next_command(client)
        assert await client.close() == 0

    client = asyncio.run(begin())
    server.redis.rpush("alice_command", "for later")
    asyncio.run(end(client))
    assert server.redis.lrange("alice_command", 0, -1) == ["for later"]
    assert stream(server) == ["stopped"]
