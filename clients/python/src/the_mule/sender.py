"""Gets commands to Redis, whatever becomes of the connection meanwhile."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, TypeVar

from .backoff import backoff
from .errors import MuleClosedError, MuleRefusedError, MuleUnreachableError
from .refusal import is_answer, is_refusal, reason
from .report_queue import promise
from .wire import ANSWER_WITHIN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from .report_connection import ReportConnection, Word

_T = TypeVar("_T")
# How often an idle connection is looked at: one that is lost is made again before there is something to send.
_LOOK_EVERY = 0.25


class Sender:
    """The part of the reports' thread that knows about lost connections.

    Its public methods are for that thread, but for `attempt`, `insist`, `stir` and `close`, which are for all the
    others.
    """

    def __init__(self, connection: ReportConnection, place: str, notice: Callable[[str], None]) -> None:
        """`place` is where Redis is, for messages."""
        self._connection = connection
        self._place = place
        self._notice = notice
        self._at_once: deque[tuple[Sequence[Word], Future[None] | None]] = deque()
        # One that can be put into from anywhere, even from a destructor; and only once for each sleep.
        self._wake: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._asleep = False
        self._idle = False
        self._closed = threading.Event()
        self.sessions = 0
        """How many times it has been connected: a change tells that the server may be a new one."""

    @property
    def closed(self) -> bool:
        """Whether everything is to be given up."""
        return self._closed.is_set()

    def attempt(self, *words: Word) -> None:
        """Sends a command before all reports, once, if there is a connection; nobody is told what becomes of it."""
        self._at_once.append((words, None))
        self._rouse()

    def insist(self, *words: Word) -> Future[None]:
        """Sends a command before all reports, once there is a connection. Fails where it got no answer or a refusal."""
        done = promise()
        self._at_once.append((words, done))
        self._rouse()
        return done

    def stir(self) -> None:
        """There is something to send."""
        if self._idle:
            self._rouse()

    def close(self) -> None:
        """Gives everything up."""
        self._closed.set()
        self._rouse()

    def first_connect(self, timeout: float) -> None:
        """Tries for so many seconds. Raises `MuleUnreachableError`, `MuleRefusedError`, `MuleClosedError`."""
        deadline = time.monotonic() + timeout
        failures = 0
        while True:
            try:
                self._connection.connect(max(0.05, min(deadline - time.monotonic(), ANSWER_WITHIN / 2)))
            except Exception as error:  # whatever it is, it may go away
                if is_refusal(error):
                    raise MuleRefusedError(f"Redis at {self._place} refuses this peer: {reason(error)}") from error
                pause = backoff(failures)
                failures += 1
                if time.monotonic() + pause > deadline:
                    text = f"cannot reach Redis at {self._place}: {reason(error)} (tried for {timeout:g} s)"
                    raise MuleUnreachableError(text) from error
                self.pause(pause)
            else:
                self.sessions = 1
                return

    def send(self, what: str, *words: Word) -> None:
        """Sends a command until Redis has answered: a repetition must do no harm.

        Raises `MuleRefusedError`, `MuleClosedError`. `what` is what messages call it.
        """
        self.persist(what, lambda connection: connection.call(words))

    def persist(self, what: str, operation: Callable[[ReportConnection], _T]) -> _T:
        """The same for more than a command."""
        failures = 0
        while True:
            self._reconnect()
            try:
                self._serve_at_once()
                return operation(self._connection)
            except Exception as error:  # whatever it is, this thread must go on
                if is_refusal(error):
                    raise MuleRefusedError(f"Redis at {self._place} refuses {what}: {reason(error)}") from error
                if not self._connection.connected:
                    self._lost(error)
                elif failures == 0 and is_answer(error):
                    self._notice(f"Redis cannot take {what} now and is asked again: {reason(error)}")
            self.pause(backoff(failures))
            failures += 1

    def pause(self, seconds: float) -> None:
        """Waits, and meanwhile sends what does not wait for its turn. Raises `MuleClosedError`."""
        due = time.monotonic() + seconds
        while not self.closed:
            left = due - time.monotonic()
            if left <= 0:
                return
            self._serve_or_lose()
            self._sleep(left)
        raise MuleClosedError("the client was closed")

    def idle(self, has_work: Callable[[], bool]) -> None:
        """Waits a moment for work, and looks after the connection. Raises `MuleClosedError`."""
        self._idle = True
        self._sleep(_LOOK_EVERY, has_work)
        self._idle = False
        if not has_work():
            self._reconnect()
            self._serve_or_lose()
            try:
                if self._connection.connected:
                    self._connection.check()
            except Exception as error:  # it is made again next time
                self._lost(error)

    def hang_up(self) -> None:
        """To be called last."""
        self._connection.disconnect()
        while self._at_once:
            _, done = self._at_once.popleft()
            if done is not None:
                done.set_exception(MuleClosedError("the client was closed first"))

    def _serve_at_once(self) -> None:
        """Raises where the connection is lost."""
        while self._at_once:
            words, done = self._at_once.popleft()
            try:
                self._connection.call(words)
            except Exception as error:
                if done is not None:
                    done.set_exception(error)
                if not self._connection.connected:
                    raise
            else:
                if done is not None:
                    done.set_result(None)

    def _serve_or_lose(self) -> None:
        try:
            if self._connection.connected:
                self._serve_at_once()
        except Exception as error:  # it is made again before the next command
            self._lost(error)

    def _reconnect(self) -> None:
        """For ever. Raises `MuleClosedError`."""
        failures = 0
        while not self._connection.connected:
            # Heartbeats of the time without a connection are nobody's business any more.
            for _ in range(len(self._at_once)):
                words, done = self._at_once.popleft()
                if done is not None:
                    self._at_once.append((words, done))
            try:
                self._connection.connect(ANSWER_WITHIN / 2)
            except Exception:
                self.pause(backoff(failures))
                failures += 1
            else:
                self.sessions += 1
                self._notice(f"connected to Redis at {self._place} again (reports)")

    def _lost(self, error: Exception) -> None:
        if not self.closed:
            self._notice(f"lost Redis at {self._place} (reports): {reason(error)}; connecting again")

    def _sleep(self, seconds: float, unless: Callable[[], bool] = lambda: False) -> None:
        # Before the looking: whoever comes with something after it sees the sleeper.
        self._asleep = True
        urgent = self._at_once and self._connection.connected
        if not self.closed and not urgent and not unless():
            try:
                self._wake.get(timeout=seconds)
            except queue.Empty:
                pass
        self._asleep = False

    def _rouse(self) -> None:
        if self._asleep:
            self._asleep = False
            self._wake.put(None)
