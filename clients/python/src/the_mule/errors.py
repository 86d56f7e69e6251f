"""What the library raises."""


class MuleError(Exception):
    """Base of all that this library raises on purpose."""


class MuleConfigurationError(MuleError, ValueError):
    """The environment or the options cannot be used; the text lists everything that is wrong."""


class MuleUnreachableError(MuleError):
    """No Redis answered within the connect timeout."""


class MuleRefusedError(MuleError):
    """Redis answers, and says no for good: a wrong password, no such database, no right to a key."""


class MuleClosedError(MuleError):
    """The client was closed before it was done."""
