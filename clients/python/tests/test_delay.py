from pathlib import Path
from typing import Any

import pytest

from the_mule.delay import write_delay


def test_agrees_with_the_other_libraries(vectors: Any, tmp_path: Path) -> None:
    file = tmp_path / "delay"
    for vector in vectors["delays"]:
        write_delay(str(file), vector["seconds"])
        assert file.read_text("utf-8") == f"{vector['written']}\n"


def test_what_is_no_time_is_none(tmp_path: Path) -> None:
    file = tmp_path / "delay"
    for seconds in (-3, float("nan"), float("inf"), float("-inf")):
        write_delay(str(file), seconds)
        assert file.read_text("utf-8") == "0\n"


def test_says_where_it_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_delay(str(tmp_path / "nowhere" / "delay"), 1)
