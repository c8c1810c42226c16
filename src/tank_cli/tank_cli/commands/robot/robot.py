"""``./tank robot``: the real RaspTank, or with --mock the model of its chips.

In a terminal, a prompt to speak to it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from typing import TYPE_CHECKING

from tank_cli.cockpit_options import add_cockpit
from tank_cli.prompt.cockpit_page import small_cockpit
from tank_cli.skill_option import add_skills, choices_of, skills_of
from tank_cli.twist_option import add_twist
from tank_core.io.console import say
from tank_llama.model_file import HELP

if TYPE_CHECKING:
    from tank_stack.arguments import Value

EXAMPLE = "drive forward 20 centimeters"
# [bytes] from which a machine has room for a cockpit with ROS; a Pi Zero 2 W has half of it
ROOM_FOR_COCKPIT = 900 << 20
MOCK_BOARD = "robot_hat_v3"


def configure(parser: argparse.ArgumentParser) -> None:
    from tank_hw_driver.hardware import board_names

    parser.add_argument(
        "--board",
        choices=("auto", *board_names()),
        default="auto",
        help="the board (default: the one that answers on the I2C bus)",
    )
    parser.add_argument(
        "--mock",
        action="store_true",
        help=f"no robot: the model of its chips, of {MOCK_BOARD} if no --board is given",
    )
    parser.add_argument(
        "--calibration",
        default="",
        metavar="P",
        help="calibration file (default: ~/.config/tank/rasptank.yaml)",
    )
    parser.add_argument(
        "--robot",
        default="",
        metavar="R",
        help="a robot's name, or a path to its YAML file (default: the board's)",
    )
    parser.add_argument(
        "--camera",
        default="",
        metavar="C",
        help="auto, picamera2, none, /dev/video0, or file:PATH of a film (default: the "
        "calibration's; with --mock none)",
    )
    parser.add_argument(
        "--model",
        default="",
        metavar="P",
        help=HELP,
    )
    parser.add_argument(
        "--viewer",
        choices=("web", "none"),
        default="",
        help="web: the cockpit, in a browser (default where there is memory for it); none: nowhere "
        "here, as for ./tank cockpit on a PC",
    )
    parser.add_argument(
        "--cockpit",
        action="store_true",
        help="the cockpit for a small computer, such as the robot's own: without ROS in its "
        "process, which takes 35 MB instead of 100",
    )
    add_cockpit(parser)
    add_twist(parser)
    add_skills(parser)


def run(args: argparse.Namespace) -> int:
    settings = _settings(args)
    from tank_cli.prompt.stack_session import run_stack
    from tank_stack.stack import RASPTANK, load_stack

    if args.cockpit:  # its process is not one that the prompt hears
        say(f"the cockpit is at {small_cockpit(args.host, args.port)}, or on the next free port")
    what = f"{settings['robot']} with the board {settings['board']}"
    if not args.mock:
        return run_stack(load_stack(RASPTANK), settings, what, EXAMPLE)
    # away from the guardian of a real robot
    with tempfile.TemporaryDirectory(prefix="tank-mock-") as folder:
        os.environ |= {
            "TANK_GUARDIAN_SOCKET": f"{folder}/guardian",
            "TANK_CHIPS_SOCKET": f"{folder}/chips",
            "TANK_COCKPIT_SOCKET": f"{folder}/cockpit",
        }
        return run_stack(
            load_stack(RASPTANK), settings, f"{what}, whose chips are a model (--mock)", EXAMPLE
        )


def _settings(args: argparse.Namespace) -> dict[str, Value]:
    """The stack's settings.

    Whatever is known to be wrong is refused before anything is started.
    """
    from tank_core.robot import load_robot
    from tank_hw_driver.hardware import UNCALIBRATED, find_calibration, load_hardware

    # a mock is nobody's robot
    calibration = args.calibration or (UNCALIBRATED if args.mock else "")
    given, where = find_calibration(calibration)
    board = _board(args, str(given.get("board", "")))
    hardware = load_hardware(board, given, where)
    robot = args.robot or hardware.robot
    skills_of(args, load_robot(robot))
    return {
        "board": board, "mock_hardware": args.mock, "calibration": calibration, "robot": robot,
        "camera_source": args.camera or ("none" if args.mock else ""), "model": args.model,
        "stamped_cmd_vel": not args.twist, "viewer": _viewer(args), "cockpit": args.cockpit,
        "page_host": args.host, "page_port": args.port, "skills": choices_of(args),
        "skill_fallback": args.skill_fallback,
    }  # fmt: skip


def settings_for(mock: bool) -> dict[str, Value]:
    """The settings of a robot of which nothing is said, without a cockpit."""
    parser = argparse.ArgumentParser()
    configure(parser)
    return _settings(parser.parse_args(["--viewer", "none", *(["--mock"] if mock else [])]))


def _viewer(args: argparse.Namespace) -> str:
    """The viewer: as said, else the cockpit where there is memory for it."""
    if args.viewer or args.cockpit:
        return str(args.viewer or "none")
    return "web" if total_memory() >= ROOM_FOR_COCKPIT else "none"


def total_memory() -> int:
    """The memory of this machine [bytes]."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _board(args: argparse.Namespace, calibrated: str) -> str:
    """The board: as said, else calibrated, else the one that answers.

    With --mock the usual one comes before the one that answers.
    """
    if args.board != "auto":
        return str(args.board)
    if calibrated or args.mock:
        return calibrated or MOCK_BOARD
    from tank_hw_driver.board.probing import probe_board
    from tank_hw_driver.bus.base import REAL
    from tank_hw_driver.bus.open import open_wires

    wires = open_wires(REAL)
    try:
        return probe_board(wires)
    finally:
        wires.close()
