"""``./tank calibrate``: adjust to your own robot, camera, toys and light.

One command for each thing to calibrate.
"""

from __future__ import annotations

import argparse
import importlib
from dataclasses import dataclass

EXAMPLES = """\
examples:
  ./tank calibrate colors --world cells --objects "yellow, green, red, blue, purple"
  ./tank calibrate colors --topic                                 number what the robot sees
  ./tank calibrate camera --board 9x6 --square 0.025 --topic      hold up a chessboard, twelve times
  ./tank calibrate motors                                         while nothing else drives it
  ./tank calibrate motors --mock                                  the same dialogue without a robot

./tank calibrate WHAT --help tells the steps; docs/perception.md and docs/hardware.md tell
what it is good for."""


@dataclass(frozen=True)
class Kind:
    """``module`` has ``configure(parser)`` and ``run(args) -> exit code``."""

    module: str
    help: str


KINDS = {
    "colors": Kind(
        "tank_cli.calibrate.colors",
        "which hue has which name, from pictures of things of known color",
    ),
    "camera": Kind(
        "tank_cli.calibrate.camera",
        "focal length, center and distortion, from pictures of a chessboard",
    ),
    "motors": Kind(
        "tank_cli.calibrate.motors",
        "which motor drives which track, its dead-band, how fast it runs",
    ),
    "servos": Kind(
        "tank_cli.calibrate.servos", "direction, center, scale and end stops of each servo"
    ),
    "battery": Kind(
        "tank_cli.calibrate.battery", "what the battery's reading is worth, by a multimeter"
    ),
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    kinds = parser.add_subparsers(title="what to calibrate", metavar="WHAT", required=True)
    for name, kind in KINDS.items():
        module = importlib.import_module(kind.module)
        lines = (module.__doc__ or "").partition(": ")[2].strip()
        about = lines[:1].upper() + lines[1:]
        own = kinds.add_parser(
            name,
            help=kind.help,
            description=about,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(own)
        own.set_defaults(calibrate=module.run)


def run(args: argparse.Namespace) -> int:
    return int(args.calibrate(args))
