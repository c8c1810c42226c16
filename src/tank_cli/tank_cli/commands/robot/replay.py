"""``./tank replay``: shows a recording again, or does it again and compares.

No robot is commanded: what was seen and told is published, in a namespace of its own.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tank_cli.cockpit_options import add_cockpit
from tank_cli.robot_option import space
from tank_core.exceptions import TankError
from tank_core.io.arguments import number
from tank_llama.model_file import HELP

NAMESPACE = "replay"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recording", type=Path, metavar="FILE", help="a file, or a folder of them")
    parser.add_argument(
        "--again",
        action="store_true",
        help="say its sentences to a simulation like the recorded one, headless and as fast as the "
        "machine can, and compare what comes of them; exit code 1 where it differs",
    )
    parser.add_argument(
        "--cockpit", action="store_true", help="show it on a page like the robot's, until Ctrl-C"
    )
    parser.add_argument(
        "--rate",
        type=number(0.01, 100.0),
        default=1.0,
        metavar="X",
        help="how fast it goes: 2 twice as fast (default: 1)",
    )
    parser.add_argument(
        "--start",
        type=number(0.0, 1e6),
        default=0.0,
        metavar="S",
        help="begin so many seconds into it (default: 0)",
    )
    parser.add_argument(
        "--namespace",
        type=space,
        default=NAMESPACE,
        metavar="NS",
        help=f"where it is published; no robot may be there (default: {NAMESPACE})",
    )
    parser.add_argument("--model", default="", metavar="P", help=f"with --again: {HELP}")
    add_cockpit(parser)


def run(args: argparse.Namespace) -> int:
    if args.again and args.cockpit:
        raise TankError("--again compares and shows nothing; say --again or --cockpit")
    if args.again:
        from tank_cli.again import run_again

        return run_again(args.recording, args.model)
    from tank_cli.ros.showing import run_show

    return run_show(args)
