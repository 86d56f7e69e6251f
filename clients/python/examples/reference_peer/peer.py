"""The peer of the examples: what it does with its commands."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING

from datagram import Key, Message
from mesh import LONGEST_TEXT, Mesh
from multiaddr import parse_multiaddr
from the_mule import TRACE, MuleError

if TYPE_CHECKING:
    from the_mule import Command, MuleClient

log = logging.getLogger("reference-peer")
_LEVELS = {
    "error": logging.ERROR,
    "warn": logging.WARNING,
    "info": logging.INFO,
    "debug": logging.DEBUG,
    "trace": TRACE,
}


class Peer:
    """Peers find each other over UDP, and pass messages on until they arrive."""

    def __init__(self, client: MuleClient) -> None:
        """`client` is the line to tm."""
        self._client = client
        self._mesh = Mesh(client.name, self)
        self._mailbox: list[tuple[str, str]] = []
        self._tracked: set[str] = set()
        self._reports: set[asyncio.Task[None]] = set()
        self._key = secrets.token_hex(8)

    async def run(self) -> None:
        """Until `shutdown`. Raises `OSError` and `ValueError` where it cannot listen."""
        at = parse_multiaddr(self._client.listen_addr)
        if at is None:
            raise ValueError(f"cannot listen at {self._client.listen_addr}: expected /ip4/<address>/udp/<port>/…")
        await self._mesh.listen(at, os.environ.get("HOST_ADDR") or _first_address())
        await self._client.send_status("started", self._mesh.multiaddr)
        async for command in self._client:
            log.debug("command %s", command)
            if command.kind == "shutdown":
                break
            await self._obey(command)
        self._mesh.disconnect()
        # Closing waits for it, though not for ever: Redis may be gone.
        self._report("stopped")

    async def _obey(self, command: Command) -> None:
        if command.kind == "connect":
            # In the background: with nobody there to answer it takes for ever, and commands must still be heard.
            self._report(self._mesh.state if self._mesh.state != "idle" else "connecting")
            self._mesh.connect()
        elif command.kind == "disconnect":
            await self._client.send_status("disconnecting")
            self._mesh.disconnect()
            await self._client.send_status("disconnected")
        elif command.multiaddr is not None:
            if self._mesh.add(command.multiaddr):
                log.info("knows %s", command.multiaddr)
            else:
                log.warning('no use for the address "%s"', command.multiaddr)
        elif command.delay_secs is not None:
            self._mesh.close()
            await self._client.restart(command.delay_secs)
        else:
            await self._test(command)

    async def _test(self, command: Command) -> None:
        word, *rest = command.fields
        first = rest[0] if rest else ""
        if word == "push":
            self._push(first, "|".join(rest[1:]))
        elif word == "pull":
            self._pull()
        elif word == "rotate-key":
            self._rotate_key()
        elif word == "track":
            self._tracked.add(first)
            log.info("tracks %s", first)
        elif word == "log":
            self._write(first, int(rest[1]) if len(rest) > 1 and rest[1].isdecimal() else 0, "|".join(rest[2:]))
        elif word == "status":
            for status in rest:
                self._report(status)
        elif word == "work":
            milliseconds = float(first) if first.isdecimal() else 0.0
            await asyncio.sleep(milliseconds / 1000)
            log.info("worked %s ms", first)
        elif word == "crash":
            log.error("crashes on command")
            await self._client.flush()
            os._exit(int(first) if first.isdecimal() else 1)
        elif word == "hang":
            await self._hang()
        else:
            log.warning("unknown command: %s", command)

    def _push(self, to: str, text: str) -> None:
        if len(text) > LONGEST_TEXT:
            log.error("push to %s: longer than %d characters", to, LONGEST_TEXT)
        elif to == self._client.name:
            self.message(to, text)
        elif self._mesh.say(Message(to, text)):
            log.info("pushed %s to %s", text, to)
        else:
            log.warning("push to %s: not connected", to)

    def _pull(self) -> None:
        if not self._mailbox:
            log.info("pull: no messages")
        for origin, text in self._mailbox:
            log.info("pulled %s from %s", text, origin)

    def _rotate_key(self) -> None:
        self._key = secrets.token_hex(8)
        log.info("rotated its key to %s", self._key)
        if not self._mesh.say(Key(self._key)):
            log.warning("the new key is not announced: not connected")

    def _write(self, level: str, count: int, text: str) -> None:
        begin = time.perf_counter()
        number = _LEVELS.get(level, TRACE)
        for i in range(1, count + 1):
            log.log(number, "%s %d", text, i)
        log.info("logged %d lines in %.0f ms", count, (time.perf_counter() - begin) * 1000)

    async def _hang(self) -> None:
        log.error("hangs on command")
        await self._client.flush()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        # Blocks the event loop for ever: only SIGKILL helps.
        threading.Event().wait()

    def _report(self, status: str) -> None:
        """Sends a status that nobody waits for; they keep their order."""
        task = asyncio.ensure_future(self._send(status))
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)

    async def _send(self, status: str) -> None:
        try:
            await self._client.send_status(status)
        except (MuleError, ValueError) as error:
            log.error("status %s: %s", status, error)  # noqa: TRY400 - the reason, not where in here

    # What the mesh tells.

    def connected(self) -> None:
        """The first neighbour answered, or there was none to ask."""
        self._report("connected")

    def linked(self, name: str, multiaddr: str) -> None:
        """A neighbour has been heard."""
        log.info("linked with %s", name)
        if name in self._tracked:
            log.info("tracked %s: is at %s", name, multiaddr)

    def unlinked(self, name: str, because: str) -> None:
        """A neighbour is gone."""
        log.warning("lost %s: %s", name, because)
        if name in self._tracked:
            log.info("tracked %s: is gone", name)

    def message(self, origin: str, text: str) -> None:
        """A message for this peer has come."""
        self._mailbox.append((origin, text))
        log.info("got %s from %s", text, origin)

    def key(self, origin: str, key: str) -> None:
        """A peer has a new key."""
        if origin in self._tracked:
            log.info("tracked %s: has the new key %s", origin, key)


def _first_address() -> str:
    """Of this machine, as others see it; 127.0.0.1 where there is no other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Sends nothing: it only asks the routing table, with an address that is set aside for documentation.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
