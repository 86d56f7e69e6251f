from __future__ import annotations

import asyncio
from typing import Any

from the_mule.heartbeat import Heartbeat


class ManualLoop:
    """A loop whose time the test moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[tuple[float, asyncio.TimerHandle]] = []

    def time(self) -> float:
        return self.now

    def get_debug(self) -> bool:
        return False

    def _timer_handle_cancelled(self, _handle: asyncio.TimerHandle) -> None:
        pass

    def call_at(self, when: float, callback: Any, *arguments: Any) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, arguments, self)  # type: ignore[arg-type]
        self.timers.append((when, handle))
        return handle

    def move(self, to: float) -> None:
        self.now = to
        while due := [timer for timer in self.timers if timer[0] <= to]:
            for timer in due:
                self.timers.remove(timer)
                if not timer[1].cancelled():
                    timer[1]._run()


def beating(interval: float) -> tuple[ManualLoop, Heartbeat, list[float], list[str]]:
    loop = ManualLoop()
    times: list[float] = []
    values: list[str] = []

    def send(value: str) -> None:
        times.append(loop.now)
        values.append(value)

    return loop, Heartbeat(loop, interval, send), times, values  # type: ignore[arg-type]


def test_beats_at_once_and_then_in_each_interval() -> None:
    loop, heartbeat, times, values = beating(2.0)
    heartbeat.start()
    heartbeat.start()
    for now in (101.9, 102.0, 104.1, 106.0):
        loop.move(now)
    assert times == [100.0, 102.0, 104.1, 106.0]
    assert all(value.endswith("|2000") for value in values)
    assert len(set(values)) == len(values), "another value each time"


def test_what_a_blocked_loop_has_missed_is_not_made_up_for() -> None:
    loop, heartbeat, times, _ = beating(2.0)
    heartbeat.start()
    loop.move(102.0)
    # Blocked until 110.5.
    loop.move(110.5)
    loop.move(110.6)
    assert times[:3] == [100.0, 102.0, 110.5]
    assert len(times) <= 4


def test_stops_for_good() -> None:
    loop, heartbeat, times, _ = beating(2.0)
    heartbeat.start()
    heartbeat.stop()
    heartbeat.start()
    loop.move(200.0)
    assert times == [100.0]


def test_an_interval_of_nothing_is_no_heartbeat() -> None:
    loop, heartbeat, times, _ = beating(0.0)
    heartbeat.start()
    loop.move(200.0)
    assert times == []
