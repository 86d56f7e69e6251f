"""Forwards records of `logging` to tm."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from .own_work import own_work

if TYPE_CHECKING:
    from collections.abc import Callable

TRACE = 5
"""The number of the level `trace`, which `logging` does not have."""

LEVEL_NUMBERS = {
    "error": logging.ERROR,
    "warn": logging.WARNING,
    "info": logging.INFO,
    "debug": logging.DEBUG,
    "trace": TRACE,
}


_UPWARDS = sorted(LEVEL_NUMBERS.items(), key=lambda item: item[1])


def level_word(number: int) -> str:
    """The protocol's word for a level: the nearest that is as grave or graver, `error` above all of them."""
    for word, known in _UPWARDS:
        if number <= known:
            return word
    return "error"


class MuleLogHandler(logging.Handler):
    """Makes each record a `level|message` line, in order. Never waits for Redis, and may be used from any thread.

    The message is what the handler's formatter makes of the record: without one, the message and a traceback where
    there is an exception.
    """

    def __init__(self, write: Callable[[str], None], level: int = logging.NOTSET) -> None:
        """`write` takes the lines; `client.log_handler()` makes a handler whose lines go to tm."""
        super().__init__(level)
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        """Forwards a record, unless it is about this library's own work."""
        if own_work.get():
            return
        try:
            self._write(f"{level_word(record.levelno)}|{self.format(record)}")
        except Exception:
            self.handleError(record)
