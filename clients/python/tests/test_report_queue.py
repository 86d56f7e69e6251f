from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from the_mule import MuleClosedError
from the_mule.report_queue import Gap, Lines, Mark, Report, ReportQueue, Status

ROOMY = (1_000_000, 1 << 30)


def drain(queue: ReportQueue) -> list[Report]:
    reports: list[Report] = []
    while (report := queue.next()) is not None:
        reports.append(report)
        assert queue.sent(report)
    return reports


def said(reports: list[Report]) -> list[str]:
    """One word for each thing, whatever the batches."""
    words: list[str] = []
    for report in reports:
        if isinstance(report, Lines):
            words += report.texts
        elif isinstance(report, Gap):
            words += ["missing"] * report.count
        elif isinstance(report, Status):
            words.append(f"status {report.text}")
    return words


@given(st.lists(st.tuples(st.booleans(), st.text(max_size=3)), max_size=60))
def test_order_is_kept(things: list[tuple[bool, str]]) -> None:
    queue = ReportQueue(*ROOMY)
    for is_status, text in things:
        if is_status:
            queue.status(text, 0)
        else:
            queue.line(text)
    assert said(drain(queue)) == [f"status {text}" if is_status else text for is_status, text in things]


def test_lines_go_in_batches_of_a_thousand() -> None:
    queue = ReportQueue(*ROOMY)
    for i in range(2_500):
        queue.line(str(i))
    assert [len(report.texts) for report in drain(queue) if isinstance(report, Lines)] == [1000, 1000, 500]


def test_lines_beyond_the_limit_are_counted_at_their_place() -> None:
    queue = ReportQueue(3, 1 << 30)
    for i in range(5):
        queue.line(str(i))
    queue.status("between", 0)
    queue.line("5")
    assert said(drain(queue)) == ["0", "1", "2", "missing", "missing", "status between", "missing"]
    queue.line("room again")
    assert said(drain(queue)) == ["room again"]


def test_the_characters_are_limited_too() -> None:
    queue = ReportQueue(1_000, 10)
    for text in ("12345678", "1234", "12"):
        queue.line(text)
    # What fits is taken, behind the place of what did not.
    assert said(drain(queue)) == ["12345678", "missing", "12"]


def test_what_is_under_way_does_not_change() -> None:
    queue = ReportQueue(*ROOMY)
    queue.line("first")
    under_way = queue.next()
    queue.line("second")
    assert isinstance(under_way, Lines)
    assert under_way.texts == ["first"]
    assert queue.sent(under_way)
    assert said(drain(queue)) == ["second"]


def test_each_status_has_a_number_of_its_own() -> None:
    queue = ReportQueue(*ROOMY)
    for text in "aab":
        queue.status(text, 7)
    assert [(report.text, report.at, report.number) for report in drain(queue) if isinstance(report, Status)] == [
        ("a", 7, 1),
        ("a", 7, 2),
        ("b", 7, 3),
    ]


def test_a_mark_waits_only_where_there_is_something_before_it() -> None:
    queue = ReportQueue(*ROOMY)
    assert queue.mark().done()
    queue.line("first")
    assert not queue.mark().done()
    assert isinstance(drain(queue)[-1], Mark)


def test_closed_it_gives_what_is_left_and_takes_nothing() -> None:
    queue = ReportQueue(*ROOMY)
    queue.line("left")
    under_way = queue.next()
    assert under_way is not None
    assert said(queue.close()) == ["left"]
    queue.line("ignored")
    assert queue.next() is None
    assert not queue.sent(under_way), "closing has settled it"
    with pytest.raises(MuleClosedError, match="closed"):
        queue.status("late", 0)
    with pytest.raises(MuleClosedError, match="closed"):
        queue.mark()


def test_the_lines_of_each_thread_stay_in_order() -> None:
    queue = ReportQueue(*ROOMY)

    def write(name: str) -> None:
        for i in range(2_000):
            queue.line(f"{name} {i}")

    threads = [threading.Thread(target=write, args=name) for name in "abcd"]
    for thread in threads:
        thread.start()
    taken: list[str] = []
    while len(taken) < 8_000:
        taken += said(drain(queue))
    for thread in threads:
        thread.join()
    for name in "abcd":
        assert [line for line in taken if line.startswith(name)] == [f"{name} {i}" for i in range(2_000)]
