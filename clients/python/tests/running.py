"""A client for the length of a test."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from redis_server import wait_until

from the_mule import Command, MuleClient, MuleClientBuilder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from redis_server import RedisServer


@contextlib.asynccontextmanager
async def connected(
    server: RedisServer, with_options: Callable[[MuleClientBuilder], MuleClientBuilder] = lambda builder: builder
) -> AsyncIterator[MuleClient]:
    """Forwards no logging and takes no signals unless told to: both are the process's."""
    builder = MuleClientBuilder(server.peer_environment()).forward_logging(False).handle_signals(False)
    client = await with_options(builder).build()
    try:
        yield client
    finally:
        await client.close()


async def next_command(client: MuleClient, within: float = 30.0) -> Command:
    return await asyncio.wait_for(client.__anext__(), within)


async def until(condition: Callable[[], Any], what: str) -> None:
    """As `wait_until`, with the event loop going on."""
    await asyncio.get_running_loop().run_in_executor(None, wait_until, condition, what)


def blocked_clients(server: RedisServer) -> int:
    return int(server.redis.info("clients")["blocked_clients"])


def stream(server: RedisServer) -> list[str]:
    return [fields["status"] for _, fields in server.redis.xrange("alice_statuses")]


def lines(server: RedisServer) -> list[str]:
    """Oldest first."""
    return list(reversed(server.redis.lrange("alice_log", 0, -1)))
