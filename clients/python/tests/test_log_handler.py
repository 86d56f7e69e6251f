from __future__ import annotations

import contextvars
import logging
from typing import Any

from the_mule import TRACE, MuleLogHandler
from the_mule.log_handler import LEVEL_NUMBERS, level_word
from the_mule.own_work import own_work


def logger_to(lines: list[str], level: int = logging.NOTSET) -> logging.Logger:
    logger = logging.Logger("test", level=1)  # noqa: LOG001 - one that nobody else has
    logger.addHandler(MuleLogHandler(lines.append, level))
    return logger


def test_agrees_with_the_other_libraries(vectors: Any) -> None:
    lines: list[str] = []
    logger = logger_to(lines)
    for vector in vectors["logLines"]:
        logger.log(LEVEL_NUMBERS[vector["level"]], vector["message"])
    assert lines == [vector["line"] for vector in vectors["logLines"]]


def test_levels_between_are_the_nearest_that_is_as_grave_or_graver() -> None:
    words = {1: "trace", TRACE: "trace", 7: "debug", 10: "debug", 15: "info", 20: "info", 25: "warn", 30: "warn"}
    words |= {31: "error", 40: "error", 50: "error", 99: "error"}
    assert {number: level_word(number) for number in words} == words


def test_a_traceback_is_part_of_the_message() -> None:
    lines: list[str] = []
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        logger_to(lines).exception("division failed")
    assert lines[0].startswith("error|division failed\nTraceback ")
    assert lines[0].endswith("ZeroDivisionError: division by zero")


def test_the_formatter_makes_the_message() -> None:
    lines: list[str] = []
    handler = MuleLogHandler(lines.append)
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    handler.handle(logging.LogRecord("here", logging.INFO, "", 0, "hello %s", ("you",), None))
    assert lines == ["info|here: hello you"]


def test_what_redis_py_logs_while_sending_is_not_sent() -> None:
    lines: list[str] = []
    logger = logger_to(lines)

    def at_work() -> None:
        own_work.set(True)
        logger.error("not forwarded")

    contextvars.copy_context().run(at_work)
    logger.error("forwarded")
    assert lines == ["error|forwarded"]
