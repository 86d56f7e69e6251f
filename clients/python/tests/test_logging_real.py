from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import TYPE_CHECKING

from running import lines, until

from the_mule import TRACE, MuleClient, MuleClientBuilder

if TYPE_CHECKING:
    from redis_server import RedisServer


async def forwarding(server: RedisServer, **environment: str) -> MuleClient:
    return await MuleClientBuilder(server.peer_environment(**environment)).handle_signals(False).build()


def test_info_and_graver_come_by_default_from_every_thread(server: RedisServer) -> None:
    logging.getLogger().handlers.clear()

    async def main() -> None:
        async with await forwarding(server):
            logging.getLogger("some.module").info("from the loop")
            logging.getLogger("some.module").debug("not forwarded")
            thread = threading.Thread(target=lambda: logging.warning("from a thread"))
            thread.start()
            thread.join()
        logging.info("after the end")
        assert lines(server) == ["info|from the loop", "warn|from a thread"]

    asyncio.run(main())


def test_log_level_says_how_much(server: RedisServer) -> None:
    logging.getLogger().handlers.clear()

    async def main() -> None:
        async with await forwarding(server, LOG_LEVEL="trace"):
            logging.log(TRACE, "trace")
            logging.getLogger("a").debug("debug")
        assert lines(server) == ["trace|trace", "debug|debug"]

    asyncio.run(main())


def test_a_set_up_that_is_there_is_left_as_it_is(server: RedisServer) -> None:
    root = logging.getLogger()
    root.handlers[:] = [logging.NullHandler()]
    root.setLevel(logging.ERROR)

    async def main() -> None:
        notices: list[str] = []
        builder = MuleClientBuilder(server.peer_environment(LOG_LEVEL="debug")).on_notice(notices.append)
        async with await builder.handle_signals(False).build():
            logging.warning("not forwarded")
            logging.error("forwarded")
            assert len(root.handlers) == 2
        assert root.level == logging.ERROR
        assert len(root.handlers) == 1
        assert lines(server) == ["error|forwarded"]
        assert notices == [
            "log records below ERROR are not forwarded, though LOG_LEVEL is debug: the root logger has that level"
        ]

    asyncio.run(main())


def test_a_handler_can_be_attached_where_you_like(server: RedisServer) -> None:
    root = logging.getLogger()
    before = root.handlers[:]

    async def main() -> None:
        builder = MuleClientBuilder(server.peer_environment()).forward_logging(False).handle_signals(False)
        async with await builder.build() as client:
            assert root.handlers == before
            own = logging.Logger("own")  # noqa: LOG001 - one that nobody else has
            own.addHandler(client.log_handler())
            own.info("through the own logger")
            logging.error("not forwarded")
        assert lines(server) == ["info|through the own logger"]

    asyncio.run(main())


def test_lines_go_out_while_the_loop_is_blocked(server: RedisServer) -> None:
    logging.getLogger().handlers.clear()

    async def main() -> None:
        async with await forwarding(server):
            logging.info("before a long computation")
            deadline = time.monotonic() + 30
            while not lines(server):
                assert time.monotonic() < deadline
                time.sleep(0.01)  # noqa: ASYNC251 - blocking is what it is about

    asyncio.run(main())


def test_logging_does_not_wait_for_redis(server: RedisServer) -> None:
    async def main() -> None:
        builder = MuleClientBuilder(server.peer_environment()).forward_logging(False).handle_signals(False)
        async with await builder.build() as client:
            own = logging.Logger("own")  # noqa: LOG001 - one that nobody else has
            own.addHandler(client.log_handler())
            server.freeze()
            begin = time.monotonic()
            for i in range(20_000):
                own.info("%d", i)
            assert time.monotonic() - begin < 10
            server.thaw()
            await until(lambda: server.redis.llen("alice_log") == 20_000, "all lines are there")
            assert lines(server) == [f"info|{i}" for i in range(20_000)]

    asyncio.run(main())


def test_any_character_arrives_whole(server: RedisServer) -> None:
    logging.getLogger().handlers.clear()

    async def main() -> None:
        async with await forwarding(server):
            logging.info("a|b\nc \U0001f30d %s", "100%")
            logging.info("lone \ud800")
        assert lines(server) == ["info|a|b\nc \U0001f30d 100%", "info|lone \\ud800"]

    asyncio.run(main())
