"""``--skill``, of the commands that run a robot."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tank_core.robot import Robot
    from tank_core.skill import Skill


def add_skills(parser: argparse.ArgumentParser) -> None:
    """Add --skill and --skill-fallback."""
    from tank_core.skill_choice import CHOICES_HELP

    parser.add_argument(
        "--skill",
        action="append",
        default=[],
        metavar="ACTION=S",
        help=f"a learned skill: {CHOICES_HELP} (default: none)",
    )
    parser.add_argument(
        "--skill-fallback",
        action="store_true",
        help="where a learned skill fails, do it by the stack's own way, and say so",
    )


def choices_of(args: argparse.Namespace) -> str:
    """The choices as one text, as stacks and nodes take it."""
    return ",".join(args.skill)


def skills_of(args: argparse.Namespace, robot: Robot) -> dict[str, Skill]:
    """The chosen skills by action, loaded.

    Raises ModelError, in one line, for what is missing or does not fit.
    """
    from tank_skills.choosing import load_skills

    return load_skills(choices_of(args), robot)
