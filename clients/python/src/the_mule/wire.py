"""The protocol's keys, words and figures in one place (schemas/protocol.json says the same as data)."""

STATUS_STREAM_LENGTH = 1_000
"""Entries that are kept in a status stream, about."""
RESTART_EXIT_CODE = 42
"""By which a peer asks to be started again after the delay that it left."""
DELAY_FILE = "/tmp/delay"  # noqa: S108 - the protocol names this file
"""Where a restarting peer leaves its delay, unless TM_DELAY_FILE says otherwise."""
LOG_LEVELS = ("error", "warn", "info", "debug", "trace")
"""From the gravest to the least."""

STATUS_GAP = 0.02
"""Seconds after which a status that was only SET has been read, but on a very busy machine."""
HEARTBEAT = 2.0
"""Seconds between two heartbeats."""
BACKOFF_FIRST = 0.025
"""Seconds before the first new try."""
BACKOFF_LONGEST = 2.0
"""Seconds between two tries at the most."""
CONNECT_TIMEOUT = 20.0
"""Seconds that the first connection may take."""
CLOSE_TIMEOUT = 5.0
"""Seconds that closing waits for what is still to be sent."""
ANSWER_WITHIN = 20.0
"""Seconds without an answer after which a connection counts as lost."""
LOG_BUFFER_LINES = 50_000
"""Log lines kept while Redis is slow or away."""
LOG_BUFFER_CHARACTERS = 32 << 20
"""Characters of all those lines together."""
LOG_BATCH_LINES = 1_000
"""Log lines in one LPUSH at the most."""


def command_key(peer: str) -> str:
    """List of commands: tm pushes at the right, the peer takes from the left."""
    return f"{peer}_command"


def status_key(peer: str) -> str:
    """String that is the peer's status."""
    return f"{peer}_status"


def status_stream_key(peer: str) -> str:
    """Stream to which each status is appended too, so that none hides behind the next one."""
    return f"{peer}_statuses"


def log_key(peer: str) -> str:
    """List of `level|message` lines, the oldest at the right."""
    return f"{peer}_log"


def heartbeat_key(peer: str) -> str:
    """String `<at>|<interval>`, both in milliseconds."""
    return f"{peer}_heartbeat"


def encode(text: str) -> bytes:
    """UTF-8 of any text: a lone surrogate, which has none, becomes its escape."""
    return text.encode("utf-8", "backslashreplace")
