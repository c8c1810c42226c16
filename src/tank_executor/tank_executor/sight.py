"""What camera and range sensor have told, kept in the odom frame, so that it stays true while the robot moves. Pure."""

from __future__ import annotations

import math
import statistics
from collections import deque
from dataclasses import dataclass

from tank_core.state import Detection, Detections, Pose2D, RobotState

HISTORY_S = 3.0  # poses are kept this long: an image is at most this old when its detections come
RANGES = 3  # readings of the range sensor of which the median counts: single echoes go astray
HANGING_M = 0.03  # this much air under a thing: it is held, or hangs
Place = tuple[float, float]  # (x, y) [m]


@dataclass(frozen=True)
class Thing:
    """One object that the camera knows. ``x``, ``y`` [m] in odom, ``z`` [m] of its centre over the floor."""

    id: int
    color: str | None
    shape: str | None
    x: float
    y: float
    z: float
    width: float  # the greater of width and depth [m]
    height: float  # [m]
    confidence: float
    seen: float  # [s] when it was last seen
    nearest: float  # [m] the least distance from which it was seen

    @property
    def on_floor(self) -> bool:
        """False for what hangs from the gripper."""
        return self.z - self.height / 2 < HANGING_M

    @property
    def name(self) -> str:
        """Such as "red cube"; "thing" where the camera does not say."""
        return " ".join(word for word in (self.color, self.shape or "thing") if word)

    def seen_from(self, base: Pose2D) -> Place:
        """Where it is in base_link."""
        return to_base(base, (self.x, self.y))


class Sight:
    """Feed it every state and the newest detections with ``note``; the rest are questions."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """A new time or a new place: nothing of the old one counts."""
        self.time = -math.inf  # [s] of the newest image whose detections came
        self.things: tuple[Thing, ...] = ()
        self._nearest: dict[int, float] = {}  # by id
        self._poses: deque[tuple[float, Pose2D]] = deque()
        self._ranges: deque[float] = deque(maxlen=RANGES)

    def note(self, state: RobotState, detections: Detections | None) -> None:
        """Take over one reading, and detections if they are newer than the last."""
        self._poses.append((state.time, state.odometry.pose))
        while state.time - self._poses[0][0] > HISTORY_S:
            self._poses.popleft()
        self._ranges.append(math.inf if state.range_m is None or not math.isfinite(state.range_m) else state.range_m)
        if detections is not None and detections.time > self.time:
            pose = self._pose_at(detections.time)
            self.time = detections.time
            self.things = tuple(self._thing(one, pose, detections.time) for one in detections.objects if _is_a_place(one))
            self._nearest = {thing.id: thing.nearest for thing in self.things}

    @property
    def range(self) -> float:
        """Distance that the range sensor measures [m]; infinite where there is no sensor or nothing in reach."""
        return statistics.median(self._ranges) if self._ranges else math.inf

    def _thing(self, one: Detection, base: Pose2D, time: float) -> Thing:
        x, y = from_base(base, one.position[:2])
        distance = math.inf if one.age > 0 else math.hypot(*one.position[:2])
        nearest = min(distance, self._nearest.get(one.id, math.inf))
        width, height = max(one.size[:2]), one.size[2]
        return Thing(one.id, one.color, one.shape, x, y, one.position[2], width, height, one.confidence, time - one.age, nearest)

    def _pose_at(self, time: float) -> Pose2D:
        """Where the robot was; the nearest known where that is not known."""
        after = next((entry for entry in self._poses if entry[0] >= time), self._poses[-1])
        before = next((entry for entry in reversed(self._poses) if entry[0] <= time), self._poses[0])
        span = after[0] - before[0]
        share = (time - before[0]) / span if span > 0 else 0.0
        one, two = before[1], after[1]
        turned = math.remainder(two.yaw - one.yaw, 2 * math.pi)
        return Pose2D(one.x + share * (two.x - one.x), one.y + share * (two.y - one.y), one.yaw + share * turned)


def _is_a_place(one: Detection) -> bool:
    return all(math.isfinite(value) for value in one.position)


def from_base(base: Pose2D, place: Place) -> Place:
    """A place in base_link, in odom."""
    cosine, sine = math.cos(base.yaw), math.sin(base.yaw)
    return base.x + place[0] * cosine - place[1] * sine, base.y + place[0] * sine + place[1] * cosine


def to_base(base: Pose2D, place: Place) -> Place:
    """A place in odom, in base_link."""
    x, y = place[0] - base.x, place[1] - base.y
    cosine, sine = math.cos(base.yaw), math.sin(base.yaw)
    return x * cosine + y * sine, y * cosine - x * sine
