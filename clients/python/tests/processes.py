"""Peers as processes of their own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis_server import RedisServer

HERE = Path(__file__).parent
REFERENCE_PEER = HERE.parent / "examples" / "reference_peer"
COUNTER = HERE.parent / "examples" / "counter" / "counter.py"


@contextlib.contextmanager
def running(
    server: RedisServer, program: Path, *arguments: str, name: str = "alice", **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """Killed at the end, if it is still there."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", program, *arguments],
        env={**os.environ, **server.peer_environment(name, **environment)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
