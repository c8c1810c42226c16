"""Remembers what camera and range sensor told, while the robot moves.

It is kept in the odom frame, so that it stays true. Pure.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tank_core.geometry import Place, Pose2D
from tank_core.robot import RangeSensor
from tank_core.state import OTHER_SHAPE, Detection, Detections, RobotState
from tank_executor.motion.range_memory import RangeMemory

HISTORY_S = 3.0  # poses are kept this long: an image is at most this old when its detections come
AHEAD_S = 0.5  # [s] a stamp may be ahead of the odometry's; beyond, it is from another time
HANGING_M = 0.03  # this much air under a thing: it is held, or hangs
UNSURE_M = 0.5  # standard deviation beyond which a place is none


@dataclass(frozen=True)
class Thing:
    """An object that the camera knows.

    ``x``, ``y`` [m] are in odom, ``z`` [m] is its center over the floor.
    """

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
        """Its name, such as "red cube"; "thing" where its shape is not told."""
        shape = self.shape if self.shape not in (None, OTHER_SHAPE) else "thing"
        return " ".join(filter(None, (self.color, shape)))

    def seen_from(self, base: Pose2D) -> Place:
        """Return its place in base_link of a robot at ``base``."""
        return base.to_local((self.x, self.y))


class ObjectMemory:
    """The objects around the robot, and the distance ahead, as told so far.

    Feed it every state and the newest detections with ``note``; the rest are questions.
    """

    def __init__(self, sensor: RangeSensor | None = None) -> None:
        """Remember echoes of ``sensor``, if there is one."""
        self._sensor = sensor
        self.forget()

    def forget(self) -> None:
        """Forget everything: in a new time or place nothing old counts."""
        self.time = -math.inf  # [s] of the newest image whose detections came
        self.things: tuple[Thing, ...] = ()
        self.range_memory = RangeMemory(self._sensor)
        self._nearest: dict[int, float] = {}  # by id
        self._poses: deque[tuple[float, Pose2D]] = deque()

    def note(self, state: RobotState, detections: Detections | None) -> None:
        """Take over one reading, and detections newer than the last."""
        if self._poses and state.time < self._poses[-1][0]:
            if state.time >= self._poses[-1][0] - AHEAD_S:
                return  # it was overtaken
            self.forget()
        self._poses.append((state.time, state.odometry.pose))
        while state.time - self._poses[0][0] > HISTORY_S:
            self._poses.popleft()
        self.range_memory.note(state.range_m, state.time, state.odometry.pose)
        if (
            detections is not None
            and detections.time > self.time
            and -HISTORY_S <= detections.time - state.time <= AHEAD_S
        ):
            self._take(detections)
        self.range_memory.forget_known(
            ((thing.x, thing.y), thing.width / 2) for thing in self.things
        )

    @property
    def range(self) -> float:
        """Distance that the range sensor measures [m].

        Infinite where there is no sensor or nothing in reach.
        """
        return self.range_memory.range

    def _take(self, detections: Detections) -> None:
        pose, self.time = self._pose_at(detections.time), detections.time
        objects = _with_own_ids(one for one in detections.objects if _is_a_place(one))
        self.things = tuple(self._thing(one, pose, detections.time) for one in objects)
        self._nearest = {thing.id: thing.nearest for thing in self.things}

    def _thing(self, one: Detection, base: Pose2D, time: float) -> Thing:
        x, y = base.to_world(one.position[:2])
        distance = math.inf if one.age > 0 else math.hypot(*one.position[:2])
        nearest = min(distance, self._nearest.get(one.id, math.inf))
        width, height = max(one.size[:2]), one.size[2]
        place, size = (x, y, one.position[2]), (width, height)
        seen = time - one.age
        return Thing(one.id, one.color, one.shape, *place, *size, one.confidence, seen, nearest)

    def _pose_at(self, time: float) -> Pose2D:
        """Return the robot's pose at a time, or the nearest that is known."""
        after = next((entry for entry in self._poses if entry[0] >= time), self._poses[-1])
        before = next(
            (entry for entry in reversed(self._poses) if entry[0] <= time), self._poses[0]
        )
        span = after[0] - before[0]
        share = (time - before[0]) / span if span > 0 else 0.0
        one, two = before[1], after[1]
        return one.between(two, share)


def _is_a_place(one: Detection) -> bool:
    """Whether all of it are numbers, and its place is not too unsure."""
    finite = all(
        math.isfinite(value)
        for value in (*one.position, *one.size, one.age, one.confidence, *one.covariance)
    )
    # every fourth of nine is on the diagonal
    return finite and max(one.covariance[::4], default=0.0) <= UNSURE_M**2


def _with_own_ids(objects: Iterable[Detection]) -> Iterator[Detection]:
    """Give the later of two objects with one id another, negative one.

    It would hide behind the first.
    """
    taken: set[int] = set()
    for one in objects:
        own = one.id
        while own in taken:
            own = min(-1 - abs(one.id), own - 1)
        taken.add(own)
        yield one if own == one.id else replace(one, id=own)
