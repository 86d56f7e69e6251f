"""A peer that does not ask for commands when it is told to stop."""

import asyncio
import logging
import sys
import time

from the_mule import MuleClientBuilder


async def main() -> None:
    async with await MuleClientBuilder().build() as client:
        await client.send_status("started")
        if sys.argv[1] == "blocked":
            while True:
                time.sleep(0.01)
        if sys.argv[1] == "waiting":
            await asyncio.sleep(3600)
        async for command in client:
            logging.info("received: %s", command)
            if command.kind == "restart":
                await client.restart(command.delay_secs or 0)
            if command.kind == "shutdown":
                break
        await client.send_status("stopped")


asyncio.run(main())
