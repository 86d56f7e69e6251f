"""Attaches a client to the root logger."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from .log_handler import LEVEL_NUMBERS, TRACE

if TYPE_CHECKING:
    from .configuration import Configuration
    from .log_handler import MuleLogHandler


def forward_root(handler: MuleLogHandler, configuration: Configuration) -> None:
    """Adds the handler to the root logger.

    Where nobody has set up `logging` yet, that is done too: its lines go to stderr as well, from LOG_LEVEL on. A set-up
    that is there is left as it is, its level included.
    """
    root = logging.getLogger()
    level = LEVEL_NUMBERS[configuration.log_level]
    if logging.getLevelName(TRACE) == f"Level {TRACE}":
        logging.addLevelName(TRACE, "TRACE")
    if not root.handlers:
        # A level other than the built-in one has been asked for by somebody.
        logging.basicConfig(level=level if root.level == logging.WARNING else root.level)
    elif configuration.log_level_given and root.level > level:
        configuration.on_notice(
            f"log records below {logging.getLevelName(root.level)} are not forwarded, though LOG_LEVEL is "
            f"{configuration.log_level}: the root logger has that level"
        )
    root.addHandler(handler)


def stop_forwarding(handler: MuleLogHandler) -> None:
    """Removes it again."""
    logging.getLogger().removeHandler(handler)
