"""The peer of the examples: a small distributed program that `tm` can put through its paces.

Run it as `python examples/reference_peer`; its commands are described in examples/peer/README.md.
"""

from __future__ import annotations

import asyncio
import logging
import sys

from peer import Peer
from the_mule import MuleClientBuilder, MuleError


async def main() -> int:
    """Gives the exit code."""
    try:
        client = await MuleClientBuilder().build()
    except MuleError as error:
        print(error, file=sys.stderr)
        return 1
    async with client:
        try:
            await Peer(client).run()
        except Exception:
            logging.getLogger("reference-peer").exception("gives up")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
