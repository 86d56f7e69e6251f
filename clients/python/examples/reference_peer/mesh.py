"""An overlay network on UDP."""

from __future__ import annotations

import asyncio
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from datagram import Datagram, Gossip, Key, Message
from multiaddr import Endpoint, parse_multiaddr
from post import Post

if TYPE_CHECKING:
    from collections.abc import Hashable

# Seconds between two greetings of a neighbour: while nobody has answered, and from then on.
_HELLO_EVERY = {"connecting": 0.2, "connected": 1.0}
# A neighbour that leaves so many greetings unanswered is gone.
_MISSED_HELLOS = 3
# Larger datagrams are likely to be lost in pieces.
LONGEST_TEXT = 16_384
_REMEMBERED_GOSSIP = 10_000


class MeshEvents(Protocol):
    """What a mesh tells."""

    def connected(self) -> None:
        """The first neighbour answered, or there was none to ask."""

    def linked(self, name: str, multiaddr: str) -> None:
        """A neighbour has been heard."""

    def unlinked(self, name: str, because: str) -> None:
        """A neighbour is gone."""

    def message(self, origin: str, text: str) -> None:
        """A message for this peer has come."""

    def key(self, origin: str, key: str) -> None:
        """A peer has a new key."""


@dataclass
class Neighbour:
    """`name` is known once it has answered."""

    multiaddr: str
    endpoint: Endpoint
    name: str | None = None
    linked: bool = False
    missed: int = 0


class Mesh:
    """Neighbours greet each other, and what one says is flooded to all.

    Every datagram that matters is acknowledged and sent again; each gossip is passed on once, by its id.

        idle ──connect()──► connecting ──an answer, or nobody to ask──► connected
          ▲                     │                                          │
          └─────────────────────┴───────────── disconnect() ───────────────┘
    """

    def __init__(self, name: str, events: MeshEvents) -> None:
        """`name` is this peer's."""
        self._name = name
        self._events = events
        self._post = Post(name, self._hear)
        self._neighbours: dict[str, Neighbour] = {}
        self._seen: OrderedDict[Hashable, None] = OrderedDict()
        self._greeting: asyncio.TimerHandle | None = None
        self.state: Literal["idle", "connecting", "connected"] = "idle"

    async def listen(self, at: Endpoint, host_address: str) -> None:
        """Binds the UDP port; raises `OSError` where it is taken. `host_address` is how others reach this machine."""
        await self._post.open(at, host_address)

    @property
    def multiaddr(self) -> str:
        """Where others reach this peer."""
        return self._post.multiaddr

    def add(self, multiaddr: str) -> bool:
        """Adds a neighbour; False where the text is no multiaddr of ours, or is our own."""
        endpoint = parse_multiaddr(multiaddr)
        if endpoint is None or multiaddr == self.multiaddr:
            return False
        if multiaddr not in self._neighbours:
            neighbour = self._neighbours[multiaddr] = Neighbour(multiaddr, endpoint)
            if self.state != "idle":
                self._greet(neighbour)
        return True

    def connect(self) -> None:
        """Begins to greet the neighbours."""
        if self.state != "idle":
            return
        self.state = "connecting"
        if not self._neighbours:
            self._become_connected()
        self._greet_all()

    def disconnect(self) -> None:
        """Says goodbye, once (who misses it finds out by the silence), and answers nobody any more."""
        if self.state == "idle":
            return
        self._fall_idle()
        for neighbour in self._neighbours.values():
            if neighbour.linked:
                self._post.send(neighbour.endpoint, "goodbye")
            neighbour.linked = False

    def say(self, body: Message | Key) -> bool:
        """Tells everybody; False when not connected."""
        if self.state != "connected":
            return False
        gossip = Gossip(uuid.uuid4().hex, self._name, body)
        self._remember(gossip.id)
        self._pass_on(gossip, through=None)
        return True

    def close(self) -> None:
        """Falls silent for good, without a goodbye."""
        self._fall_idle()
        self._post.close()

    def _fall_idle(self) -> None:
        self.state = "idle"
        if self._greeting is not None:
            self._greeting.cancel()

    def _greet_all(self) -> None:
        if self.state == "idle":
            return
        for neighbour in self._neighbours.values():
            self._greet(neighbour)
        self._greeting = asyncio.get_running_loop().call_later(_HELLO_EVERY[self.state], self._greet_all)

    def _greet(self, neighbour: Neighbour) -> None:
        if neighbour.missed >= _MISSED_HELLOS:
            self._unlink(neighbour, "it does not answer")
        neighbour.missed += 1
        self._post.send(neighbour.endpoint, "hello")

    def _hear(self, datagram: Datagram, sender: Endpoint) -> None:
        # A peer that is not connected is as silent as one that is not there.
        if self.state == "idle":
            return
        if datagram.kind == "goodbye":
            if datagram.address in self._neighbours:
                self._unlink(self._neighbours[datagram.address], "it said goodbye")
            return
        if datagram.kind != "ack":
            # To where it came from: behind Docker's NAT that is the way back, and not the multiaddr.
            self._post.send(sender, "ack", answering=datagram.id)
        self._link(datagram)
        if datagram.gossip is not None:
            self._consider(datagram.gossip, datagram.address)

    def _link(self, datagram: Datagram) -> None:
        if not self.add(datagram.address):
            return
        neighbour = self._neighbours[datagram.address]
        neighbour.missed = 0
        neighbour.name = datagram.sender
        if neighbour.linked:
            return
        neighbour.linked = True
        self._events.linked(datagram.sender, datagram.address)
        if self.state == "connecting":
            self._become_connected()

    def _unlink(self, neighbour: Neighbour, because: str) -> None:
        if neighbour.linked:
            neighbour.linked = False
            self._events.unlinked(neighbour.name or neighbour.multiaddr, because)

    def _become_connected(self) -> None:
        self.state = "connected"
        self._events.connected()

    def _consider(self, gossip: Gossip, through: str) -> None:
        if gossip.id in self._seen:
            return
        self._remember(gossip.id)
        if isinstance(gossip.body, Key):
            self._events.key(gossip.origin, gossip.body.key)
        if isinstance(gossip.body, Message) and gossip.body.to == self._name:
            self._events.message(gossip.origin, gossip.body.text)
        else:
            self._pass_on(gossip, through)

    def _pass_on(self, gossip: Gossip, through: str | None) -> None:
        for neighbour in self._neighbours.values():
            if neighbour.linked and neighbour.multiaddr != through:
                self._post.deliver(neighbour.endpoint, "gossip", gossip)

    def _remember(self, identity: str) -> None:
        self._seen[identity] = None
        if len(self._seen) > _REMEMBERED_GOSSIP:
            self._seen.popitem(last=False)
