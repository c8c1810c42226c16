"""Calibration files: what is kept, and what is written.

A fault leaves the old one alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.io.config_file import laid_over
from tank_core.io.outputs import OutputError
from tank_hw_driver.calibration_file import (
    ABSENT,
    board_values,
    changes,
    only_differences,
    write_calibration,
)
from tank_hw_driver.hardware import BoardFileError, board_names, load_hardware, read_calibration

BOARD = "robot_hat_v3"
TREES = st.recursive(
    st.integers(0, 3),
    lambda below: st.dictionaries(st.sampled_from("abc"), below, min_size=1, max_size=3),
    max_leaves=8,
).filter(lambda value: isinstance(value, dict))


def values(
    data: dict[str, object], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], object]]:
    for key, value in data.items():
        yield from (
            values(value, (*path, key))
            if isinstance(value, dict)
            else iter([((*path, key), value)])
        )


@pytest.mark.slow
@pytest.mark.parametrize("board", board_names())
@pytest.mark.parametrize("bad", [1e9, math.nan, "not\nfast"], ids=repr)
def test_no_value_of_a_calibration_may_be_what_no_hardware_has(board: str, bad: object) -> None:
    for path, value in values(board_values(board)):
        if path == ("camera", "source") and isinstance(bad, str):
            continue  # any text may be a camera's
        calibration = {path[-1]: bad}
        for key in reversed(path[:-1]):
            calibration = {key: calibration}
        with pytest.raises(BoardFileError) as error:
            load_hardware(board, calibration, "calibration.yaml")
        assert "\n" not in str(error.value)
        assert path == ("board",) or (
            str(error.value).startswith("calibration.yaml: ") and path[-1] in str(error.value)
        ), (path, value)


@pytest.mark.parametrize("board", board_names())
def test_the_board_itself_leaves_nothing_to_write(board: str) -> None:
    assert only_differences(board, board_values(board)) == {"board": board}


@pytest.mark.slow
@settings(max_examples=40)
@given(st.floats(0.0, 0.9), st.booleans(), st.sampled_from(["M1", "M3"]))
def test_what_is_written_loads_to_the_same_robot(
    dead_band: float, inverted: bool, port: str
) -> None:
    wanted = laid_over(
        board_values(BOARD),
        {"tracks": {"right": {"port": port, "dead_band": dead_band, "inverted": inverted}}},
    )
    assert load_hardware(BOARD, only_differences(BOARD, wanted)) == load_hardware(BOARD, wanted)


@settings(max_examples=40)
@given(TREES, TREES)
def test_the_newer_key_wins_and_nothing_is_changed_in_place(
    old: dict[str, object], new: dict[str, object]
) -> None:
    before = yaml.safe_dump([old, new])
    merged = laid_over(old, new)
    assert yaml.safe_dump([old, new]) == before
    assert laid_over(merged, new) == merged
    assert {key for key, was, _ in changes(new, merged) if was != ABSENT} == set()


def test_changes_are_told_by_their_full_key() -> None:
    before = {"board": BOARD, "tracks": {"left": {"inverted": True, "dead_band": 0.3}}}
    after = {
        "board": BOARD,
        "tracks": {"left": {"inverted": False}},
        "battery": {"reference": 4.93},
    }
    assert changes(before, after) == [
        ("tracks.left.inverted", "true", "false"),
        ("tracks.left.dead_band", "0.3", ABSENT),
        ("battery.reference", ABSENT, "4.93"),
    ]
    assert changes(after, after) == []


def test_a_file_is_written_with_its_heading_and_the_old_one_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "config" / "rasptank.yaml"
    first, second = {"board": BOARD, "tracks": {"left": {"dead_band": 0.3}}}, {"board": BOARD}
    assert write_calibration(path, first, "made by a test\nin two lines") is None
    assert path.read_text().startswith("# made by a test\n# in two lines\nboard: robot_hat_v3\n")
    assert read_calibration(path) == first
    kept = write_calibration(path, second, "again")
    assert kept == path.with_name("rasptank.yaml.bak")
    assert read_calibration(kept) == first and read_calibration(path) == second
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "rasptank.yaml",
        "rasptank.yaml.bak",
    ]


@pytest.mark.parametrize(
    "bad", [{"tracks": {"left": {"dead_band": 2.0}}}, {"trakcs": {}}, {"board": "none"}]
)
def test_a_fault_leaves_the_old_file_as_it_was(tmp_path: Path, bad: dict[str, object]) -> None:
    path = tmp_path / "rasptank.yaml"
    path.write_text("board: robot_hat_v3\n")
    with pytest.raises(BoardFileError):
        write_calibration(path, {"board": BOARD, **bad}, "bad")
    assert [file.name for file in tmp_path.iterdir()] == ["rasptank.yaml"]
    assert path.read_text() == "board: robot_hat_v3\n"


def test_a_place_that_cannot_be_written_is_told_in_one_line_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"--out; it is kept as .*\.yaml$") as error:
        write_calibration(tmp_path / "file" / "rasptank.yaml", {"board": BOARD}, "nowhere")
    kept = Path(str(error.value).rpartition(" ")[2])
    assert read_calibration(kept) == {"board": BOARD}
    kept.unlink()
