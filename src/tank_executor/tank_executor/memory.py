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
from tank_core.state import OTHER_SHAPE, Detection, Detections, Gate, RobotState
from tank_executor.motion.range_memory import RangeMemory

HISTORY_S = 3.0  # poses are kept this long: an image is at most this old when its detections come
AHEAD_S = 0.5  # [s] a stamp may be ahead of the odometry's; beyond, it is from another time
HANGING_M = 0.03  # this much air under a thing: it is held, or hangs
FLOOR_M = 0.015  # less is none: it stands on the floor
# what stands on another thing is as high over the floor as that is high, give or take this, ...
STACK_M = 0.025
STACK_OFF_M = 0.035  # ... and not farther off its middle
# confidence below which nothing stops for a thing; but for what is none of the shapes, such as a
# post, however unsure its place is: beside the range sensor's cone only the camera sees it
SURE_ENOUGH = 0.4
POST_M = 0.2  # what is wider and unsure is a part of a wall, which is no disc
UNSURE_M = 0.5  # standard deviation beyond which a place is none
PUSHED_M = 0.12  # what is this near to where a low hand was may have been pushed
STEP_M, TOUCHES = 0.02, 200  # the hand's way is kept in steps of this, and so many of them


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
    deviation: float = 0.0  # [m] standard deviation of its place
    stacked: bool = False  # whether it stands on another thing

    @property
    def on_floor(self) -> bool:
        """False for what stands on another thing or hangs from the gripper."""
        return not self.stacked and self._air < HANGING_M

    @property
    def hangs(self) -> bool:
        """True for what hangs from the gripper."""
        return not self.stacked and self._air >= HANGING_M

    @property
    def _air(self) -> float:
        return self.z - self.height / 2

    @property
    def floor(self) -> float:
        """The height over the floor at which it stands [m]."""
        return self._air if self.stacked else 0.0

    def stands_on(self, other: Thing) -> bool:
        """Whether another thing, which stands on the floor, is under it."""
        over = self._air >= FLOOR_M > other._air
        high = over and abs(self._air - other.height) <= STACK_M
        return high and math.dist((self.x, self.y), (other.x, other.y)) <= STACK_OFF_M

    @property
    def stops(self) -> bool:
        """Whether a drive stops for it: it is sure enough, and on the floor."""
        post = self.shape == OTHER_SHAPE and self.width <= POST_M
        return self.on_floor and (self.confidence >= SURE_ENOUGH or post)

    @property
    def name(self) -> str:
        """Its name, such as "red cube"; "thing" where its shape is not told."""
        shape = self.shape if self.shape not in (None, OTHER_SHAPE) else "thing"
        return " ".join(filter(None, (self.color, shape)))

    def seen_from(self, base: Pose2D) -> Place:
        """Return its place in base_link of a robot at ``base``."""
        return base.to_local((self.x, self.y))


@dataclass(frozen=True)
class KnownGate:
    """An opening that the camera knows: two uprights, and free floor behind.

    ``pose``: its middle in odom, x through it, away from where it was seen last.
    """

    id: int
    pose: Pose2D
    width: float  # [m]
    height: float  # [m] of what is above; 0: nothing is seen there
    color: str | None
    confidence: float
    seen: float  # [s] when it was last seen

    @property
    def name(self) -> str:
        """Its name, such as "red gate"."""
        return " ".join(filter(None, (self.color, "gate")))

    @property
    def uprights(self) -> tuple[Place, Place]:
        """The inner edges of its uprights in odom, the left one first."""
        half = self.width / 2
        return self.pose.to_world((0.0, half)), self.pose.to_world((0.0, -half))


