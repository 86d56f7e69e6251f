"""The delay of a restart."""

import math
from pathlib import Path


def write_delay(file: str, seconds: float) -> None:
    """Writes the seconds that the entrypoint sleeps, rounded up to whole ones; 0 for no time. Raises `OSError`."""
    whole = math.ceil(seconds) if math.isfinite(seconds) and seconds > 0 else 0
    Path(file).write_text(f"{whole}\n", encoding="ascii")
