"""Peers for The Mule: a test's commands come in, statuses and log lines go out.

    client = await MuleClientBuilder().build()
    await client.send_status("started")
    async for command in client:
        logging.info("was told %s", command)

The protocol, and what this library does beyond it, is described with `tm` itself.
"""

from .builder import MuleClientBuilder
from .client import MuleClient
from .command import Command, CommandKind
from .errors import MuleClosedError, MuleConfigurationError, MuleError, MuleRefusedError, MuleUnreachableError
from .log_handler import TRACE, MuleLogHandler

__all__ = [
    "TRACE",
    "Command",
    "CommandKind",
    "MuleClient",
    "MuleClientBuilder",
    "MuleClosedError",
    "MuleConfigurationError",
    "MuleError",
    "MuleLogHandler",
    "MuleRefusedError",
    "MuleUnreachableError",
]
