"""A stop ends what was said before it; nothing is lost or overtakes it."""

from hypothesis import given
from hypothesis import strategies as st

from tank_core.instruction_queue import split_at_last_stop


@given(st.lists(st.sampled_from(["go", "stop", "turn"])))
def test_the_last_stop_comes_first_and_nothing_is_lost(batch: list[str]) -> None:
    ended, rest = split_at_last_stop(batch, "stop".__eq__)
    assert ended + rest == batch
    assert "stop" not in rest[1:]
    assert ("stop" in batch) == (rest[:1] == ["stop"])
    assert ended == [] or rest[0] == "stop"
