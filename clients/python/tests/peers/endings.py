"""Ends, or has others end, in the ways that peers do."""

import asyncio
import atexit
import logging
import os
import signal
import sys
import time

from the_mule import MuleClient, MuleClientBuilder

atexit.register(lambda: logging.info("at exit"))


async def exits_with_a_read_in_flight(client: MuleClient) -> None:
    try:
        await asyncio.wait_for(client.__anext__(), 0.1)
    except asyncio.TimeoutError:
        pass
    await client.send_status("busy")
    # A command comes, and the event loop does not see it.
    sys.stdin.readline()
    sys.exit(42)


async def is_two(client: MuleClient) -> None:
    other = await MuleClientBuilder().peer_name("bob").build()

    async def first_command(of: MuleClient) -> None:
        await of.send_status("waiting")
        async for command in of:
            await of.send_status(command)
            break
        await of.close()

    await asyncio.gather(first_command(client), first_command(other))


async def forks(client: MuleClient) -> None:
    # Python drops the signals that a child is sent before it has come to itself.
    there, here = os.pipe()
    child = os.fork()
    if child == 0:
        logging.info("nobody hears the child")
        os.write(here, b".")
        time.sleep(60)
        os._exit(1)
    os.read(there, 1)
    os.kill(child, signal.SIGTERM)
    status = os.waitpid(child, 0)[1]
    ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else "itself"
    logging.info("the child was ended by %s", ended_by)
    await client.send_status("forked")


async def ends(client: MuleClient) -> None:
    await client.send_status("ending")


async def main(way: str) -> None:
    client = await MuleClientBuilder().build()
    await {"flight": exits_with_a_read_in_flight, "two": is_two, "fork": forks, "ends": ends}[way](client)


asyncio.run(main(sys.argv[1]))
# The program goes on without its client.
if sys.argv[1] == "ends":
    sys.stdout.write("on\n")
    sys.stdout.flush()
    time.sleep(60)
