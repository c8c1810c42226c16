"""``./tank sim``: the simulated robot with everything that drives it.

In a terminal, a prompt to speak to it.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tank_cli.cockpit_options import add_cockpit
from tank_cli.skill_option import add_skills, choices_of, skills_of
from tank_cli.twist_option import add_twist
from tank_core.io.arguments import number, whole
from tank_llama.model_file import HELP

if TYPE_CHECKING:
    from tank_stack.arguments import Value

MOST_ROBOTS = 8
EXAMPLE = "drive forward one meter, then turn left and pick up the cube"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--robot",
        default="tank",
        metavar="R",
        help="a robot's name, or a path to its YAML file (default: tank)",
    )
    parser.add_argument(
        "--world",
        default="playground",
        metavar="W",
        help="a world's name; ./tank worlds lists them (default: playground)",
    )
    parser.add_argument(
        "--seed",
        type=whole(0, 2**31 - 1),
        default=0,
        metavar="N",
        help="another one puts the same things elsewhere (default: 0)",
    )
    parser.add_argument(
        "--realism",
        choices=("ideal", "real"),
        default="ideal",
        help="real: noise, slip and latency (default: ideal)",
    )
    parser.add_argument(
        "--viewer",
        choices=("web", "mujoco", "window", "none"),
        default="web",
        help="web: the cockpit, in a browser (default); mujoco: MuJoCo's own page; window: "
        "MuJoCo's window; none: nowhere",
    )
    add_cockpit(parser)
    parser.add_argument(
        "--robots",
        type=whole(1, MOST_ROBOTS),
        default=1,
        metavar="N",
        help="as many robots, each in a world, a namespace and a cockpit of its own: tank1, tank2, "
        "... (default: 1)",
    )
    parser.add_argument(
        "--headless", action="store_true", help="show it nowhere: the same as --viewer none"
    )
    parser.add_argument(
        "--model",
        default="",
        metavar="P",
        help=HELP,
    )
    parser.add_argument(
        "--real-time-factor",
        type=number(0.0, 1000.0),
        default=1.0,
        metavar="X",
        help="how fast time goes: 1 real time, 2 twice as fast, 0 as fast as it can",
    )
    add_twist(parser)
    add_skills(parser)


def run(args: argparse.Namespace) -> int:
    settings = _settings(args)
    from tank_cli.prompt.stack_session import run_stack
    from tank_stack.stack import SIM, load_stack

    if args.robots > 1:
        from tank_cli.prompt.several import run_several

        return run_several(load_stack(SIM), settings, args.robots, EXAMPLE)
    return run_stack(load_stack(SIM), settings, f"{args.robot} in the world {args.world}", EXAMPLE)


def _settings(args: argparse.Namespace) -> dict[str, Value]:
    """The stack's settings.

    Whatever is known to be wrong is refused before anything is started.
    """
    from tank_core.robot import load_robot
    from tank_sim.worlds import build_world

    robot = load_robot(args.robot)
    build_world(args.world, robot)
    skills_of(args, robot)
    viewer = "none" if args.headless else args.viewer
    return {
        "robot": args.robot, "world": args.world, "seed": args.seed, "realism": args.realism,
        "viewer": viewer,
        "real_time_factor": args.real_time_factor, "model": args.model,
        "stamped_cmd_vel": not args.twist, "page_host": args.host, "page_port": args.port,
        "skills": choices_of(args), "skill_fallback": args.skill_fallback,
    }  # fmt: skip
