"""Makes a signal a command."""

from __future__ import annotations

import asyncio
import functools
import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class ShutdownSignals:
    """The first SIGTERM or SIGINT calls `first`; the second one ends the process.

    Only in the main thread, and only where nobody else has taken these signals. The handlers are plain ones and not the
    event loop's, so that the second signal also ends a peer whose loop is blocked.
    """

    def __init__(self, first: Callable[[], None]) -> None:
        """`first` is called in the main thread, between any two instructions."""
        self._first = first
        self._before: dict[signal.Signals, Any] = {}

    def install(self) -> None:
        """Begins to listen."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in _SIGNALS:
            present = signal.getsignal(number)
            if _is_default(present):
                self._before[number] = present
                signal.signal(number, self._handle)

    def remove(self) -> None:
        """Restores what was before; after a signal nothing, since the next one is to end the process."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number, before in self._before.items():
            if signal.getsignal(number) == self._handle:
                signal.signal(number, before)
        self._before.clear()

    def _handle(self, _number: int, _frame: object) -> None:
        for number in self._before:
            if signal.getsignal(number) == self._handle:
                signal.signal(number, signal.SIG_DFL)
        self._first()


def _is_default(present: object) -> bool:
    if present in (signal.SIG_DFL, signal.default_int_handler):
        return True
    # asyncio.run takes SIGINT for itself, from Python 3.11 on: that is its way of having Ctrl-C end the program.
    owner = getattr(present.func, "__self__", None) if isinstance(present, functools.partial) else None
    return isinstance(owner, getattr(asyncio, "Runner", ()))
