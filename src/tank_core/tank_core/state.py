"""A robot's state and the commands to it, in SI units, without ROS."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tank_core.geometry import Pose2D as Pose2D  # a part of every state

Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Image = npt.NDArray[np.uint8]  # (height, width, 3), RGB
Rgb = tuple[int, int, int]  # 0 to 255
Box = tuple[int, int, int, int]  # left, top, width, height in an image [px]


@dataclass(frozen=True)
class Twist2D:
    """A planar velocity in base_link.

    Linear along x [m/s], angular about z [rad/s], counter-clockwise.
    """

    linear: float = 0.0
    angular: float = 0.0


@dataclass(frozen=True)
class Odometry:
    """The pose of base_link in odom and its velocity in base_link.

    As the robot's own sensors tell them.
    """

    pose: Pose2D = Pose2D()
    twist: Twist2D = Twist2D()
    # Variances that grow with the way: x, y [m^2], yaw [rad^2].
    variance: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class JointState:
    """A joint's position [rad or m], velocity [per s] and effort [N m or N]."""

    position: float
    velocity: float = 0.0
    effort: float = 0.0


@dataclass(frozen=True)
class RobotState:
    """A reading of a robot.

    ``time`` is the backend's own clock [s]; a simulation's starts at 0.
    """

    time: float
    odometry: Odometry = Odometry()
    # by joint name, gripper included
    joints: Mapping[str, JointState] = field(default_factory=dict)
    # distance sensor [m]; None: no sensor, or nothing in reach; NaN: it gives no reading
    range_m: float | None = None
    # [V]; None: this robot does not measure it; NaN: it should, and there is no reading
    battery_v: float | None = None
    battery_charge: float | None = None  # 0 to 1; None: not known

    def positions(self, names: tuple[str, ...]) -> Array:
        """Positions (len(names),) of the named joints, in that order."""
        return np.array([self.joints[name].position for name in names])


@dataclass(frozen=True)
class RobotCommand:
    """A command that holds from now on.

    A velocity, and position targets of joints (those not named keep theirs).
    """

    twist: Twist2D = Twist2D()
    # [rad or m] by joint name, gripper included
    joints: Mapping[str, float] = field(default_factory=dict)
    # [s] for which the velocity holds unless it is said again
    lasts: float = field(default=math.inf, compare=False)


@dataclass(frozen=True)
class TrajectoryPoint:
    """Joint positions to be reached ``time_from_start`` [s] into the way."""

    time_from_start: float
    positions: tuple[float, ...]


@dataclass(frozen=True)
class JointTrajectory:
    """A path for some joints; between points they move linearly."""

    joint_names: tuple[str, ...]
    points: tuple[TrajectoryPoint, ...]

    @property
    def duration(self) -> float:
        """Time of the last point [s]."""
        return self.points[-1].time_from_start if self.points else 0.0


@dataclass(frozen=True)
class CameraFrame:
    """An image: ``rgb`` is (height, width, 3) uint8."""

    time: float  # [s] on the backend's clock
    rgb: npt.NDArray[np.uint8]


OTHER_SHAPE = "other"  # of what is seen well enough to tell that it is none of the known shapes


@dataclass(frozen=True)
class Detection:
    """An object that perception knows, as the camera alone tells it.

    In base_link at the time of its ``Detections``. An object that stands on the floor has its
    center half its height up; one that is seen between the fingers has the tool's place, well over
    the floor.
    """

    id: int  # stays the same while the tracker keeps the object
    color: str | None
    # None: too far away or too well hidden to tell; OTHER_SHAPE: none of the known ones
    shape: str | None
    position: tuple[float, float, float]  # center [m]
    size: tuple[float, float, float] = (0.0, 0.0, 0.0)  # width, depth, height [m]
    confidence: float = 1.0  # 0 to 1
    age: float = 0.0  # [s] since it was last seen; 0: in this image
    covariance: tuple[float, ...] = (0.0,) * 9  # of the position, row by row [m^2]  # (9,)
    box: Box = (0, 0, 0, 0)  # in the image in which it was last seen

    @property
    def shape_told(self) -> bool:
        """True where it is known to be one of the known shapes."""
        return self.shape not in (None, OTHER_SHAPE)

    @property
    def name(self) -> str:
        """Such as "red cube" or "red object", for people."""
        return f"{self.color or 'some'} {self.shape if self.shape_told else 'object'}"


@dataclass(frozen=True)
class Gate:
    """A gate, an arch or a doorway: an opening between two uprights.

    ``pose``: the middle of the opening on the floor, x through it and away from the robot; in
    base_link at the time of its ``Detections``.
    """

    id: int  # stays the same while it is remembered
    pose: Pose2D
    width: float  # [m] between the uprights
    height: float = 0.0  # [m] of what is above; 0: nothing is seen there
    color: str | None = None  # of the uprights; None: of no color that has a name
    confidence: float = 1.0  # 0 to 1
    age: float = 0.0  # [s] since it was last seen; 0: in this image

    @property
    def name(self) -> str:
        """Such as "red gate" or "gate", for people."""
        return f"{self.color} gate" if self.color else "gate"


@dataclass(frozen=True)
class Detections:
    """All objects and gates known at ``time`` [s], when the image was taken."""

    time: float
    objects: tuple[Detection, ...] = ()
    gates: tuple[Gate, ...] = ()
