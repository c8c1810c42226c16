"""The parameters of the executor's node."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tank_core.robot.frame_names import name_fault
from tank_core.ros import interfaces as names
from tank_core.ros.parameters import Setting
from tank_core.skill_choice import CHOICES_HELP, choices_fault
from tank_executor.motion.travel import Compass

SETTINGS = (
    Setting("robot", "tank", "the robot: a name that comes with Tank, or a path to a YAML file"),
    Setting("stamped_cmd_vel", True, "cmd_vel is TwistStamped; false: Twist"),
    Setting(
        "base_frame",
        names.BASE_FRAME,
        "the robot's own frame, in which detections come and velocities go",
        check=name_fault,
    ),
    Setting("odom_frame", names.ODOM_FRAME, "frame in which plans are drawn", check=name_fault),
    Setting(
        "commands_max_age",
        30.0,
        "[s] age of a command list's stamp beyond which it is refused; a stop never is",
        0.1,
        3600.0,
    ),
    Setting(
        "stop_for_obstacles",
        True,
        "stop short of what the range sensor or the camera sees in the way, and say so",
    ),
    Setting(
        "north_deg",
        -1.0,
        "[deg] where north is in odom when the robot starts, counter-clockwise from x; -1: not "
        "known until somebody says which way the robot faces",
        -1.0,
        360.0,
    ),
    Setting("skills", "", f"learned skills: {CHOICES_HELP}", check=choices_fault),
    Setting(
        "skill_fallback",
        False,
        "where a learned skill fails, the stack's own way is tried once, and that is said",
    ),
)


def compass_of(settings: Mapping[str, Any]) -> Compass | None:
    """The compass that the settings know; None where north is not known."""
    north = settings["north_deg"]
    return Compass(math.radians(north)) if north >= 0.0 else None
