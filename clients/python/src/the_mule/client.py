"""A peer's line to tm."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import threading
from concurrent import futures
from typing import TYPE_CHECKING, NoReturn

from .command import Command
from .command_connection import CommandConnection
from .delay import write_delay
from .errors import MuleClosedError, MuleConfigurationError, MuleUnreachableError
from .forwarding import forward_root, stop_forwarding
from .heartbeat import Heartbeat
from .inbox import Inbox
from .log_handler import LEVEL_NUMBERS, MuleLogHandler
from .outbox import Outbox
from .report_connection import ReportConnection
from .sender import Sender
from .signals import ShutdownSignals
from .unclosed import forget, remember
from .wire import RESTART_EXIT_CODE, heartbeat_key

if TYPE_CHECKING:
    from .configuration import Configuration

# What the thread needs to see that it is closed, and hang up.
_HANG_UP_WITHIN = 1.0


class MuleClient:
    """A peer's line to tm: commands come in, statuses and log lines go out. Made by `MuleClientBuilder.build`.

    It has two connections to Redis, which are made again for ever when they are lost; statuses and lines wait
    meanwhile. It belongs to the event loop that it was built in; logging works from any thread. In a forked child it is
    closed.
    """

    def __init__(self, configuration: Configuration) -> None:
        """Use the builder instead, which connects too."""
        self._configuration = configuration
        self._loop = asyncio.get_running_loop()
        # CLIENT SETNAME takes no blanks; the random part tells this process from one of the same name before it.
        safe = "".join(sign if "!" <= sign <= "~" else "_" for sign in configuration.name)
        client_name = f"peer:{safe}:{secrets.token_hex(6)}"
        connection = ReportConnection(configuration.redis, f"{client_name}:reports", lambda: self._sender.closed)
        self._sender = Sender(connection, configuration.redis.place, configuration.on_notice)
        self._outbox = Outbox(self._sender, configuration, secrets.token_hex(6))
        commands = CommandConnection(configuration.redis, client_name)
        self._inbox = Inbox(commands, self._sender, configuration, client_name)
        key = heartbeat_key(configuration.name)
        self._heartbeat = Heartbeat(
            self._loop, configuration.heartbeat, lambda value: self._sender.attempt("SET", key, value)
        )
        self._signals = ShutdownSignals(lambda: self._call_soon(self._inbox.inject, "shutdown"))
        self._root_handler: MuleLogHandler | None = None
        self._closing: asyncio.Task[int] | None = None

    async def _open(self) -> None:
        timeout = self._configuration.connect_timeout
        deadline = self._loop.time() + timeout
        opened = asyncio.wrap_future(self._outbox.open(lambda: self._call_soon(self._heartbeat.start)))
        try:
            # The thread ends its tries by itself, unless a single one hangs, as in the resolving of a name.
            await asyncio.wait_for(opened, timeout + _HANG_UP_WITHIN)
            await self._inbox.open(deadline)
        except asyncio.TimeoutError:
            self._outbox.close()
            place = self._configuration.redis.place
            raise MuleUnreachableError(f"cannot reach Redis at {place}: no answer (tried for {timeout:g} s)") from None
        except BaseException:
            await self._inbox.stop()
            self._outbox.close()
            raise
        remember(self, self._at_exit, self._outbox.abandon)
        if self._configuration.forward_logging:
            self._root_handler = self.log_handler()
            forward_root(self._root_handler, self._configuration)
        if self._configuration.handle_signals:
            self._signals.install()

    @property
    def name(self) -> str:
        """The peer's name in the test (`PEER_NAME`)."""
        return self._configuration.name

    @property
    def listen_addr(self) -> str:
        """Where to listen, as a multiaddr (`LISTEN_ADDR`). Raises `MuleConfigurationError` where that is not set."""
        listen_addr = self._configuration.listen_addr
        if listen_addr is None:
            raise MuleConfigurationError("LISTEN_ADDR is not set: where to listen, like /ip4/0.0.0.0/udp/11984/quic-v1")
        return listen_addr

    def __aiter__(self) -> MuleClient:
        """The commands of the timeline, to be read in one loop at a time."""
        return self

    async def __anext__(self) -> Command:
        """Waits for the next command.

        One is taken from Redis each time that one is asked for, so those behind it survive a restart. A waiting that is
        cancelled, by a timeout for instance, loses none. The iteration ends when the client is closed. Raises
        `MuleRefusedError` where Redis does not let the peer read its commands.
        """
        raw = await self._inbox.take()
        if raw is None:
            raise StopAsyncIteration
        return Command.parse(raw)

    async def send_status(self, status: str, detail: str | None = None) -> None:
        """Sets the status, and returns when Redis has it, and all that was logged before.

        `status` is `started`, `connecting`, `connected`, `disconnecting`, `disconnected`, `stopped`, or any other word;
        `detail` is put behind it with a `|`, as the multiaddr is with `started`. A status whose sending is cancelled
        goes out all the same, in its turn. Raises `MuleRefusedError`, `MuleClosedError`, and `ValueError` for no word.
        """
        if status in ("", "|") or (detail is not None and "|" in status):
            raise ValueError(f'a status is a word without "|", not "{status}"')
        await asyncio.wrap_future(self._outbox.status(status if detail is None else f"{status}|{detail}"))

    async def flush(self, timeout: float | None = None) -> bool:
        """True when all that was logged and reported so far is in Redis, False when that took over `timeout` seconds.

        The default is the close timeout.
        """
        try:
            sent = asyncio.wrap_future(self._outbox.mark())
            await asyncio.wait_for(sent, self._configuration.close_timeout if timeout is None else timeout)
        except (asyncio.TimeoutError, MuleClosedError):
            return False
        return True

    async def restart(self, delay: float) -> NoReturn:
        """Restarts by the protocol: leaves the delay, reports `restarting`, closes, and exits with 42.

        `delay` is in seconds, and rounded up to whole ones. Raises `OSError`, and the client goes on, where the delay
        cannot be written; else `SystemExit`, or ends the process at once where this is not the main thread.
        """
        # First, because it is what can fail: a peer that cannot leave its delay has not stopped being there.
        write_delay(self._configuration.delay_file, delay)
        self._heartbeat.stop()
        try:
            self._outbox.status("restarting").add_done_callback(self._tell_failure)
        except MuleClosedError as error:
            self._configuration.on_notice(f"restarting: {error}")
        await self.close()
        if threading.current_thread() is threading.main_thread():
            sys.exit(RESTART_EXIT_CODE)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(RESTART_EXIT_CODE)

    async def close(self) -> int:
        """Sends what is left, within the close timeout, and hangs up.

        Gives the number of log lines and statuses that could not be sent. It ends the iteration of the commands; one
        that comes in the same instant goes back to the head of the queue.
        """
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close())
        return await asyncio.shield(self._closing)

    async def __aenter__(self) -> MuleClient:
        """Itself."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes."""
        await self.close()

    def log_handler(self) -> MuleLogHandler:
        """A handler for `logging` whose lines go to tm, from LOG_LEVEL on; to be attached where you like."""
        return MuleLogHandler(self._outbox.line, LEVEL_NUMBERS[self._configuration.log_level])

    async def _close(self) -> int:
        self._heartbeat.stop()
        self._signals.remove()
        await asyncio.gather(self._inbox.stop(), self.flush())
        unsent, ended = self._outbox.close()
        self._forget()
        hung_up = asyncio.wrap_future(ended)
        await asyncio.wait((hung_up,), timeout=_HANG_UP_WITHIN)
        # The thread may end after the loop, which is then not to be told.
        hung_up.cancel()
        return self._told(unsent)

    def _at_exit(self) -> None:
        """The peer ends without having closed its client: its last lines are sent all the same."""
        left = (
            [self._sender.insist("LPUSH", self._inbox.key, raw)] if (raw := self._inbox.leftover()) is not None else []
        )
        try:
            left.append(self._outbox.mark())
        except MuleClosedError:
            return
        futures.wait(left, self._configuration.close_timeout)
        unsent, _ = self._outbox.close()
        self._told(unsent)

    def _forget(self) -> None:
        forget(self)
        if self._root_handler is not None:
            stop_forwarding(self._root_handler)

    def _told(self, unsent: int) -> int:
        if unsent > 0:
            self._configuration.on_notice(f"{unsent} log lines and statuses could not be sent")
        return unsent

    def _tell_failure(self, done: futures.Future[None]) -> None:
        error = done.exception()
        if error is not None:
            self._configuration.on_notice(f"restarting: {error}")

    def _call_soon(self, function: object, *arguments: object) -> bool:
        try:
            self._loop.call_soon_threadsafe(function, *arguments)  # type: ignore[arg-type]
        except RuntimeError:
            # The loop is closed: nobody is there to be told.
            return False
        return True
