"""The folder of what ``./tank learn`` makes of a skill."""

from __future__ import annotations

import argparse
from pathlib import Path

from tank_core.io.arguments import output_folder
from tank_core.io.checkout import home
from tank_core.io.outputs import make_folder


def add_out(parser: argparse.ArgumentParser, name: str) -> None:
    """``--out``: where file, curve and what else is made go."""
    parser.add_argument(
        "--out",
        type=output_folder,
        default=None,
        metavar="FOLDER",
        help=f"of the skill's file, its curve, ONNX (default: {home() / 'skills' / name})",
    )


def out_folder(args: argparse.Namespace, name: str) -> Path:
    """The folder that was said, or the skill's own in .tank; it is made."""
    folder: Path = args.out or home() / "skills" / name
    make_folder(folder)
    return folder
