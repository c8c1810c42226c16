"""Robot descriptions, as ``robots/NAME.yaml`` states them.

One file a robot feeds the simulation, the URDF, inverse kinematics, the driver and the executor. SI
units; base_link lies on the floor under the robot's center (x forward, y left, z up).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np

from tank_core.commands import ArmPose, Cell, Speed
from tank_core.exceptions import RobotFileError
from tank_core.geometry import Place, Vector, clamp
from tank_core.io.config_file import Identifier, Within
from tank_core.state import Twist2D

# What is physically possible, for anything from a toy to what still goes through a door. What is
# impossible only together with other values is in checks.py.
Mass = Annotated[float, Within(1e-4, 500.0, "kg")]
Size = Annotated[float, Within(2e-4, 5.0, "m")]  # of something that is there: never 0
Length = Annotated[float, Within(0.0, 10.0, "m")]
Coordinate = Annotated[float, Within(-10.0, 10.0, "m")]
Velocity = Annotated[float, Within(1e-3, 20.0, "m/s")]
AngularVelocity = Annotated[float, Within(1e-3, 100.0, "rad/s")]
Acceleration = Annotated[float, Within(1e-3, 100.0, "m/s^2")]
AngularAcceleration = Annotated[float, Within(1e-3, 1000.0, "rad/s^2")]
Torque = Annotated[float, Within(1e-3, 1000.0, "N m")]
Force = Annotated[float, Within(1e-2, 1000.0, "N")]
Angle = Annotated[float, Within(-13.0, 13.0, "rad")]  # two turns to each side
JointPosition = Annotated[float, Within(-13.0, 13.0, "rad or m")]
JointVelocity = Annotated[float, Within(1e-3, 100.0, "rad/s or m/s")]
Component = Annotated[float, Within(-1.0, 1.0)]  # of a unit vector
Friction = Annotated[float, Within(0.01, 10.0)]
Share = Annotated[float, Within(0.01, 1.0)]
Ratio = Annotated[float, Within(0.1, 10.0)]
Sizes = tuple[Size, Size, Size]
Coordinates = tuple[Coordinate, Coordinate, Coordinate]


@dataclass(frozen=True)
class Chassis:
    """The body: a box.

    By half-sizes [m], its center ``height`` [m] over the floor; ``com`` [m] from that center.
    """

    half_size: Sizes
    height: Length
    mass: Mass
    com: Coordinates


@dataclass(frozen=True)
class Supports:
    """Slippery spheres under the body, ``clearance`` [m] over the floor.

    The wheels carry ``wheel_load`` of the weight.
    """

    radius: Size
    mass: Mass
    positions: tuple[tuple[Coordinate, Coordinate], ...]
    clearance: Length
    wheel_load: Share


@dataclass(frozen=True)
class Drive:
    """Two driven wheels (or tracks) on the y axis, and the limits of cmd_vel.

    ``wheel_joints`` is (left, right). Turning uses ``wheel_separation *
    wheel_separation_multiplier``, the calibrated track (the parameter of that name in ROS
    diff_drive_controller). ``track_length`` [m] from axle to axle, for tracks; None for wheels.
    """

    wheel_joints: tuple[Identifier, Identifier]
    wheel_radius: Size
    wheel_half_width: Size
    wheel_mass: Mass
    wheel_separation: Size
    wheel_separation_multiplier: Ratio
    wheel_friction: Friction
    max_wheel_speed: Annotated[float, Within(1e-2, 1000.0, "rad/s")]
    max_wheel_torque: Torque
    max_linear: Velocity
    max_angular: AngularVelocity
    linear_acceleration: Acceleration
    angular_acceleration: AngularAcceleration
    cmd_vel_timeout: Annotated[float, Within(0.05, 5.0, "s")]
    supports: Supports
    track_length: Size | None = None

    @property
    def belts(self) -> tuple[tuple[Vector, Vector], ...]:
        """A box around each track, left and right.

        Its center in base_link and its half-sizes [m]. None where there are wheels.
        """
        if self.track_length is None:
            return ()
        half_size = (
            self.track_length / 2 + self.wheel_radius,
            self.wheel_half_width,
            self.wheel_radius,
        )
        return tuple(
            ((0.0, side * self.wheel_separation / 2, self.wheel_radius), half_size)
            for side in (1, -1)
        )


@dataclass(frozen=True)
class Joint:
    """A revolute joint.

    ``origin`` [m] in the parent link, unit ``axis``, limits [rad], [rad/s], [N m].
    """

    name: Identifier
    origin: Coordinates
    axis: tuple[Component, Component, Component]
    lower: Angle
    upper: Angle
    velocity: AngularVelocity
    effort: Torque
    home: Angle


@dataclass(frozen=True)
class Link:
    """A link that moves with a joint: a box in the joint's frame.

    By center and half-sizes [m].
    """

    name: Identifier
    center: Coordinates
    half_size: Sizes
    mass: Mass


@dataclass(frozen=True)
class ArmDescription:
    """A serial chain.

    ``tool`` [m] is the tool center point in the last link, which points along its +x. ``poses`` are
    joint positions [rad] by name; home is that of each joint.
    """

    joints: tuple[Joint, ...]
    links: tuple[Link, ...]
    tool: Coordinates
    poses: dict[ArmPose, tuple[Angle, ...]] = field(default_factory=dict)

    @property
    def joint_names(self) -> tuple[str, ...]:
        return tuple(joint.name for joint in self.joints)

    @property
    def home(self) -> tuple[float, ...]:
        """The rest pose [rad]."""
        return tuple(joint.home for joint in self.joints)


@dataclass(frozen=True)
class Gripper:
    """A two-finger claw driven by one joint.

    ``opening`` maps the joint's position to the fingertips' gap [m].

    ``revolute``: the joint is a servo's angle [rad]; else it is the travel of one finger [m], which
    the other mirrors. ``effort`` is the force of the grip [N] in both.
    """

    joint: Identifier
    lower: JointPosition
    upper: JointPosition
    velocity: JointVelocity
    effort: Force
    opening: tuple[tuple[JointPosition, Length], ...]
    max_object: Size
    finger_half_size: Sizes
    finger_mass: Mass
    revolute: bool = False

    def gap(self, position: float) -> float:
        """Gap between the fingertips [m] at a joint position."""
        positions, gaps = zip(*self.opening, strict=True)
        return float(np.interp(position, positions, gaps))

    def position(self, gap: float) -> float:
        """Joint position at which the fingertips' gap is ``gap`` [m].

        The nearest limit where there is none.
        """
        positions, gaps = zip(*sorted(self.opening, key=lambda pair: pair[1]), strict=True)
        return float(np.interp(gap, gaps, positions))


@dataclass(frozen=True)
class Camera:
    """A pinhole camera.

    ``position`` [m] in base_link, ``pitch`` [rad] downwards, vertical field of view [deg], pixels.

    ``mast`` is the line [m] in base_link along which the tube that carries it runs; empty for none.

    """

    position: Coordinates
    pitch: Annotated[float, Within(-math.pi / 2, math.pi / 2, "rad")]
    fovy: Annotated[float, Within(5.0, 170.0, "deg")]
    width: Annotated[int, Within(16, 4096, "px")]
    height: Annotated[int, Within(16, 4096, "px")]
    rate: Annotated[float, Within(0.1, 240.0, "Hz")]
    mast: tuple[Coordinates, ...] = ()
    mast_radius: Size = 0.008

    @property
    def focal_px(self) -> float:
        """Focal length [px]: (height / 2) / tan(fovy / 2), square pixels."""
        return self.height / 2 / math.tan(math.radians(self.fovy) / 2)


@dataclass(frozen=True)
class RangeSensor:
    """A distance sensor that looks along +x.

    ``position`` [m] in base_link, cone [rad], reach [m].
    """

    position: Coordinates
    field_of_view: Annotated[float, Within(1e-3, 3.0, "rad")]
    min_range: Length
    max_range: Length


@dataclass(frozen=True)
class Pace:
    """The velocities of a word of speed: [m/s], [rad/s]."""

    linear: Velocity
    angular: AngularVelocity


@dataclass(frozen=True)
class Robot:
    """Everything that is particular to one robot.

    ``joint_feedback`` is False where servos tell nothing: joint states are then where the joints
    were told to be, with effort 0.
    """

    name: Identifier
    chassis: Chassis
    drive: Drive
    arm: ArmDescription
    gripper: Gripper
    camera: Camera
    speeds: dict[Speed, Pace]
    cells: dict[Cell, tuple[Coordinate, Coordinate]]
    range_sensor: RangeSensor | None = None
    joint_feedback: bool = True

    @property
    def joint_names(self) -> tuple[str, ...]:
        """Arm joints from base to tip, then the gripper."""
        return (*self.arm.joint_names, self.gripper.joint)

    @property
    def rest_positions(self) -> dict[str, float]:
        """Positions [rad or m] of the joints: arm at home, gripper open."""
        widest = max(gap for _, gap in self.gripper.opening)
        return {
            **dict(zip(self.arm.joint_names, self.arm.home, strict=True)),
            self.gripper.joint: self.gripper.position(widest),
        }

    def joint_limits(self, name: str) -> tuple[float, float]:
        """(lower, upper) [rad or m] of a joint."""
        for joint in self.arm.joints:
            if joint.name == name:
                return joint.lower, joint.upper
        if name == self.gripper.joint:
            return self.gripper.lower, self.gripper.upper
        raise RobotFileError(
            f"robot {self.name} has no joint {name!r}; it has {', '.join(self.joint_names)}"
        )

    def joint_velocity(self, name: str) -> float:
        """Greatest speed [rad/s or m/s] of a joint."""
        for joint in self.arm.joints:
            if joint.name == name:
                return joint.velocity
        return self.gripper.velocity

    def pace(self, speed: Speed | None) -> Pace:
        """The pace of a word of speed; normal when none was said."""
        return self.speeds[speed or Speed.NORMAL]

    def cell(self, cell: Cell | None) -> Place:
        """(x, y) [m] of a cell on the floor in base_link.

        Front when none was said.
        """
        return self.cells[cell or Cell.FRONT]

    def clamp_twist(self, twist: Twist2D) -> Twist2D:
        """The nearest velocity that the robot allows.

        Not-a-number becomes 0.
        """
        return Twist2D(
            _clamp(twist.linear, self.drive.max_linear),
            _clamp(twist.angular, self.drive.max_angular),
        )


def _clamp(value: float, limit: float) -> float:
    return 0.0 if math.isnan(value) else clamp(value, -limit, limit)
