"""Where a Redis is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

_URL = re.compile(r"([a-z][a-z0-9+.-]*):(//)?(?P<authority>[^/?#]*)(?P<path>[^?#]*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s\[\]:@<>^|\\\x00-\x20\x7f]*)(?::(\d*))?", re.ASCII)
_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_HIGHEST_PORT = 65_535


@dataclass(frozen=True)
class RedisTarget:
    """Where a Redis is and how to log in."""

    host: str
    port: int
    database: int
    tls: bool
    username: str | None = None
    # Not in the repr, which may end up in a log.
    password: str | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """For messages: host and port, no secrets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_redis_url(text: str) -> RedisTarget:
    """Reads `redis[s]://[[user]:password@]host[:port][/database]`.

    Raises `ValueError` with what is wrong, to be put behind the name of the variable. The text never repeats the URL,
    which may hold a password.
    """
    url = _URL.match(text.strip())
    if url is None:
        raise ValueError("is not a URL; expected redis://[user:password@]host[:port][/database]")
    scheme = url[1].lower()
    if scheme not in {"redis", "rediss"}:
        raise ValueError(f'has the scheme "{scheme}"; expected redis or rediss')
    login, _, place = url["authority"].rpartition("@")
    host = _HOST.fullmatch(place)
    port = int(host[2] or 6379) if host else 0
    if host is None or port > _HIGHEST_PORT:
        raise ValueError("is not a URL; expected redis://[user:password@]host[:port][/database]")
    if host[1] == "":
        raise ValueError("names no host")
    database = url["path"].removeprefix("/")
    if re.fullmatch(r"[0-9]{0,5}", database) is None:
        # Not repeated: where a password has a "/" in it, the rest of the password stands here.
        raise ValueError('names a database that is no number (a "/" in a password must be written %2F)')
    username, _, password = login.partition(":")
    return RedisTarget(
        host=host[1].strip("[]"),
        port=port,
        database=int(database or 0),
        tls=scheme == "rediss",
        username=_decoded(username) or None,
        password=_decoded(password) or None,
    )


def _decoded(text: str) -> str:
    try:
        if _PERCENT.search(text) is None:
            return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        pass
    # Raised from neither: the cause would repeat the text.
    raise ValueError("has a user or password that is not percent-encoded")
