"""What a client works with: options over the environment over defaults."""

from __future__ import annotations

import sys
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import wire
from .errors import MuleConfigurationError
from .redis_target import RedisTarget, parse_redis_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Python's names of levels, which peers written with logging.basicConfig(level=LOG_LEVEL) were given.
_ALIASES = {"warning": "warn", "critical": "error", "fatal": "error"}


@dataclass
class Options:
    """As the builder was told; None where it was told nothing. Times are seconds."""

    redis_url: str | None = None
    name: str | None = None
    listen_addr: str | None = None
    log_level: str | None = None
    delay_file: str | None = None
    connect_timeout: float = wire.CONNECT_TIMEOUT
    close_timeout: float = wire.CLOSE_TIMEOUT
    log_buffer_lines: int = wire.LOG_BUFFER_LINES
    status_gap: float | None = None
    heartbeat: float = wire.HEARTBEAT
    handle_signals: bool = True
    forward_logging: bool = True
    on_notice: Callable[[str], None] | None = None


@dataclass(frozen=True)
class Configuration:
    """What the client works with, all decided. Times are seconds."""

    redis: RedisTarget
    name: str
    listen_addr: str | None
    log_level: str
    log_level_given: bool
    delay_file: str
    connect_timeout: float
    close_timeout: float
    log_buffer_lines: int
    gap_streamed: float
    """Between two statuses where each is appended to the stream."""
    gap_set_only: float
    """Between two statuses where Redis does not let us append."""
    heartbeat: float
    """0: none."""
    handle_signals: bool
    forward_logging: bool
    on_notice: Callable[[str], None]


def read_configuration(options: Options, environment: Mapping[str, str]) -> Configuration:
    """Raises `MuleConfigurationError`, which lists everything that is wrong."""
    problems: list[str] = []

    def need(variable: str, option: str | None, meaning: str) -> str:
        value = environment.get(variable, "") if option is None else option
        if value == "":
            problems.append(f"{variable} is not set: {meaning}")
        return value

    url = need("REDIS_URL", options.redis_url, "the Redis of the test, redis://[user:password@]host[:port][/database]")
    redis = _redis(url, problems)
    name = need("PEER_NAME", options.name, "the name of this peer in the test")

    listen_addr = environment.get("LISTEN_ADDR", "") if options.listen_addr is None else options.listen_addr
    if listen_addr and not listen_addr.startswith("/"):
        problems.append(f'LISTEN_ADDR is "{listen_addr}"; expected a multiaddr like /ip4/0.0.0.0/udp/11984/quic-v1')

    given = options.log_level or environment.get("LOG_LEVEL", "")
    log_level = _ALIASES.get(given.lower(), given.lower()) or "info"
    if log_level not in wire.LOG_LEVELS:
        problems.append(f'LOG_LEVEL is "{given}"; expected one of {", ".join(wire.LOG_LEVELS)}')

    for option in ("connect_timeout", "close_timeout", "log_buffer_lines", "status_gap", "heartbeat"):
        value = getattr(options, option)
        if value is not None and not value >= 0:
            problems.append(f"{option} is {value}; expected 0 or more")

    if problems or redis is None:
        listed = "".join(f"\n  {problem}" for problem in problems)
        raise MuleConfigurationError(f"this program cannot run as a peer of a test:{listed}")
    under_tm = bool(environment.get("TM_RUN_ID"))
    gap = options.status_gap
    return Configuration(
        redis=redis,
        name=name,
        listen_addr=listen_addr or None,
        log_level=log_level,
        log_level_given=given != "",
        delay_file=options.delay_file or environment.get("TM_DELAY_FILE") or wire.DELAY_FILE,
        connect_timeout=options.connect_timeout,
        close_timeout=options.close_timeout,
        log_buffer_lines=options.log_buffer_lines,
        # Without a run there may be a tm that reads no stream: it sees of two statuses in the same instant the second
        # alone.
        gap_streamed=gap if gap is not None else (0.0 if under_tm else wire.STATUS_GAP),
        gap_set_only=gap if gap is not None else wire.STATUS_GAP,
        heartbeat=options.heartbeat if under_tm else 0.0,
        handle_signals=options.handle_signals,
        forward_logging=options.forward_logging,
        on_notice=_to_stderr if options.on_notice is None else _guarded(options.on_notice),
    )


def _redis(url: str, problems: list[str]) -> RedisTarget | None:
    if url == "":
        return None
    try:
        return parse_redis_url(url)
    except ValueError as error:
        problems.append(f"REDIS_URL {error}")
        return None


def _guarded(tell: Callable[[str], None]) -> Callable[[str], None]:
    """Keeps what `tell` raises from ending the client's work, in the middle of which it is called."""

    def guarded(text: str) -> None:
        try:
            tell(text)
        except Exception:  # whatever the peer's own function does
            _to_stderr(f"{text}\non_notice failed with that: {traceback.format_exc()}")

    return guarded


def _to_stderr(text: str) -> None:
    try:
        sys.stderr.write(f"the-mule: {text}\n")
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        # Nobody reads stderr any more: no reason to lose more than the notice.
        pass
