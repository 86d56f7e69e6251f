# ruff: noqa: SLF001 - what is private is the class's, and shared by its instances
"""Makes a signal a command."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class ShutdownSignals:
    """The first SIGTERM or SIGINT calls `first`, of every client in the process; the second one ends the process.

    Only in the main thread, and only where nobody else has taken these signals. The handlers are plain ones and not the
    event loop's, so that the second signal also ends a peer whose loop is blocked.
    """

    # Of the process, as its signals are.
    _listening: tuple[ShutdownSignals, ...] = ()
    _before: dict[signal.Signals, Any] = {}  # noqa: RUF012 - shared on purpose
    _process = 0

    def __init__(self, first: Callable[[], bool]) -> None:
        """`first` is called in the main thread, between any two instructions; False where nobody will hear of it."""
        self._first = first

    def install(self) -> None:
        """Begins to listen."""
        if threading.current_thread() is not threading.main_thread():
            return
        shared = type(self)
        for number in _SIGNALS:
            present = signal.getsignal(number)
            if _is_default(present):
                shared._before[number] = present
                signal.signal(number, _handle)
        shared._process = os.getpid()
        shared._listening = (*shared._listening, self)

    def remove(self) -> None:
        """The last client restores what was before; after a signal nothing, since the next is to end the process."""
        shared = type(self)
        shared._listening = tuple(other for other in shared._listening if other is not self)
        if not shared._listening and threading.current_thread() is threading.main_thread():
            shared._release(shared._before)

    @classmethod
    def hear(cls, number: signal.Signals) -> None:
        """The first signal."""
        before = cls._before.get(number)
        cls._release(dict.fromkeys(cls._before, signal.SIG_DFL))
        # A forked child has its parent's handlers, and whoever ends it by a signal does not mean the parent's peer.
        heard = os.getpid() == cls._process and [listener._first() for listener in cls._listening]
        if not heard or not any(heard):
            signal.signal(number, before if before is signal.SIG_DFL else _default(number))
            signal.raise_signal(number)

    @classmethod
    def _release(cls, handlers: dict[signal.Signals, Any]) -> None:
        for number, handler in handlers.items():
            if signal.getsignal(number) is _handle:
                signal.signal(number, handler)
        cls._before = {}


def _handle(number: int, _frame: object) -> None:
    ShutdownSignals.hear(signal.Signals(number))


def _default(number: signal.Signals) -> Any:  # noqa: ANN401 - as signal.signal takes it
    return signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL


def _is_default(present: object) -> bool:
    # Ignored: a shell starts so what runs in the background, an entrypoint's peer for instance.
    if present in (signal.SIG_DFL, signal.SIG_IGN, signal.default_int_handler):
        return True
    # asyncio.run takes SIGINT for itself, from Python 3.11 on: that is its way of having Ctrl-C end the program.
    owner = getattr(present.func, "__self__", None) if isinstance(present, functools.partial) else None
    return isinstance(owner, getattr(asyncio, "Runner", ()))
