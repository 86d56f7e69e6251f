"""Clients that are still open when the process ends or forks."""

from __future__ import annotations

import atexit
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_at_exit: dict[object, Callable[[], None]] = {}
_after_fork: dict[object, Callable[[], None]] = {}


def remember(client: object, at_exit: Callable[[], None], after_fork: Callable[[], None]) -> None:
    """Calls `at_exit` when the interpreter exits, and `after_fork` in each child that is forked."""
    _at_exit[client] = at_exit
    _after_fork[client] = after_fork


def forget(client: object) -> None:
    """Calls neither."""
    _at_exit.pop(client, None)
    _after_fork.pop(client, None)


# Here, since what is registered first is called last: what a peer logs in functions of its own at exit is still sent,
# where it registers them after importing the library.
@atexit.register
def _finish() -> None:
    for finish in tuple(_at_exit.values()):
        finish()


def _abandon() -> None:
    """A child has its parent's clients without the threads that send for them."""
    _at_exit.clear()
    for abandon in tuple(_after_fork.values()):
        abandon()
    _after_fork.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon)
