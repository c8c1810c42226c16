"""Robot files: found by name, read, and checked."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from tank_core.exceptions import RobotFileError
from tank_core.io.config_file import build, faults_as
from tank_core.io.one_line import one_line
from tank_core.io.yaml_files import read_text, read_yaml
from tank_core.robot.arm_poses import check_poses
from tank_core.robot.checks import check
from tank_core.robot.description import Robot
from tank_core.robot.model_names import check_names
from tank_core.robot.urdf import urdf_tree


def robot_names() -> list[str]:
    """The robots that come with Tank."""
    folder = resources.files("tank_core") / "robots"
    return sorted(
        path.name.removesuffix(".yaml") for path in folder.iterdir() if path.name.endswith(".yaml")
    )


@cache
@faults_as(RobotFileError)
def load_robot(name_or_path: str = "tank") -> Robot:
    """A robot by name, or from a YAML file by path.

    Raises RobotFileError that names the key and the cure.
    """
    where = one_line(name_or_path)
    if where.endswith((".yaml", ".yml")):
        text = read_text(name_or_path, "robot file")
    elif name_or_path in robot_names():
        text = (resources.files("tank_core") / "robots" / f"{name_or_path}.yaml").read_text(
            encoding="utf-8"
        )
    else:
        raise RobotFileError(
            f"robot {name_or_path!r} is not known; say one of {', '.join(robot_names())}, or a "
            "path ending in .yaml"
        )
    return read_robot(read_yaml(text, where), where)


@faults_as(RobotFileError)
def read_robot(data: Any, where: str) -> Robot:
    """The robot of plain data; ``where`` begins each refusal.

    Raises RobotFileError that names the key and the cure.
    """
    robot: Robot = build(Robot, data, where)
    check(robot, where)
    check_poses(robot, where)
    check_names(robot, urdf_tree(robot), where)
    return robot
