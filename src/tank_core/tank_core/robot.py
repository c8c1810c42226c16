"""Robot descriptions: one ``robots/NAME.yaml`` a robot feeds the simulation, the URDF, IK, the driver and the executor.

SI units; base_link lies on the floor under the robot's centre (x forward, y left, z up).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np

from tank_core.commands import Cell, Speed
from tank_core.exceptions import RobotFileError
from tank_core.inputs import InputError, read_bytes
from tank_core.one_line import quoted
from tank_core.robot_checks import check
from tank_core.state import Twist2D
from tank_core.typed_yaml import build, read_yaml

LARGEST_FILE = 1_000_000  # bytes of a robot file

Vector = tuple[float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True)
class Chassis:
    """The body: a box, by half-sizes [m], its centre ``height`` [m] over the floor; ``com`` [m] from that centre."""

    half_size: Vector
    height: float
    mass: float
    com: Vector


@dataclass(frozen=True)
class Supports:
    """Slippery spheres under the body, ``clearance`` [m] over the floor, so that the wheels carry ``wheel_load`` of the weight."""

    radius: float
    mass: float
    positions: tuple[Point, ...]
    clearance: float
    wheel_load: float


@dataclass(frozen=True)
class Drive:
    """Two driven wheels (or tracks) on the y axis, and the limits of cmd_vel.

    ``wheel_joints`` is (left, right). Turning uses ``wheel_separation * wheel_separation_multiplier``, the calibrated track
    (the parameter of that name in ROS diff_drive_controller).
    ``track_length`` [m] from axle to axle, for tracks; None for wheels.
    """

    wheel_joints: tuple[str, str]
    wheel_radius: float
    wheel_half_width: float
    wheel_mass: float
    wheel_separation: float
    wheel_separation_multiplier: float
    wheel_friction: float
    max_wheel_speed: float
    max_wheel_torque: float
    max_linear: float
    max_angular: float
    linear_acceleration: float
    angular_acceleration: float
    cmd_vel_timeout: float
    supports: Supports
    track_length: float | None = None

    @property
    def belts(self) -> tuple[tuple[Vector, Vector], ...]:
        """A box around each track, left and right: its centre in base_link and its half-sizes [m]. None where there are wheels."""
        if self.track_length is None:
            return ()
        half_size = (self.track_length / 2 + self.wheel_radius, self.wheel_half_width, self.wheel_radius)
        return tuple(((0.0, side * self.wheel_separation / 2, self.wheel_radius), half_size) for side in (1, -1))


@dataclass(frozen=True)
class Joint:
    """A revolute joint: ``origin`` [m] in the parent link, unit ``axis``, limits [rad], [rad/s], [N m]."""

    name: str
    origin: Vector
    axis: Vector
    lower: float
    upper: float
    velocity: float
    effort: float
    home: float


@dataclass(frozen=True)
class Link:
    """What moves with a joint: a box by centre and half-sizes [m] in the joint's frame."""

    name: str
    center: Vector
    half_size: Vector
    mass: float


@dataclass(frozen=True)
class Arm:
    """A serial chain; ``tool`` [m] is the tool centre point in the last link, which points along its +x."""

    joints: tuple[Joint, ...]
    links: tuple[Link, ...]
    tool: Vector

    @property
    def joint_names(self) -> tuple[str, ...]:
        return tuple(joint.name for joint in self.joints)

    @property
    def home(self) -> tuple[float, ...]:
        """The rest pose [rad]."""
        return tuple(joint.home for joint in self.joints)


@dataclass(frozen=True)
class Gripper:
    """A two-finger claw driven by one joint; ``opening`` maps the joint's position to the fingertips' gap [m].

    ``revolute``: the joint is a servo's angle [rad]; else it is the travel of one finger [m], which the other mirrors. ``effort`` is the
    force of the grip [N] in both.
    """

    joint: str
    lower: float
    upper: float
    velocity: float
    effort: float
    opening: tuple[Point, ...]
    max_object: float
    finger_half_size: Vector
    finger_mass: float
    revolute: bool = False

    def gap(self, position: float) -> float:
        """Gap between the fingertips [m] at a joint position."""
        positions, gaps = zip(*self.opening, strict=True)
        return float(np.interp(position, positions, gaps))

    def position(self, gap: float) -> float:
        """Joint position at which the fingertips' gap is ``gap`` [m]; the nearest limit where there is none."""
        positions, gaps = zip(*sorted(self.opening, key=lambda pair: pair[1]), strict=True)
        return float(np.interp(gap, gaps, positions))


