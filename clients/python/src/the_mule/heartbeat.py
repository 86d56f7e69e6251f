"""Tells tm that the peer's event loop turns."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable


class Heartbeat:
    """Beats when started, then every `interval` seconds, from the event loop: a loop that is blocked does not beat."""

    def __init__(self, loop: asyncio.AbstractEventLoop, interval: float, send: Callable[[str], None]) -> None:
        """`send` takes the value `<at>|<interval>`, both in milliseconds, and must not wait. Interval 0: no beats."""
        self._loop = loop
        self._interval = interval
        self._send = send
        self._timer: asyncio.TimerHandle | None = None
        self._last = 0
        self._stopped = interval <= 0

    def start(self) -> None:
        """Begins; nothing happens when it has begun or has been stopped."""
        if not self._stopped and self._timer is None:
            self._beat(self._loop.time())

    def stop(self) -> None:
        """Ends for good."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()

    def _beat(self, due: float) -> None:
        if self._stopped:
            return
        # No value comes twice, not even when the clock is set back.
        self._last = max(self._last + 1, int(time.time() * 1000))
        self._send(f"{self._last}|{round(self._interval * 1000)}")
        # On an absolute schedule; beats that a blocked loop has missed are not made up for.
        due = max(due + self._interval, self._loop.time())
        self._timer = self._loop.call_at(due, self._beat, due)
