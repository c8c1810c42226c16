"""Checks that no name of a robot file is there twice.

Neither in the file nor among the parts that the models made of it name themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tank_core.exceptions import RobotFileError
from tank_core.robot.xml_text import Node

if TYPE_CHECKING:
    from tank_core.robot.description import Robot

# what a robot's frames hang from (REP-105), and MuJoCo's own body
FRAMES = ("map", "odom", "world")
# What an element names, in URDF and MJCF. Names of different kinds may be the same.
_KINDS = {"freejoint": "joint", "velocity": "actuator", "position": "actuator"} | {
    kind: kind for kind in ("link", "joint", "body", "geom", "site", "camera")
}


def check_names(robot: Robot, model: Node, where: str) -> None:
    """``model`` is the robot as URDF or MJCF.

    Raises RobotFileError that names the key of a name that is there twice.
    """
    names = Counter(
        (_KINDS[node.tag], node.get("name", ""))
        for node in model.iter()
        if node.tag in _KINDS and node.get("name")
    )
    for frame in FRAMES:
        names["link", frame] += 1
    twice = {name for (_, name), count in names.items() if count > 1}
    own: dict[str, str] = {}  # key in the file by name
    for key, name in _own_names(robot):
        if name in own and name in twice:
            raise RobotFileError(
                f"{where}: {key} is {name!r}, and so is {own[name]}; give each its own name"
            )
        own[name] = key
    for name in sorted(twice & own.keys()):
        kinds = {kind for kind, other in names if other == name}
        taken = ", ".join(sorted({other for kind, other in names if kind in kinds} - own.keys()))
        raise RobotFileError(
            f"{where}: {own[name]} is {name!r}, which is another part's name; give one that is "
            f"none of {taken}"
        )
    for name in sorted(twice):
        raise RobotFileError(
            f"{where}: two parts of the model are named {name!r}, after joints of the file; give "
            "these other names"
        )


def _own_names(robot: Robot) -> Iterator[tuple[str, str]]:
    for side, name in enumerate(robot.drive.wheel_joints):
        yield f"drive: wheel_joints[{side}]", name
    for number, joint in enumerate(robot.arm.joints):
        yield f"arm: joints[{number}]: name", joint.name
    yield "gripper: joint", robot.gripper.joint
    for number, link in enumerate(robot.arm.links):
        yield f"arm: links[{number}]: name", link.name
