"""Telling the library's own work from the peer's."""

from contextvars import ContextVar

own_work: ContextVar[bool] = ContextVar("the_mule_own_work", default=False)
"""True where the library talks with Redis. What redis-py logs there is not forwarded: sending it would log again."""
