from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from redis_server import RedisServer

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def server() -> Iterator[RedisServer]:
    own = RedisServer().start()
    yield own
    own.close()


@pytest.fixture(scope="session")
def vectors() -> Any:
    return json.loads((ROOT / "clients/conformance/vectors.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def protocol() -> Any:
    return json.loads((ROOT / "schemas/protocol.json").read_text("utf-8"))


@pytest.fixture(autouse=True)
def _root_logger() -> Iterator[None]:
    """Logging is the process's: each test leaves it as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
