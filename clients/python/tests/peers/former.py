"""A peer as it was written for the former library: its statuses, its restart, its way to end."""

import asyncio
import logging
import os
import sys

from the_mule import MuleClientBuilder


async def main() -> None:
    client = await MuleClientBuilder().build()
    await client.send_status("started")
    async for command in client:
        logging.info("received: %s", command)
        if command == "shutdown":
            break
        if command.startswith("restart|"):
            await client.send_status("restarting")
            with open(os.environ["TM_DELAY_FILE"], "w") as file:
                file.write(command.split("|")[1])
            for i in range(3000):
                logging.warning("last words %d", i)
            sys.exit(42)
    await client.send_status("stopped")
    logging.info("good bye")


asyncio.run(main())
