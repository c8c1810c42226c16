"""``./tank worlds``: the simulated worlds, what is in each, and pictures.

One a line.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tank_core.exceptions import TankError
from tank_core.io.arguments import output_folder, seed
from tank_core.io.checkout import home
from tank_core.io.console import YELLOW, say
from tank_core.io.outputs import make_folder

if TYPE_CHECKING:
    from tank_core.robot import Robot


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--robot",
        default="tank",
        metavar="R",
        help="a robot's name, or a path to its YAML file (default: tank)",
    )
    parser.add_argument(
        "--seed",
        type=seed,
        default=0,
        metavar="N",
        help="places the objects in the pictures (default: 0)",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--pictures",
        type=output_folder,
        metavar="DIR",
        help=f"draw each world into DIR/WORLD.png (default: {_folder()})",
    )
    where.add_argument("--no-pictures", action="store_true", help="only the list")


def run(args: argparse.Namespace) -> int:
    from tank_core.robot import load_robot
    from tank_sim.worlds import build_world, world_names

    robot = load_robot(args.robot)
    width = max(map(len, world_names()))
    for name in world_names():
        things = [thing.name.replace("_", " ") for thing in build_world(name, robot).objects]
        print(f"{name:{width}}  {', '.join(things) or 'nothing but the floor'}")
    if args.no_pictures:
        return 0
    folder = args.pictures or _folder()
    try:
        for name in world_names():
            _draw(robot, name, args.seed, folder / f"{name}.png")
    except TankError as error:
        if args.pictures is not None:
            raise
        say(str(error), YELLOW)  # nobody asked for them in so many words
        return 0
    say(f"pictures of them: {folder}/*.png")
    return 0


def _folder() -> Path:
    """The folder of pictures that nobody named a place for.

    Beside the set-up, out of the way of git.
    """
    return home() / "worlds"


def _draw(robot: Robot, name: str, number: int, path: Path) -> None:
    """Write the world's picture.

    Raises TankError without OpenGL, or when the file cannot be written.
    """
    from tank_episode.film.picture import write
    from tank_sim.mujoco_backend import MujocoBackend
    from tank_sim.sensors import render_backend
    from tank_sim.view.overview import overview

    backend = MujocoBackend(robot, name, number)
    with backend:
        backend.advance(0.5)
        try:
            image = overview(backend)
        except Exception as error:
            # OpenGL drivers fail in ways of their own: ImportError, AttributeError, FatalError ...
            raise TankError(f"no pictures, because {render_backend.explained(error)}") from None
    make_folder(path.parent)
    write(path, image)