@dataclass(frozen=True)
class Camera:
    """A pinhole camera: ``position`` [m] in base_link, ``pitch`` [rad] downwards, vertical field of view [deg], pixels.

    ``mast`` is the line [m] in base_link along which the tube that carries it runs; empty for none.
    """

    position: Vector
    pitch: float
    fovy: float
    width: int
    height: int
    rate: float
    mast: tuple[Vector, ...] = ()
    mast_radius: float = 0.008

    @property
    def focal_px(self) -> float:
        """Focal length [px]: (height / 2) / tan(fovy / 2), square pixels."""
        return self.height / 2 / math.tan(math.radians(self.fovy) / 2)


@dataclass(frozen=True)
class RangeSensor:
    """A distance sensor that looks along +x: ``position`` [m] in base_link, cone [rad], reach [m]."""

    position: Vector
    field_of_view: float
    min_range: float
    max_range: float


@dataclass(frozen=True)
class Pace:
    """What a word of speed means: [m/s], [rad/s]."""

    linear: float
    angular: float


@dataclass(frozen=True)
class Robot:
    """Everything that is particular to one robot.

    ``joint_feedback`` is False where servos tell nothing: joint states are then where the joints were told to be, with effort 0.
    """

    name: str
    chassis: Chassis
    drive: Drive
    arm: Arm
    gripper: Gripper
    camera: Camera
    speeds: dict[Speed, Pace]
    cells: dict[Cell, Point]
    range_sensor: RangeSensor | None = None
    joint_feedback: bool = True

    @property
    def joint_names(self) -> tuple[str, ...]:
        """Arm joints from base to tip, then the gripper."""
        return (*self.arm.joint_names, self.gripper.joint)

    def joint_limits(self, name: str) -> tuple[float, float]:
        """(lower, upper) [rad or m] of a joint."""
        for joint in self.arm.joints:
            if joint.name == name:
                return joint.lower, joint.upper
        if name == self.gripper.joint:
            return self.gripper.lower, self.gripper.upper
        raise RobotFileError(f"robot {self.name} has no joint {name!r}; it has {', '.join(self.joint_names)}")

    def joint_velocity(self, name: str) -> float:
        """Greatest speed [rad/s or m/s] of a joint."""
        for joint in self.arm.joints:
            if joint.name == name:
                return joint.velocity
        return self.gripper.velocity

    def pace(self, speed: Speed | None) -> Pace:
        """The pace of a word of speed; normal when none was said."""
        return self.speeds[speed or Speed.NORMAL]

    def cell(self, cell: Cell | None) -> Point:
        """(x, y) [m] of a cell on the floor in base_link; front when none was said."""
        return self.cells[cell or Cell.FRONT]

    def clamp_twist(self, twist: Twist2D) -> Twist2D:
        """The nearest velocity that the robot allows; not-a-number becomes 0."""
        return Twist2D(_clamp(twist.linear, self.drive.max_linear), _clamp(twist.angular, self.drive.max_angular))


def _clamp(value: float, limit: float) -> float:
    return 0.0 if math.isnan(value) else max(-limit, min(limit, value))


def robot_names() -> list[str]:
    """The robots that come with Tank."""
    folder = resources.files("tank_core") / "robots"
    return sorted(path.name.removesuffix(".yaml") for path in folder.iterdir() if path.name.endswith(".yaml"))


@cache
def load_robot(name_or_path: str = "tank") -> Robot:
    """A robot by name, or from a YAML file by path. Raises RobotFileError that names the key and the cure."""
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        text = _read(path)
    elif name_or_path in robot_names():
        text = (resources.files("tank_core") / "robots" / f"{name_or_path}.yaml").read_text(encoding="utf-8")
    else:
        raise RobotFileError(f"robot {quoted(name_or_path)} is not known; say one of {', '.join(robot_names())}, or a path ending in .yaml")
    robot: Robot = build(Robot, read_yaml(text, name_or_path), name_or_path)
    check(robot, name_or_path)
    return robot


def _read(path: Path) -> str:
    try:
        return read_bytes(path, LARGEST_FILE).decode("utf-8-sig")
    except InputError as error:
        raise RobotFileError(f"robot file {error}") from None
    except UnicodeDecodeError as error:
        raise RobotFileError(f"robot file {path} cannot be read: it is not UTF-8, byte {error.start} is wrong; save it as UTF-8") from None
