"""Options that several benchmarks share."""

from __future__ import annotations

import argparse
import os


def add_robot(parser: argparse.ArgumentParser) -> None:
    """``--robot``: which robot is simulated."""
    parser.add_argument(
        "--robot",
        default="tank",
        metavar="R",
        help="a robot's name, or a path to its YAML file (default: tank)",
    )


def add_model(parser: argparse.ArgumentParser) -> None:
    """``--model``: which language model answers; ``use_model`` makes it so."""
    parser.add_argument(
        "--model", default="", metavar="P", help="path of a GGUF model (default: Tank's own)"
    )


def use_model(args: argparse.Namespace) -> None:
    """Let every part of the stack take the model that was asked for.

    In other processes as well.
    """
    if args.model:
        os.environ["TANK_MODEL"] = args.model
