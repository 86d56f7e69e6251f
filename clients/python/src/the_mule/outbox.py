"""Sends what a peer reports."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from . import wire
from .errors import MuleClosedError, MuleError, MuleRefusedError
from .own_work import own_work
from .refusal import reason
from .report_queue import Gap, Lines, Report, ReportQueue, Status, promise

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from .configuration import Configuration
    from .sender import Sender


class Outbox:
    """Sends reports one at a time and in order, from a thread with a connection of its own.

    So a peer can log from any thread, while its event loop is blocked, and until the interpreter exits. What was logged
    before a status is in Redis before it. Each report is sent until Redis has it, so a reconnect loses and overtakes
    nothing; a batch of lines whose answer was lost on the way comes twice.

    A status is SET and, in the same transaction, appended to a stream, where a reader finds it even when the next one
    follows at once.
    """

    def __init__(self, sender: Sender, configuration: Configuration, identity: str) -> None:
        """`identity` tells this process's reports apart from every other's."""
        self._sender = sender
        self._configuration = configuration
        self._log_key = wire.log_key(configuration.name)
        self._status_key = wire.status_key(configuration.name)
        self._stream_key = wire.status_stream_key(configuration.name)
        self._identity = identity
        self._queue = ReportQueue(configuration.log_buffer_lines, wire.LOG_BUFFER_CHARACTERS)
        self._standing: str | None = None
        self._session = 1
        self._status_due = 0.0
        # False once Redis has refused to append to the stream: it is too old, or does not let us.
        self._streaming = True
        self._opened = promise()
        self._ended = promise()
        self._first_status: Callable[[], object] | None = None

    def open(self, first_status: Callable[[], object]) -> Future[None]:
        """Connects. Fails with `MuleUnreachableError` or `MuleRefusedError`.

        `first_status` is called once, from the thread, when Redis has the first status.
        """
        self._first_status = first_status
        # A daemon, so that a peer which forgets to close its client can end; what is left is sent at exit.
        threading.Thread(target=self._work, name="the-mule reports", daemon=True).start()
        return self._opened

    def line(self, text: str) -> None:
        """Takes a `level|message` line; ignores it when closed."""
        self._queue.line(text)
        self._sender.stir()

    def status(self, text: str) -> Future[None]:
        """Is done when Redis has the status. Fails with `MuleRefusedError` or `MuleClosedError`; raises the latter."""
        done = self._queue.status(text, int(time.time() * 1000))
        self._sender.stir()
        return done

    def mark(self) -> Future[None]:
        """Is done when everything taken so far has been sent. Fails with or raises `MuleClosedError`."""
        done = self._queue.mark()
        self._sender.stir()
        return done

    def close(self) -> tuple[int, Future[None]]:
        """Gives up what has not been sent: how many lines and statuses that were, and a future of the thread's end."""
        left = 0
        for report in self._queue.close():
            if isinstance(report, Lines):
                left += len(report.texts)
            elif isinstance(report, Gap):
                left += report.count
            else:
                left += isinstance(report, Status)
                report.done.set_exception(MuleClosedError("the client was closed before everything was sent"))
        self._sender.close()
        return left, self._ended

    def abandon(self) -> None:
        """For a forked child: takes nothing more, and forgets what its parent is going to send."""
        self._queue.abandon()

    # All below runs in the thread.

    def _work(self) -> None:
        own_work.set(True)
        try:
            self._sender.first_connect(self._configuration.connect_timeout)
        except MuleError as error:
            self._opened.set_exception(error)
            return
        self._opened.set_result(None)
        try:
            while not self._sender.closed:
                self._step()
        except MuleClosedError:
            pass
        finally:
            self._sender.hang_up()
            self._ended.set_result(None)

    def _step(self) -> None:
        """Sends one report, or waits for one."""
        if self._session != self._sender.sessions:
            self._put_status_back()
        report = self._queue.next()
        if report is None:
            self._sender.idle(lambda: self._queue.next() is not None)
            return
        failure: MuleError | None = None
        try:
            self._deliver(report)
        except MuleRefusedError as error:
            failure = error
        if not self._queue.sent(report):
            # Closing has settled it, and may have counted as unsent what Redis has.
            return
        if isinstance(report, (Lines, Gap)):
            if failure is not None:
                self._configuration.on_notice(str(failure))
        elif failure is not None:
            report.done.set_exception(failure)
        else:
            report.done.set_result(None)

    def _deliver(self, report: Report) -> None:
        if isinstance(report, Lines):
            # The first word ends up rightmost, so the oldest line does.
            self._sender.send("log lines", "LPUSH", self._log_key, *map(wire.encode, report.texts))
        elif isinstance(report, Gap):
            text = f"warn|{report.count} log lines are missing here: the peer's log buffer was full"
            self._sender.send("log lines", "LPUSH", self._log_key, text)
        elif isinstance(report, Status):
            self._sender.pause(self._status_due - time.monotonic())
            self._send_status(report)
            self._standing = report.text
            gap = self._configuration.gap_streamed if self._streaming else self._configuration.gap_set_only
            self._status_due = time.monotonic() + gap
            first, self._first_status = self._first_status, None
            if first is not None:
                first()

    def _send_status(self, status: Status) -> None:
        """Appends it to the stream and SETs it; where the first is refused it is SET alone, then and from there on."""
        text = wire.encode(status.text)
        put = ("SET", self._status_key, text)
        if not self._streaming:
            self._sender.send("a status", *put)
            return
        append = ("XADD", self._stream_key, "MAXLEN", "~", wire.STATUS_STREAM_LENGTH, "*")
        entry = ("status", text, "at", status.at, "report", f"{self._identity}:{status.number}")
        refusal: Exception | None
        failure: Exception | None
        try:
            refusal, failure = self._sender.persist("a status", lambda redis: redis.transaction([append + entry, put]))
        except MuleRefusedError as error:
            refusal = failure = error
        if failure is not None:
            self._sender.send("a status", *put)
        if refusal is not None:
            self._streaming = False
            self._configuration.on_notice(
                f"statuses that follow each other at once may hide each other: {reason(refusal)}"
            )

    def _put_status_back(self) -> None:
        """After a reconnect the server may be a new one, which does not have the status that the old one had."""
        self._session = self._sender.sessions
        if self._standing is None:
            return
        try:
            # NX: where the status is still there, nobody is notified of it again.
            self._sender.send("a status", "SET", self._status_key, wire.encode(self._standing), "NX")
        except MuleRefusedError:
            pass
