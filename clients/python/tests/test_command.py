from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from the_mule import Command


def test_agrees_with_the_other_libraries(vectors: Any) -> None:
    assert len(vectors["commands"]) > 40
    for vector in vectors["commands"]:
        command = Command.parse(vector["raw"])
        assert (command.raw, command.kind) == (vector["raw"], vector["kind"])
        assert command.delay_secs == vector.get("delaySecs"), vector
        assert command.multiaddr == vector.get("multiaddr"), vector
        if "fields" in vector:
            assert list(command.fields) == vector["fields"]


def test_is_a_str_as_in_the_former_library() -> None:
    command = Command.parse("push|bob|hello")
    assert command == "push|bob|hello"
    assert isinstance(command, str)
    assert command.startswith("push|")
    assert command.split("|", 2) == ["push", "bob", "hello"]
    assert hash(command) == hash("push|bob|hello")
    assert type(command.raw) is str


def test_numbers_are_what_all_four_languages_call_numbers() -> None:
    for text in ("1_000", "٣", "0x10", "1e400", "--1", "nan"):
        assert Command.parse(f"restart|{text}").delay_secs == 0, text


@given(st.text())
def test_understands_any_text(raw: str) -> None:
    command = Command.parse(raw)
    assert command.raw == raw
    assert "|".join(command.fields) == raw
    assert (command.delay_secs is not None) == (command.kind == "restart")
    assert (command.multiaddr is not None) == (command.kind == "peer")
