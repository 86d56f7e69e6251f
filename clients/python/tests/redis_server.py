"""A Redis of a test's own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import redis


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RedisServer:
    """Real, on a free port of loopback; `stop` kills it by its pid."""

    def __init__(self, *options: str, password: str | None = None) -> None:
        self.port = free_port()
        self.password = password
        self._options = (*options, *(("--requirepass", password) if password else ()))
        self._directory = tempfile.TemporaryDirectory(prefix="the-mule-test-")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        login = f"default:{self.password}@" if self.password else ""
        return f"redis://{login}127.0.0.1:{self.port}/0"

    @property
    def redis(self) -> Any:
        """A new client of the server; `Any`, since redis-py types its answers as those of asyncio too."""
        return redis.Redis(port=self.port, password=self.password, decode_responses=True)

    def start(self) -> RedisServer:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [*command, "--dir", self._directory.name, *self._options], stdout=subprocess.DEVNULL
        )
        wait_until(self._answers, "Redis answers")
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            self._process = None

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        self.stop()
        self._directory.cleanup()

    def peer_environment(self, name: str = "alice", **more: str) -> dict[str, str]:
        """What tm gives a peer."""
        delay = str(Path(self._directory.name) / f"{name}-delay")
        return {"REDIS_URL": self.url, "PEER_NAME": name, "TM_RUN_ID": "run-1", "TM_DELAY_FILE": delay, **more}

    def _signal(self, number: int) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)

    def _answers(self) -> bool:
        try:
            with self.redis as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False


def wait_until(condition: Any, what: str, within: float = 30.0) -> None:
    """Looks every few milliseconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.01)
