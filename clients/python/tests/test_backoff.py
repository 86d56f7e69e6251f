import pytest

from the_mule.backoff import backoff


def test_doubles_up_to_two_seconds() -> None:
    assert [backoff(attempt, lambda: 0.0) for attempt in range(8)] == [0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0]
    assert backoff(10_000, lambda: 0.0) == 2.0


def test_a_random_half_is_taken_off() -> None:
    assert backoff(3, lambda: 0.999999) == pytest.approx(0.1, rel=1e-4)
    assert len({backoff(5) for _ in range(20)}) > 1
