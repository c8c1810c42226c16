"""Options that several benchmarks share."""

from __future__ import annotations

import argparse
import os
from collections.abc import Collection

from tank_core.exceptions import TankError
from tank_core.io.arguments import whole
from tank_llama.model_file import HELP

SEEDS = 100


def add_robot(parser: argparse.ArgumentParser) -> None:
    """``--robot``: which robot is simulated."""
    parser.add_argument(
        "--robot",
        default="tank",
        metavar="R",
        help="a robot's name, or a path to its YAML file (default: tank)",
    )


def add_seeds(parser: argparse.ArgumentParser) -> None:
    """``--seeds``, ``--first-seed``: how many of each world or task."""
    parser.add_argument(
        "--seeds",
        type=whole(1, 100_000),
        default=SEEDS,
        metavar="N",
        help=f"so many seeds of each (default: {SEEDS})",
    )
    parser.add_argument(
        "--first-seed",
        type=whole(0, 1_000_000),
        default=0,
        metavar="F",
        help="seeds F to F+N-1, to go on where a run ended (default: 0)",
    )


def seeds(args: argparse.Namespace) -> range:
    """The seeds that ``add_seeds`` asked for."""
    return range(args.first_seed, args.first_seed + args.seeds)


def add_realism(parser: argparse.ArgumentParser) -> None:
    """``--realism``: how the robot is simulated."""
    parser.add_argument(
        "--realism",
        default="real",
        metavar="R",
        help="ideal or real: how far the robot is from an ideal one (default: real)",
    )


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """``--jobs``: on how many processes trials are done."""
    parser.add_argument(
        "--jobs",
        type=whole(1, 256),
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes (default: one a core)",
    )


def chosen(option: str, names: str, known: Collection[str]) -> tuple[str, ...]:
    """The names of a list such as "a,b".

    Raises TankError for one that is not known.
    """
    for name in names.split(","):
        if name not in known:
            raise TankError(f"{option}: {name!r} is not known; say some of {', '.join(known)}")
    return tuple(names.split(","))


def add_model(parser: argparse.ArgumentParser) -> None:
    """``--model``: which language model answers; ``use_model`` makes it so."""
    parser.add_argument("--model", default="", metavar="P", help=HELP)


def use_model(args: argparse.Namespace) -> None:
    """Let every part of the stack take the model that was asked for.

    In other processes as well.
    """
    if args.model:
        os.environ["TANK_MODEL"] = args.model
