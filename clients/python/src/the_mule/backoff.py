"""Pauses between tries."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from .wire import BACKOFF_FIRST, BACKOFF_LONGEST

if TYPE_CHECKING:
    from collections.abc import Callable


def backoff(attempt: int, rand: Callable[[], float] = random.random) -> float:
    """Seconds to wait before the `attempt`-th try (from 0): doubling up to 2 s, of which a random half is taken off.

    The randomness keeps a thousand peers that lost the same Redis from coming back in step. `rand` gives a number in
    [0, 1).
    """
    ceiling: float = min(BACKOFF_LONGEST, BACKOFF_FIRST * 2.0 ** min(attempt, 20))
    return ceiling * (1 - rand() / 2)
