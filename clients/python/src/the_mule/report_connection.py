"""The connection for what a peer reports, used by one thread."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

from redis import connection, exceptions

from .redis_settings import redis_settings
from .refusal import is_answer
from .wire import ANSWER_WITHIN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .redis_target import RedisTarget

Word = str | bytes | int
_LOOK_EVERY = 0.25


class ReportConnection:
    """One blocking connection, made by `connect` and gone after the first error that is no answer of Redis's.

    Nothing is repeated in here: the caller knows whether it may be sent twice.
    """

    def __init__(self, target: RedisTarget, client_name: str, given_up: Callable[[], bool]) -> None:
        self._target = target
        self._client_name = client_name
        self._given_up = given_up
        # redis-py's connections are typed in part only.
        self._redis: Any = None

    @property
    def connected(self) -> bool:
        """Whether it stands, as far as is known."""
        return self._redis is not None

    def connect(self, within: float) -> None:
        """Logs in, and takes at most so many seconds for each step. Raises an error of redis-py's."""
        self.disconnect()
        kind = cast("Any", connection.SSLConnection if self._target.tls else connection.Connection)
        redis = kind(**redis_settings(self._target), socket_timeout=within, socket_connect_timeout=within)
        try:
            redis.connect()
        except BaseException:
            redis.disconnect()
            raise
        try:
            redis.send_command("CLIENT", "SETNAME", self._client_name)
            redis.read_response()
        except exceptions.ResponseError:
            # The name is for who looks at CLIENT LIST; an access list may forbid it.
            pass
        except BaseException:
            redis.disconnect()
            raise
        self._redis = redis

    def call(self, words: Sequence[Word]) -> Any:  # noqa: ANN401 - an answer of Redis may be anything
        """Gives Redis's answer."""
        try:
            self._redis.send_command(*words)
            return self._answer()
        except BaseException as error:
            self._lost_unless_answer(error)
            raise

    def transaction(self, commands: Sequence[Sequence[Word]]) -> list[Exception | None]:
        """MULTI … EXEC: the error of each command, or None where it was executed. Raises where none was."""
        refusal: Exception | None = None
        try:
            self._redis.send_packed_command(self._redis.pack_commands([("MULTI",), *commands, ("EXEC",)]))
            for _ in range(len(commands) + 1):
                try:
                    self._answer()
                except exceptions.ResponseError as error:
                    # EXEC will fail too, and only say so.
                    refusal = refusal or error
            try:
                answers = self._answer()
            except exceptions.ResponseError as error:
                raise refusal or error from None
        except BaseException as error:
            self._lost_unless_answer(error)
            raise
        return [answer if isinstance(answer, Exception) else None for answer in answers]

    def check(self) -> None:
        """Raises where the server has hung up while nothing was asked."""
        try:
            if self._redis.can_read(timeout=0):
                raise exceptions.ConnectionError("Redis said something that nobody had asked for")
        except BaseException:
            self.disconnect()
            raise

    def disconnect(self) -> None:
        """Hangs up."""
        redis, self._redis = self._redis, None
        if redis is not None:
            redis.disconnect()

    def _answer(self) -> Any:  # noqa: ANN401 - an answer of Redis may be anything
        """Waits in short steps, so that a client that is closed meanwhile does not leave a thread waiting."""
        deadline = time.monotonic() + ANSWER_WITHIN
        while not self._redis.can_read(timeout=_LOOK_EVERY):
            if self._given_up():
                raise exceptions.ConnectionError("the client was closed")
            if time.monotonic() > deadline:
                raise exceptions.TimeoutError(f"no answer within {ANSWER_WITHIN:g} s")
        return self._redis.read_response()

    def _lost_unless_answer(self, error: BaseException) -> None:
        # redis-py hangs up at some answers by itself: these are connection errors for it.
        if not is_answer(error) or isinstance(error, exceptions.ConnectionError):
            self.disconnect()
