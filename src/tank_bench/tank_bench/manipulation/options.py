"""Options of ``./tank bench manipulation``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tank_bench.common.options import (
    SEEDS,
    add_jobs,
    add_realism,
    add_robot,
    add_seeds,
    chosen,
    seeds,
)
from tank_bench.manipulation.tasks import TASKS, ManipulationTask
from tank_core.exceptions import TankError
from tank_core.io.arguments import output_folder
from tank_core.io.outputs import make_folder

WORLDS = ("playground", "clutter", "dim")


@dataclass(frozen=True)
class Options:
    """Which trials, and how."""

    seeds: range = range(SEEDS)
    worlds: tuple[str, ...] = WORLDS
    tasks: tuple[ManipulationTask, ...] = TASKS
    robot: str = "tank"
    realism: str = "real"
    jobs: int = 1
    pictures: Path | None = None

    def cases(self) -> Iterator[tuple[str, int, ManipulationTask]]:
        """World, seed and task of each trial.

        World by world, because a process keeps one.
        """
        return (
            (world, seed, task)
            for world in self.worlds
            for seed in self.seeds
            for task in self.tasks
        )


def add_options(parser: argparse.ArgumentParser) -> None:
    """Worlds, tasks, seeds, and how it is done."""
    names = ", ".join(TASKS)
    add_seeds(parser)
    parser.add_argument(
        "--worlds", default=",".join(WORLDS), metavar="W,W", help=f"default: {','.join(WORLDS)}"
    )
    parser.add_argument(
        "--tasks", default=",".join(TASKS), metavar="T,T", help=f"of {names} (default: all)"
    )
    add_robot(parser)
    add_realism(parser)
    add_jobs(parser)
    parser.add_argument(
        "--pictures",
        type=output_folder,
        metavar="DIR",
        help="draw the end of each trial that did not succeed into DIR",
    )


def read_options(args: argparse.Namespace) -> Options:
    """Checked before anything is begun: names are known, numbers positive.

    Raises TankError.
    """
    from tank_core.robot import load_robot
    from tank_sim.realism.levels import realism
    from tank_sim.worlds import build_world

    worlds = tuple(args.worlds.split(","))
    for world in worlds:
        if not build_world(world, load_robot(args.robot)).objects:
            raise TankError(
                f"--worlds: there is nothing to find in the world {world}; say one with objects, "
                f"such as {', '.join(WORLDS)}"
            )
    realism(args.realism)
    return Options(
        seeds(args),
        worlds,
        tuple(ManipulationTask(name) for name in chosen("--tasks", args.tasks, TASKS)),
        args.robot,
        args.realism,
        args.jobs,
        _folder(args.pictures),
    )


def _folder(path: Path | None) -> Path | None:
    if path is not None:
        make_folder(path)
    return path
