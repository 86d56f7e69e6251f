"""Peers as processes of their own."""

from __future__ import annotations

import contextlib
import os
import signal
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
    server: RedisServer,
    program: Path,
    *arguments: str,
    name: str = "alice",
    in_background: bool = False,
    **environment: str,
) -> Iterator[subprocess.Popen[str]]:
    """Killed at the end, if it is still there. `in_background`: with SIGINT ignored, as a shell starts it there."""
    sigint = signal.SIG_IGN if in_background else signal.SIG_DFL
    process = subprocess.Popen(
        [sys.executable, "-W", "error", program, *arguments],
        env={**os.environ, **server.peer_environment(name, **environment)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whatever this process has inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, sigint),  # noqa: PLW1509 - no thread of ours runs then
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
