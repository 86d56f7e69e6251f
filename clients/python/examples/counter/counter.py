"""A replicated counter: each peer adds, and all of them come to know the sum. It is tested with The Mule."""

import asyncio
import json
import logging
import os
import re

from the_mule import Command, MuleClient, MuleClientBuilder

log = logging.getLogger("counter")
GOSSIP_EVERY = 0.2  # seconds


def endpoint(multiaddr: str) -> tuple[str, int]:
    """The address and port of /ip4/127.0.0.1/udp/13200/quic-v1."""
    match = re.match(r"/ip4/([0-9.]+)/udp/([0-9]+)", multiaddr)
    if match is None or int(match[2]) > 65_535:
        raise ValueError(f"not an address of UDP on IPv4: {multiaddr}")
    return match[1], int(match[2])


class Counter(asyncio.DatagramProtocol):
    """Each peer counts for itself; the value is the sum, and of two counts of one peer the larger is the newer."""

    def __init__(self, client: MuleClient) -> None:
        self.client = client
        self.counts = {client.name: 0}
        self.neighbours: dict[str, tuple[str, int]] = {}
        self.state = "disconnected"

    @property
    def value(self) -> int:
        return sum(self.counts.values())

    async def run(self) -> None:
        at = endpoint(self.client.listen_addr)
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=at)
        self.address = f"/ip4/{os.environ.get('HOST_ADDR') or '127.0.0.1'}/udp/{at[1]}/quic-v1"
        await self.client.send_status("started", self.address)
        gossiping = asyncio.create_task(self.gossip_for_ever())
        async for command in self.client:
            if command.kind == "shutdown":
                break
            await self.obey(command)
        gossiping.cancel()
        await self.client.send_status("stopped")

    async def obey(self, command: Command) -> None:
        word, _, argument = command.partition("|")
        if command.multiaddr is not None:
            self.meet(command.multiaddr)
        elif command == "connect":
            self.state = "connecting"
            await self.client.send_status("connecting")
            self.gossip()
            if not self.neighbours:
                await self.become_connected()
        elif command == "disconnect":
            await self.client.send_status("disconnecting")
            self.state = "disconnected"
            await self.client.send_status("disconnected")
        elif command.delay_secs is not None:
            await self.client.restart(command.delay_secs)
        elif command == "value":
            log.info("value %d", self.value)
        elif word == "add" and argument.isdecimal():
            self.counts[self.client.name] += int(argument)
            log.info("added %s", argument)
            self.gossip()
        else:
            log.warning("unknown command: %s", command)

    def meet(self, multiaddr: str) -> None:
        try:
            if multiaddr != self.address:
                self.neighbours[multiaddr] = endpoint(multiaddr)
        except ValueError as error:
            log.warning("no use for a neighbour: %s", error)

    async def become_connected(self) -> None:
        if self.state == "connecting":
            self.state = "connected"
            await self.client.send_status("connected")

    def gossip(self) -> None:
        """Tells all neighbours everything: what gets lost comes again with the next."""
        if self.state != "disconnected":
            datagram = json.dumps({"address": self.address, "counts": self.counts}).encode()
            for neighbour in self.neighbours.values():
                self.transport.sendto(datagram, neighbour)

    async def gossip_for_ever(self) -> None:
        while True:
            self.gossip()
            await asyncio.sleep(GOSSIP_EVERY)

    def datagram_received(self, data: bytes, addr: object) -> None:
        if self.state == "disconnected":
            return
        before = self.value
        try:
            heard = json.loads(data)
            for name, count in heard["counts"].items():
                self.counts[name] = max(int(count), self.counts.get(name, 0))
            self.meet(heard["address"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            log.warning("no use for a datagram from %s: %r", addr, error)
            return
        if self.state == "connecting":
            self.connecting = asyncio.create_task(self.become_connected())
        if self.value != before:
            log.info("value %d", self.value)
            self.gossip()


async def main() -> None:
    async with await MuleClientBuilder().build() as client:
        await Counter(client).run()


if __name__ == "__main__":
    asyncio.run(main())
