"""Board files and calibrations, read and checked.

Without numpy and ROS: the guardian reads them, too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tank_core.exceptions import ConfigFileError
from tank_core.io.config_file import build, faults_as, laid_over
from tank_core.io.one_line import one_line
from tank_core.io.yaml_files import read_text, read_yaml
from tank_hw_driver.hardware.checks import faults
from tank_hw_driver.hardware.description import Hardware

# not importlib.resources, which costs the guardian a megabyte
BOARDS = Path(__file__).parents[1] / "boards"
CALIBRATION = Path("tank") / "rasptank.yaml"  # in $XDG_CONFIG_HOME
UNCALIBRATED = "none"  # said instead of a calibration file: the board's own values


class BoardFileError(ConfigFileError):
    """A board or a robot's calibration that is missing, unreadable or wrong."""


def board_names() -> list[str]:
    """The boards that Tank knows."""
    return sorted(path.stem for path in BOARDS.glob("*.yaml"))


def calibration_path() -> Path:
    """The place of this robot's calibration, which need not exist.

    $TANK_CALIBRATION, else ~/.config/tank/rasptank.yaml (XDG).
    """
    given = os.environ.get("TANK_CALIBRATION")
    config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(given) if given else Path(config) / CALIBRATION


def find_calibration(choice: str) -> tuple[dict[str, Any], str]:
    """The data of a calibration file, and what it is.

    ``choice`` is a path, "" for ``calibration_path()``, or "none". Raises BoardFileError.
    """
    if choice == UNCALIBRATED:
        return {}, "no calibration"
    path = Path(choice).expanduser() if choice else calibration_path()
    if choice and not path.is_file():
        raise BoardFileError(
            f"calibration file {path} does not exist; ./tank calibrate motors makes one, "
            f"{UNCALIBRATED} does without"
        )
    return read_calibration(path), str(path)


@faults_as(BoardFileError)
def read_calibration(path: Path) -> dict[str, Any]:
    """The plain data of a calibration file; {} where there is none.

    Raises BoardFileError.
    """
    if not path.exists():
        return {}
    data = read_yaml(read_text(path, "calibration file", "mend it, or delete it"), str(path))
    if data is not None and not isinstance(data, dict):
        given = type(data).__name__
        raise BoardFileError(
            f"{one_line(path)}: {given} is not a mapping; give keys as in boards/NAME.yaml, or "
            "delete the file"
        )
    return data or {}


@faults_as(BoardFileError)
def load_hardware(
    board: str, calibration: Mapping[str, Any] | None = None, where: str = "calibration"
) -> Hardware:
    """A board's own values with a calibration (plain data) laid over them.

    Raises BoardFileError that names file, key and cure.
    """
    if board not in board_names():
        raise BoardFileError(f"board {board!r} is not known; say one of {', '.join(board_names())}")
    given = dict(calibration or {})
    if given.get("board", board) != board:
        raise BoardFileError(
            f"{where}: it is for the board {given['board']!r}, and the robot has {board!r}; "
            "calibrate anew or name another file"
        )
    text = (BOARDS / f"{board}.yaml").read_text(encoding="utf-8")
    # keys that are not known stay in, so that ``build`` refuses them
    merged = laid_over(read_yaml(text, f"{board}.yaml"), given)
    hardware: Hardware = build(Hardware, merged, where if given else f"{board}.yaml")
    for fault in faults(hardware):
        raise BoardFileError(f"{where if given else f'{board}.yaml'}: {fault}")
    return hardware
