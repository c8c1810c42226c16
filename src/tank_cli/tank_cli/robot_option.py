"""The option that names one of several robots, and the cure where none runs."""

from __future__ import annotations

import argparse
import re

HOW_TO_START = "start one with ./tank sim, or ros2 launch tank_bringup sim.launch.py"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(/[A-Za-z][A-Za-z0-9_]*)*")


def add_robot(parser: argparse.ArgumentParser) -> None:
    """Add --robot, a namespace without the first slash; empty for none."""
    parser.add_argument(
        "--robot",
        type=space,
        default="",
        metavar="NAME",
        help="which of several robots: its namespace, such as tank2 (./tank sim --robots 2)",
    )


def space(text: str) -> str:
    """Read a namespace, without the slashes at its ends; empty for none."""
    name = text.strip("/")
    if name and not NAME.fullmatch(name):  # argparse reads the default by this, too
        raise argparse.ArgumentTypeError(f"{text!r} is no namespace; say one such as tank2")
    return name
