"""A robot as its file describes it.

Sizes, limits, frames, and the models made of them.
"""

from tank_core.robot.description import (
    ArmDescription,
    Camera,
    Chassis,
    Drive,
    Gripper,
    Joint,
    Link,
    Pace,
    RangeSensor,
    Robot,
    Supports,
)
from tank_core.robot.robot_file import load_robot, read_robot, robot_names

__all__ = [
    "ArmDescription", "Camera", "Chassis", "Drive", "Gripper", "Joint", "Link", "Pace",
    "RangeSensor", "Robot", "Supports", "load_robot", "read_robot", "robot_names",
]  # fmt: skip
