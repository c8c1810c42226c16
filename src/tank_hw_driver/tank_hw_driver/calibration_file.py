"""The calibration of one robot as a file.

It holds only what differs from its board's own values, and is checked before it takes the old one's
place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from tank_core.io.config_file import faults_as
from tank_core.io.inputs import read_bytes
from tank_core.io.outputs import OutputError, make_folder, write
from tank_core.io.yaml_files import read_yaml
from tank_hw_driver.hardware import BoardFileError, load_hardware

CURE = "name another file with --out"
ABSENT = "board's own"  # in a table of changes: the file says nothing of it


def board_values(board: str) -> dict[str, Any]:
    """A board's own values as plain data.

    Raises BoardFileError for a board that is not known.
    """
    load_hardware(board)
    text = (resources.files("tank_hw_driver") / "boards" / f"{board}.yaml").read_text(
        encoding="utf-8"
    )
    values: dict[str, Any] = read_yaml(text, f"{board}.yaml")
    return values


def only_differences(board: str, calibration: Mapping[str, Any]) -> dict[str, Any]:
    """``calibration`` without what the board says itself.

    ``board`` always stays, and is first.
    """
    rest = {key: value for key, value in calibration.items() if key != "board"}
    return {"board": board, **_differing(board_values(board), rest)}


def _differing(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in over.items():
        own = base.get(key)
        if isinstance(value, Mapping):
            below = _differing(own if isinstance(own, Mapping) else {}, value)
            kept |= {key: below} if below else {}
        elif key not in base or own != value:
            kept[key] = value
    return kept


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Each value that is not the same in two calibrations: key, before, after.

    The key is such as "tracks.left.port".
    """
    old, new = dict(_flat(before)), dict(_flat(after))
    keys = [*old, *(key for key in new if key not in old)]
    return [
        (key, _shown(old, key), _shown(new, key))
        for key in keys
        if old.get(key) != new.get(key) or (key in old) != (key in new)
    ]


def _flat(data: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{place}{key}.")
        else:
            yield f"{place}{key}", value


def _shown(flat: Mapping[str, Any], key: str) -> str:
    if key not in flat:
        return ABSENT
    value = flat[key]
    return (
        str(value).lower()
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


@faults_as(BoardFileError)
def write_calibration(path: Path, calibration: Mapping[str, Any], heading: str) -> Path | None:
    """Write a calibration that names its board, under a comment.

    Returns where the old file was kept (``.bak``), None if there was none. The text is read back
    and loaded first; a fault in it leaves the old file as it was. Raises BoardFileError, or
    OutputError that says where the calibration is instead.
    """
    comment = "".join(f"# {line}\n" for line in heading.splitlines())
    text = comment + yaml.safe_dump(
        dict(calibration), sort_keys=False, default_flow_style=None, width=140
    )
    load_hardware(str(calibration.get("board")), read_yaml(text, str(path)), str(path))
    old = read_bytes(path, what="calibration file") if path.exists() else None
    with suppress(OutputError):  # then ``write`` fails, and keeps what was found out
        make_folder(path.parent)
    write(path, text.encode(), CURE)
    if old is None:
        return None
    kept = path.with_name(path.name + ".bak")
    write(kept, old, CURE)
    return kept
