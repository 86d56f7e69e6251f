"""A UDP socket that speaks in datagrams of ours."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import uuid
from typing import TYPE_CHECKING, Any

from datagram import Datagram, Gossip, decode, encode
from multiaddr import Endpoint, format_multiaddr

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

# Seconds after which an unanswered datagram is sent again, then given up.
_RETRY_AFTER = (0.05, 0.1, 0.2, 0.4, 0.8)


class Post(asyncio.DatagramProtocol):
    """Sends datagrams, and can go on sending one until it is acknowledged."""

    def __init__(self, name: str, receive: Callable[[Datagram, Endpoint], None]) -> None:
        """`receive` is handed every datagram that comes, acks too, and who sent it."""
        self._name = name
        self._receive = receive
        self._transport: asyncio.DatagramTransport | None = None
        self._family = socket.AF_INET
        self._unanswered: dict[str, asyncio.Event] = {}
        # The loop itself forgets tasks that nobody holds.
        self._tasks: set[asyncio.Task[None]] = set()
        self.multiaddr = ""
        """Where others reach it."""

    async def open(self, at: Endpoint, host_address: str) -> None:
        """Binds the socket; raises `OSError` where the port is taken. `host_address`: how others reach this machine."""
        self._family = socket.AF_INET6 if ":" in at.address else socket.AF_INET
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=at, family=self._family)
        self._transport = transport
        self.multiaddr = format_multiaddr(Endpoint(host_address, transport.get_extra_info("sockname")[1]))

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Called by the event loop."""
        datagram = decode(data)
        if datagram is None:
            return
        if datagram.kind == "ack" and datagram.id in self._unanswered:
            self._unanswered[datagram.id].set()
        self._receive(datagram, Endpoint(addr[0], addr[1]))

    def error_received(self, exc: Exception) -> None:
        """Called by the event loop. A neighbour that is not there is found out by its silence."""

    def send(self, to: Endpoint, kind: str, gossip: Gossip | None = None, *, answering: str | None = None) -> None:
        """Sends once; `answering` is the id of what it answers."""
        self._send(to, Datagram(answering or uuid.uuid4().hex, self._name, self.multiaddr, kind, gossip))

    def deliver(self, to: Endpoint, kind: str, gossip: Gossip) -> None:
        """Sends in the background until it is acknowledged, or given up after some two seconds."""
        self._start(self._deliver(to, Datagram(uuid.uuid4().hex, self._name, self.multiaddr, kind, gossip)))

    def close(self) -> None:
        """Falls silent."""
        for task in self._tasks:
            task.cancel()
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    async def _deliver(self, to: Endpoint, datagram: Datagram) -> None:
        answered = self._unanswered[datagram.id] = asyncio.Event()
        try:
            for wait in _RETRY_AFTER:
                self._send(to, datagram)
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(answered.wait(), wait)
                    return
        finally:
            del self._unanswered[datagram.id]

    def _send(self, to: Endpoint, datagram: Datagram) -> None:
        try:
            ipaddress.ip_address(to.address)
        except ValueError:
            self._start(self._resolve_and_send(to, datagram))
        else:
            self._send_to(to, datagram)

    async def _resolve_and_send(self, to: Endpoint, datagram: Datagram) -> None:
        # What cannot be resolved now may be at the next try.
        with contextlib.suppress(OSError, UnicodeError):
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(to.address, to.port, family=self._family, type=socket.SOCK_DGRAM)
            self._send_to(Endpoint(str(found[0][4][0]), to.port), datagram)

    def _send_to(self, to: Endpoint, datagram: Datagram) -> None:
        # An address of the other family cannot be sent to: as silent as one where nobody is.
        if self._transport is not None and (":" in to.address) == (self._family == socket.AF_INET6):
            self._transport.sendto(encode(datagram), to)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
