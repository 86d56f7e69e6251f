"""How a client is made."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .client import MuleClient
from .configuration import Options, read_configuration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class MuleClientBuilder:
    """Makes a client of the environment that tm gives its peers; what is set here wins over it. Times are seconds."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        """Reads `os.environ`, or the given mapping in its place."""
        self._environment = dict(os.environ if environment is None else environment)
        self._options = Options()

    def redis_url(self, url: str) -> MuleClientBuilder:
        """`redis[s]://[user:password@]host[:port][/database]`; else `REDIS_URL`."""
        self._options.redis_url = url
        return self

    def peer_name(self, name: str) -> MuleClientBuilder:
        """The peer's name in the test; else `PEER_NAME`."""
        self._options.name = name
        return self

    def listen_addr(self, multiaddr: str) -> MuleClientBuilder:
        """Where to listen; else `LISTEN_ADDR`."""
        self._options.listen_addr = multiaddr
        return self

    def log_level(self, level: str) -> MuleClientBuilder:
        """The least grave level that is forwarded: error, warn, info, debug or trace; else `LOG_LEVEL`, else info."""
        self._options.log_level = level
        return self

    def delay_file(self, path: str | os.PathLike[str]) -> MuleClientBuilder:
        """Where a restart leaves its delay; else `TM_DELAY_FILE`, else /tmp/delay."""
        self._options.delay_file = os.fspath(path)
        return self

    def connect_timeout(self, seconds: float) -> MuleClientBuilder:
        """How long the first connection may take. Default 20."""
        self._options.connect_timeout = seconds
        return self

    def close_timeout(self, seconds: float) -> MuleClientBuilder:
        """How long closing waits for what is still to be sent. Default 5."""
        self._options.close_timeout = seconds
        return self

    def log_buffer_lines(self, lines: int) -> MuleClientBuilder:
        """Log lines kept while Redis is slow or away, and never over 32 Mi characters. Default 50,000."""
        self._options.log_buffer_lines = lines
        return self

    def status_gap(self, seconds: float) -> MuleClientBuilder:
        """The least time between two statuses. Default 0 under a tm that reads the status stream, else 0.02."""
        self._options.status_gap = seconds
        return self

    def heartbeat(self, seconds: float) -> MuleClientBuilder:
        """The time between two heartbeats; 0: none. Default 2. There are none without `TM_RUN_ID`."""
        self._options.heartbeat = seconds
        return self

    def handle_signals(self, handle: bool) -> MuleClientBuilder:  # noqa: FBT001 - the name of the method says it
        """Whether the first SIGTERM or SIGINT becomes a `shutdown`, and the second ends the process. Default True."""
        self._options.handle_signals = handle
        return self

    def forward_logging(self, forward: bool) -> MuleClientBuilder:  # noqa: FBT001 - the name of the method says it
        """Whether the records that reach the root logger of `logging` go to tm. Default True."""
        self._options.forward_logging = forward
        return self

    def on_notice(self, tell: Callable[[str], None]) -> MuleClientBuilder:
        """Told when Redis is lost, found again, or refuses something, from any thread. Default: a line on stderr."""
        self._options.on_notice = tell
        return self

    async def build(self) -> MuleClient:
        """Connects. Raises `MuleConfigurationError`, `MuleUnreachableError`, `MuleRefusedError`."""
        client = MuleClient(read_configuration(self._options, self._environment))
        await client._open()  # noqa: SLF001 - two halves of one thing
        return client
