"""``./tank worlds``: the simulated worlds, one a line, and what is in each."""

from __future__ import annotations

import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--robot", default="tank", metavar="R", help="a robot's name, or a path to its YAML file (default: tank)")


def run(args: argparse.Namespace) -> int:
    from tank_core.robot import load_robot
    from tank_sim.worlds import build_world, world_names

    robot = load_robot(args.robot)
    width = max(map(len, world_names()))
    for name in world_names():
        things = [thing.name.replace("_", " ") for thing in build_world(name, robot).objects]
        print(f"{name:{width}}  {', '.join(things) or 'nothing but the floor'}")
    return 0
