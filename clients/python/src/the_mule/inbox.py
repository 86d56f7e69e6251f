"""The peer's queue of commands."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .backoff import backoff
from .errors import MuleRefusedError, MuleUnreachableError
from .own_work import own_work
from .refusal import is_refusal, reason
from .wire import ANSWER_WITHIN, BACKOFF_LONGEST, command_key

if TYPE_CHECKING:
    from .command_connection import CommandConnection
    from .configuration import Configuration
    from .sender import Sender

_UNBLOCK_WITHIN = 0.5
_UNBLOCK_EVERY = 0.02


class Inbox:
    """Takes a command from Redis when one is asked for, never earlier.

    What the peer has not asked for is still in Redis when it restarts. An asking that is cancelled leaves its read in
    flight for the next one, since a command that is on its way cannot be called back.
    """

    def __init__(
        self, connection: CommandConnection, sender: Sender, configuration: Configuration, client_name: str
    ) -> None:
        """`client_name` is the name of `connection` in CLIENT LIST."""
        self._connection = connection
        self._sender = sender
        self._key = command_key(configuration.name)
        self._place = configuration.redis.place
        self._notice = configuration.on_notice
        self._patience = configuration.close_timeout
        self._client_name = client_name
        self._client_id: str | None = None
        # By the loop's clock; None while it is known to be lost.
        self._up_since: float | None = None
        self._reading: asyncio.Task[bytes | None] | None = None
        self._hanging_up = False
        self._loop = asyncio.get_running_loop()
        self._asked = False
        self._stopping = False
        self._injected: list[str] = []
        self._signal = asyncio.Event()

    async def open(self, deadline: float) -> None:
        """Connects, until that time of the loop. Raises `MuleUnreachableError`, `MuleRefusedError`."""
        loop = asyncio.get_running_loop()
        failures = 0
        while self._up_since is None:
            try:
                await self._connect(max(0.05, min(deadline - loop.time(), ANSWER_WITHIN / 2)))
            except Exception as error:  # whatever it is, it may go away
                if is_refusal(error):
                    raise MuleRefusedError(f"Redis at {self._place} refuses this peer: {reason(error)}") from error
                if loop.time() > deadline:
                    raise MuleUnreachableError(f"cannot reach Redis at {self._place}: {reason(error)}") from error
                await asyncio.sleep(backoff(failures))
                failures += 1
            else:
                self._up_since = loop.time()

    def inject(self, command: str) -> None:
        """Hands the peer a command before all those that are still in Redis. From the loop's thread."""
        self._injected.append(command)
        self._signal.set()

    async def take(self) -> str | None:
        """Waits for the next command; None once stopped.

        Raises `MuleRefusedError` where Redis refuses to say: no right to the key, a key of another type.
        """
        if asyncio.get_running_loop() is not self._loop:
            raise RuntimeError("this client belongs to another event loop: build one in the loop that uses it")
        if self._asked:
            raise RuntimeError("commands are already being waited for: read them in one loop only")
        self._asked = True
        try:
            return await self._next()
        finally:
            self._asked = False

    async def stop(self) -> None:
        """Ends a `take` that waits, and hangs up.

        A command that arrives in the same instant, or that nobody asked for any more, goes back to the head of the
        queue.
        """
        self._stopping = True
        if asyncio.get_running_loop() is not self._loop:
            # Its connection ended with it, but for what it had read.
            await self._push_back()
            return
        self._signal.set()
        if self._reading is not None:
            await self._unblock(self._reading)
            await self._push_back()
            self._reading = None
        await self._connection.disconnect()

    def leftover(self) -> bytes | None:
        """The command that was read but not handed over, if there is one; to be pushed back when the process exits."""
        reading = self._reading
        if reading is None or not reading.done() or reading.cancelled() or reading.exception() is not None:
            return None
        return reading.result()

    @property
    def key(self) -> str:
        """Of the list in Redis."""
        return self._key

    async def _next(self) -> str | None:
        signal = asyncio.ensure_future(self._signal.wait())
        try:
            while not self._stopping:
                if self._reading is None and self._injected:
                    command = self._injected.pop(0)
                    if not self._injected:
                        self._signal.clear()
                    return command
                if self._reading is None:
                    self._reading = asyncio.ensure_future(self._read())
                # Neither is cancelled when this task is.
                await asyncio.wait((self._reading, signal), return_when=asyncio.FIRST_COMPLETED)
                if self._injected:
                    # A command that Redis has given already comes first.
                    await self._unblock(self._reading)
                # After a stop, the command that was read belongs to `stop`.
                if not self._stopping:
                    reading, self._reading = self._reading, None
                    raw = None if reading.cancelled() else reading.result()
                    if raw is not None:
                        return raw.decode("utf-8", "replace")
        finally:
            signal.cancel()
        return None

    async def _read(self) -> bytes | None:
        own_work.set(True)
        loop = asyncio.get_running_loop()
        failures = 0
        while not self._stopping and not self._injected:
            try:
                if not self._connection.connected:
                    await self._connect(ANSWER_WITHIN / 2)
                    self._up_since = loop.time()
                    self._notice(f"connected to Redis at {self._place} again (commands)")
                reply = await self._pop()
                if reply is not None:
                    return bytes(reply[1])
            except Exception as error:  # whatever it is, it may go away
                if is_refusal(error) and self._connection.connected:
                    raise MuleRefusedError(f"Redis at {self._place} refuses commands: {reason(error)}") from error
                if self._connection.connected:
                    if failures == 0:
                        self._notice(f"Redis cannot give commands now and is asked again: {reason(error)}")
                elif self._up_since is not None:
                    self._notice(f"lost Redis at {self._place} (commands): {reason(error)}; connecting again")
                    failures = failures if loop.time() - self._up_since < BACKOFF_LONGEST else 0
                    self._up_since = None
                await asyncio.sleep(backoff(failures))
                failures += 1
        return None

    async def _pop(self) -> Any:  # noqa: ANN401 - an answer of Redis may be anything
        try:
            return await self._connection.block("BLPOP", self._key, "0")
        except asyncio.CancelledError:
            # asyncio.run cancels all tasks when the peer ends: a command that is on its way is to be given back.
            reply = None if self._hanging_up else await self._last_answer()
            if reply is None:
                await self._connection.disconnect()
                raise
            return reply

    async def _last_answer(self) -> Any:  # noqa: ANN401 - an answer of Redis may be anything
        if self._client_id is None or not self._connection.connected:
            return None
        answer = asyncio.ensure_future(self._connection.answer())
        await self._unblock(answer)
        return None if answer.cancelled() or answer.exception() is not None else answer.result()

    async def _connect(self, within: float) -> None:
        """Connects, and ends the predecessor.

        After a loss that only this side has noticed, the server still sees the old connection waiting, first in line:
        it would be served the next command, and the command would be lost. So it is ended, if it is still there and
        still ours.
        """
        await self._connection.connect(within)
        own = await self._ask("ID") or None
        # A server that was started anew counts from the beginning: the number may be this connection's own by now.
        if self._client_id not in (None, own):
            found = await self._ask("LIST", "ID", self._client_id)
            if f"name={self._client_name}" in found.split(" "):
                await self._ask("KILL", "ID", self._client_id)
        self._client_id = own

    async def _ask(self, *words: str) -> str:
        """A CLIENT command; "" where an old Redis or an access list does not have it, since it can be done without."""
        try:
            answer: Any = await self._connection.call("CLIENT", *words)
        except Exception as error:
            if is_refusal(error) and self._connection.connected:
                return ""
            raise
        return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)

    async def _unblock(self, reading: asyncio.Task[Any]) -> None:
        """Ends a read in flight, one way or another."""
        # Again and again, since the BLPOP may still be on its way when the first UNBLOCK is there.
        for _ in range(round(_UNBLOCK_WITHIN / _UNBLOCK_EVERY)):
            if reading.done():
                return
            if not self._connection.connected:
                break
            if self._client_id is not None:
                self._sender.attempt("CLIENT", "UNBLOCK", self._client_id)
            await asyncio.wait((reading,), timeout=_UNBLOCK_EVERY)
        self._hanging_up = True
        try:
            reading.cancel()
            await asyncio.wait((reading,))
        finally:
            self._hanging_up = False

    async def _push_back(self) -> None:
        raw = self.leftover()
        if raw is None:
            return
        done = asyncio.wrap_future(self._sender.insist("LPUSH", self._key, raw))
        try:
            await asyncio.wait_for(asyncio.shield(done), self._patience)
        except Exception as error:  # closing goes on
            self._notice(f"a command could not be put back: {reason(error)}")
