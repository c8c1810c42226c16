"""Stops by people are found again by whoever comes after a kill -9."""

from __future__ import annotations

from pathlib import Path

import pytest

from tank_hw_driver.guardian.kept_stops import KeptStops


def test_what_was_kept_is_read_by_the_next_and_forgotten_with_the_last(tmp_path: Path) -> None:
    kept, following = KeptStops(tmp_path / "guardian"), KeptStops(tmp_path / "guardian")
    assert following.read("operator") == {}
    stops = {"operator": "robot/stop was called", "executor": "the executor is stopped"}
    kept.keep(stops)
    assert following.read("operator") == stops
    kept.keep({"executor": "x"})
    assert following.read("operator") == {"executor": "x"}
    for _ in range(2):
        kept.keep({})
        assert following.read("operator") == {}


@pytest.mark.parametrize("data", [b"", b"[]", b'{"operator": 1}', b"\xff", b"{" * 20_000])
def test_what_cannot_be_read_is_a_stop(tmp_path: Path, data: bytes) -> None:
    kept = KeptStops(tmp_path / "guardian")
    kept.path.write_bytes(data)
    assert list(kept.read("operator")) == ["operator"]
