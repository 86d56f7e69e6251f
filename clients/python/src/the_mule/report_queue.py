"""What a peer has to say, in the order in which it was said."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

from .errors import MuleClosedError
from .wire import LOG_BATCH_LINES

_BATCH_CHARACTERS = 1 << 18


def promise() -> Future[None]:
    """A future that its reader cannot cancel: what was reported is sent, whether anybody still waits for it or not."""
    future: Future[None] = Future()
    future.set_running_or_notify_cancel()
    return future


@dataclass
class Lines:
    """Log lines that go in one LPUSH."""

    texts: list[str]
    characters: int


@dataclass
class Gap:
    """Lines that are missing here because the queue was full."""

    count: int


@dataclass
class Status:
    """A status, and when it was reported: milliseconds since 1970. `number` is its own among this queue's statuses."""

    text: str
    at: int
    number: int
    done: Future[None] = field(default_factory=promise)


@dataclass
class Mark:
    """Is not sent; done when all before it has been."""

    done: Future[None] = field(default_factory=promise)


Report = Lines | Gap | Status | Mark


class ReportQueue:
    """Reports in order, log lines already in batches. May be used from any thread.

    It holds a bounded number of lines: those beyond are counted, and the count stands where they are missing. Statuses
    are never dropped.
    """

    def __init__(self, lines: int, characters: int) -> None:
        self._limit_lines = lines
        self._limit_characters = characters
        self._reports: deque[Report] = deque()
        self._lines = 0
        self._characters = 0
        self._statuses = 0
        self._sending = False
        self._closed = False
        # Reentrant: a garbage collection in here may run something that logs.
        self._lock = threading.RLock()

    def line(self, text: str) -> None:
        """Takes a log line, or counts it where there is no room; ignores it when closed."""
        with self._lock:
            if self._closed:
                return
            # The first report may be under way and is left as it is.
            under_way = self._sending and len(self._reports) == 1
            last = self._reports[-1] if self._reports and not under_way else None
            full = self._lines >= self._limit_lines or self._characters + len(text) > self._limit_characters
            if full and isinstance(last, Gap):
                last.count += 1
            elif full:
                self._reports.append(Gap(1))
            else:
                self._lines += 1
                self._characters += len(text)
                self._append(last, text)

    def status(self, text: str, at: int) -> Future[None]:
        """Takes a status. Raises `MuleClosedError`."""
        with self._lock:
            self._statuses += 1
            status = Status(text, at, self._statuses)
            self._add(status)
        return status.done

    def mark(self) -> Future[None]:
        """Is done when all that was taken so far has been sent. Raises `MuleClosedError`."""
        mark = Mark()
        with self._lock:
            if self._reports or self._closed:
                self._add(mark)
            else:
                mark.done.set_result(None)
        return mark.done

    def next(self) -> Report | None:
        """The oldest report, which stays (and does not change) until `sent`."""
        with self._lock:
            self._sending = bool(self._reports)
            return self._reports[0] if self._reports else None

    def sent(self, report: Report) -> bool:
        """Forgets what `next` gave; False where closing has done so already."""
        with self._lock:
            self._sending = False
            if not self._reports or self._reports[0] is not report:
                return False
            self._reports.popleft()
            if isinstance(report, Lines):
                self._lines -= len(report.texts)
                self._characters -= report.characters
        return True

    def close(self) -> list[Report]:
        """Takes nothing more; gives what has not been sent."""
        with self._lock:
            self._closed = True
            left = list(self._reports)
            self._reports.clear()
        return left

    def abandon(self) -> None:
        """Closes a forked child's copy, whose lock may be held by a thread that only the parent has."""
        self._lock = threading.RLock()
        self.close()

    def _add(self, report: Report) -> None:
        if self._closed:
            raise MuleClosedError("the client is closed")
        self._reports.append(report)

    def _append(self, last: Report | None, text: str) -> None:
        if isinstance(last, Lines) and len(last.texts) < LOG_BATCH_LINES and last.characters < _BATCH_CHARACTERS:
            last.texts.append(text)
            last.characters += len(text)
        else:
            self._reports.append(Lines([text], len(text)))
