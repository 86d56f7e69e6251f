"""The connection that waits for commands, used in the peer's event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from redis import exceptions
from redis.asyncio import connection

from .redis_settings import redis_settings
from .refusal import is_answer
from .wire import ANSWER_WITHIN

if TYPE_CHECKING:
    from .redis_target import RedisTarget


class CommandConnection:
    """One asyncio connection, made by `connect` and gone after the first error that is no answer of Redis's."""

    def __init__(self, target: RedisTarget, client_name: str) -> None:
        self._target = target
        self._client_name = client_name
        # redis-py's connections are typed in part only.
        self._redis: Any = None

    @property
    def connected(self) -> bool:
        """Whether it stands, as far as is known."""
        return self._redis is not None and bool(self._redis.is_connected)

    async def connect(self, within: float) -> None:
        """Logs in, in so many seconds. Raises an error of redis-py's, or `TimeoutError`."""
        await self.disconnect()
        kind = cast("Any", connection.SSLConnection if self._target.tls else connection.Connection)
        # No limit to the waiting for an answer: that is what this connection is for.
        redis = kind(**redis_settings(self._target), socket_timeout=None, socket_connect_timeout=within)
        self._redis = redis
        try:
            await asyncio.wait_for(redis.connect(), within)
            await self._set_name()
        except BaseException:
            await self.disconnect()
            raise

    async def call(self, *words: str) -> Any:  # noqa: ANN401 - an answer of Redis may be anything
        """For commands that Redis answers at once: a connection that does not in 20 s counts as dead."""
        try:
            return await asyncio.wait_for(self.block(*words), ANSWER_WITHIN)
        except asyncio.TimeoutError:
            await self.disconnect()
            raise exceptions.TimeoutError(f"no answer within {ANSWER_WITHIN:g} s") from None
        except asyncio.CancelledError:
            # Its answer would be taken for that of the next command.
            await self.disconnect()
            raise

    async def block(self, *words: str) -> Any:  # noqa: ANN401 - an answer of Redis may be anything
        """Sends a command that may wait for ever. Where that is cancelled, `answer` waits on."""
        await self._redis.send_command(*words)
        return await self.answer()

    async def answer(self) -> Any:  # noqa: ANN401 - an answer of Redis may be anything
        """The answer to what was sent last."""
        try:
            # Not hung up where the waiting is cancelled; redis-py's parsers go on where they were.
            return await self._redis.read_response(disconnect_on_error=False)
        except Exception as error:
            # redis-py treats some answers as connection errors.
            if not is_answer(error) or isinstance(error, exceptions.ConnectionError):
                await self.disconnect()
            raise

    async def disconnect(self) -> None:
        """Hangs up."""
        redis, self._redis = self._redis, None
        if redis is not None:
            await redis.disconnect(nowait=True)

    async def _set_name(self) -> None:
        try:
            await self.call("CLIENT", "SETNAME", self._client_name)
        except exceptions.ResponseError:
            # The name only tells which connection may be killed; an access list may forbid it.
            pass
