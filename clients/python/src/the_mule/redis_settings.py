"""How both connections are set up."""

from __future__ import annotations

import inspect
import socket
from typing import TYPE_CHECKING, Any

from redis.connection import AbstractConnection

if TYPE_CHECKING:
    from .redis_target import RedisTarget

# Silence after which the kernel asks whether the other side is still there: it finds a lost machine in about twice this
# time.
_KEEP_ALIVE_SECONDS = 10


def redis_settings(target: RedisTarget) -> dict[str, Any]:
    """Arguments of redis-py's connections, but the times. With these redis-py tries once: the retries are ours."""
    settings: dict[str, Any] = {
        "host": target.host,
        "port": target.port,
        "db": target.database,
        "username": target.username,
        "password": target.password,
        "protocol": 2,
        "socket_keepalive": True,
        "socket_keepalive_options": _keepalive_options(),
        **_no_introduction(),
    }
    if target.tls:
        settings |= {"ssl_cert_reqs": "required", "ssl_check_hostname": True}
    return settings


def _keepalive_options() -> dict[int, int]:
    seconds = {"TCP_KEEPIDLE": _KEEP_ALIVE_SECONDS, "TCP_KEEPINTVL": _KEEP_ALIVE_SECONDS // 2, "TCP_KEEPCNT": 2}
    # Not every system has each of them.
    return {getattr(socket, name): value for name, value in seconds.items() if hasattr(socket, name)}


def _no_introduction() -> dict[str, None]:
    """Keeps redis-py from telling its name and version, two more round trips, by what its releases call that."""
    known = inspect.signature(AbstractConnection.__init__).parameters
    names = ("driver_info",) if "driver_info" in known else ("lib_name", "lib_version")
    return {name: None for name in names if name in known}
