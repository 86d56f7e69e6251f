"""A command from the timeline."""

from __future__ import annotations

import math
import re
from typing import Literal

CommandKind = Literal["connect", "disconnect", "shutdown", "restart", "peer", "test"]

# What float() takes is more: "nan", "1_000", digits of any script.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class Command(str):
    """The text of a command as it came, which knows what it means.

    It is a `str` in every respect: it can be compared, split and sent on. Any text is a command; what is none of the
    protocol's words is of the kind `test`.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, raw: str) -> Command:
        """Understands any text."""
        return cls(raw)

    @property
    def raw(self) -> str:
        """The text, as a plain `str`."""
        return str(self)

    @property
    def kind(self) -> CommandKind:
        """The protocol's word, or `test` for the test's own commands."""
        if self == "connect":
            return "connect"
        if self == "disconnect":
            return "disconnect"
        if self == "shutdown":
            return "shutdown"
        if self == "restart" or self.startswith("restart|"):
            return "restart"
        if self.startswith("peer|") and len(self) > len("peer|"):
            return "peer"
        return "test"

    @property
    def delay_secs(self) -> int | None:
        """Of a `restart`, the whole seconds to stay down, rounded up: 0 where none can be read. Else None."""
        if self.kind != "restart":
            return None
        text = self.partition("|")[2].strip()
        seconds = float(text) if _NUMBER.fullmatch(text) else 0.0
        return math.ceil(seconds) if math.isfinite(seconds) and seconds > 0 else 0

    @property
    def multiaddr(self) -> str | None:
        """Of a `peer`, the address of that peer. Else None."""
        return self.partition("|")[2] if self.kind == "peer" else None

    @property
    def fields(self) -> tuple[str, ...]:
        """The text split at each `|`, so `fields[0]` is its word."""
        return tuple(self.split("|"))
