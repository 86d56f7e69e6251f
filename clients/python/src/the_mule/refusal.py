"""What an error of Redis means for trying again."""

from __future__ import annotations

import re

from redis import exceptions

# "Not now": it loads, runs a script, follows another one, or is out of memory or disk.
_NOT_NOW = (
    exceptions.BusyLoadingError,
    exceptions.ClusterDownError,
    exceptions.MasterDownError,
    exceptions.OutOfMemoryError,
    exceptions.ReadOnlyError,
    exceptions.TryAgainError,
)
# redis-py has no classes for all of them, and keeps the word in the text of those that it does not know.
_NOT_NOW_WORD = re.compile(
    r"(LOADING|BUSY|MASTERDOWN|READONLY|UNBLOCKED|NOREPLICAS|OOM|MISCONF|TRYAGAIN|CLUSTERDOWN)\b"
)


def is_answer(error: BaseException) -> bool:
    """Whether Redis has answered with this error, so that the connection still stands or was ended by the answer."""
    return isinstance(error, (exceptions.ResponseError, exceptions.AuthenticationError, exceptions.BusyLoadingError))


def is_refusal(error: BaseException) -> bool:
    """Whether Redis has said no for good: not for lost connections, nor for answers that mean "not now"."""
    return is_answer(error) and not isinstance(error, _NOT_NOW) and _NOT_NOW_WORD.match(str(error)) is None


def reason(error: BaseException) -> str:
    """The text of Redis's answer, with the word that redis-py (from 7) takes off it."""
    code = getattr(error, "status_code", None)
    text = str(error) or type(error).__name__
    return f"{code} {text}" if isinstance(code, str) and is_answer(error) and not text.startswith(code) else text