class ObjectMemory:
    """The objects and gates around the robot, and the distance ahead.

    Feed it every state and the newest detections with ``note``; the rest are questions.
    """

    def __init__(self, sensor: RangeSensor | None = None) -> None:
        """Remember echoes of ``sensor``, if there is one."""
        self._sensor = sensor
        self.forget()

    def forget(self, until: float = -math.inf) -> None:
        """Forget everything: in a new time or place nothing old counts.

        Nor do detections of images taken up to ``until`` [s], which may still come.
        """
        self._until = until
        self.time = -math.inf  # [s] of the newest image whose detections came
        self.things: tuple[Thing, ...] = ()
        self.gates: tuple[KnownGate, ...] = ()
        self.range_memory = RangeMemory(self._sensor)
        self._nearest: dict[int, float] = {}  # by id
        self._poses: deque[tuple[float, Pose2D]] = deque()
        self._touches: deque[tuple[float, Place]] = deque(maxlen=TOUCHES)

    def touch(self, time: float, place: Place) -> None:
        """Take over that the hand was low at a place in odom at a time [s]."""
        if self._touches and math.dist(self._touches[-1][1], place) < STEP_M:
            place = self._touches.pop()[1]
        self._touches.append((time, place))

    def may_be_pushed(self, thing: Thing) -> bool:
        """Whether the hand may have moved it since it was seen last."""
        return any(
            time > thing.seen and math.dist(place, (thing.x, thing.y)) <= PUSHED_M
            for time, place in self._touches
        )

    def over(self, thing: Thing) -> Thing | None:
        """Return what stands on a thing, as far as it is known."""
        return next((one for one in self.things if one.stands_on(thing)), None)

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
            and detections.time > max(self.time, self._until)
            and -HISTORY_S <= detections.time - state.time <= AHEAD_S
        ):
            self._take(detections)
        self.range_memory.forget_known(
            ((thing.x, thing.y), thing.width / 2) for thing in self.things if thing.stops
        )

    @property
    def range(self) -> float:
        """Distance that the range sensor measures [m].

        Infinite where there is no sensor or nothing in reach.
        """
        return self.range_memory.range

    def _take(self, detections: Detections) -> None:
        pose, self.time = self.pose_at(detections.time), detections.time
        objects = _with_own_ids(one for one in detections.objects if _is_a_place(one))
        things = [self._thing(one, pose, detections.time) for one in objects]
        self.things = tuple(
            replace(one, stacked=True) if any(map(one.stands_on, things)) else one for one in things
        )
        self._nearest = {thing.id: thing.nearest for thing in self.things}
        self.gates = tuple(
            _known_gate(gate, pose, detections.time)
            for gate in detections.gates
            if _is_a_gate(gate)
        )

    def _thing(self, one: Detection, base: Pose2D, time: float) -> Thing:
        x, y = base.to_world(one.position[:2])
        distance = math.inf if one.age > 0 else math.hypot(*one.position[:2])
        nearest = min(distance, self._nearest.get(one.id, math.inf))
        width, height = max(one.size[:2]), one.size[2]
        place, size = (x, y, one.position[2]), (width, height)
        seen = time - one.age
        deviation = math.sqrt(max(0.0, one.covariance[0] + one.covariance[4]))
        known = one.confidence, seen, nearest, deviation
        return Thing(one.id, one.color, one.shape, *place, *size, *known)

    def pose_at(self, time: float) -> Pose2D:
        """Return the robot's pose in odom at a time [s], or the nearest known."""
        after = next((entry for entry in self._poses if entry[0] >= time), self._poses[-1])
        before = next(
            (entry for entry in reversed(self._poses) if entry[0] <= time), self._poses[0]
        )
        span = after[0] - before[0]
        share = (time - before[0]) / span if span > 0 else 0.0
        one, two = before[1], after[1]
        return one.between(two, share)


def _known_gate(gate: Gate, base: Pose2D, time: float) -> KnownGate:
    pose = base.compose(gate.pose)
    size = gate.width, gate.height
    return KnownGate(gate.id, pose, *size, gate.color, gate.confidence, time - gate.age)


def _is_a_gate(gate: Gate) -> bool:
    """Whether all of it are numbers."""
    numbers = gate.pose.x, gate.pose.y, gate.pose.yaw, gate.width, gate.height
    return all(math.isfinite(value) for value in (*numbers, gate.confidence, gate.age))


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
