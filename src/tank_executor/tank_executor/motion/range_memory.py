"""Remembers what the range sensor told, in the odom frame. Pure.

An echo says how far away something is, not on which side of the cone: it is kept as points across
the cone, any of which may be the thing. What leaves the cone, because that narrows while the robot
comes nearer, is not forgotten. A later reading that looks through a point takes it away; so what is
left at last are the points at the cone's edge, where the thing slipped out. What vanishes while the
robot stands still did not slip out: somebody took it, such as the robot's own hand.
"""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from tank_core.geometry import Place, Pose2D, wrap
from tank_core.robot import RangeSensor

RANGES = 3  # readings of which the median counts: single echoes go astray
LEAST = 2  # fewer count as none
# the same number again after this much time is a new reading: 20 Hz, and some delay
REPEATED_S = 0.08
# [s] the slowest pace takes 6 from where a thing beside the way slips out of the cone to where a
# wheel meets it
ECHO_KEPT_S = 8.0
NEAR_M = 1.2  # what is farther away leaves the cone beside the robot's way, not in it
NARROWEST_M = 0.02  # half of the width across which an echo is kept, at least
POINTS = 5  # across the cone; at NEAR_M they are 8 cm apart, half the robot's width
THROUGH_M = 0.06  # a reading that is longer by this much looks through
TAKEN_M = 0.15  # one longer by less may be of the side of what is at the cone's very edge
INSIDE = 0.8  # of the cone: at its very edge a thing may give an echo or none
OUTSIDE = 1.3  # of the cone: farther aside nothing gives one
SAME_M = 0.06  # what is as far away as this is the same thing,
BESIDE_CONE_M = 0.2  # up to this far beside the cone
STILL_M, STILL_RAD = 0.003, math.radians(0.3)  # less motion than this is none
# what was measured more aside than this was not driven up to; at 3 degrees a robot that shuffles
# along a wall forgets how near that is
STRAIGHT_RAD = math.radians(30.0)


@dataclass(frozen=True)
class Echo:
    """Points in odom [m], at some of which there is something.

    It was ``seen`` [s] by the robot at ``base``; its distance was measured facing ``yaw`` [rad].
    """

    points: tuple[Place, ...]
    seen: float
    base: Pose2D
    yaw: float


@dataclass(frozen=True)
class _Reading:
    distance: float  # [m]; infinite for none
    time: float  # [s]
    base: Pose2D


class RangeMemory:
    """The distance ahead, and the echoes that are out of sight by now.

    Feed it every state's distance with ``note``.
    """

    def __init__(self, sensor: RangeSensor | None) -> None:
        self._sensor = sensor
        self.heard = -math.inf  # [s] when the sensor last gave a reading, of something or nothing
        self._readings: deque[_Reading] = deque(maxlen=RANGES)
        self._remembered: list[Echo] = []

    @property
    def range(self) -> float:
        """The distance that counts [m]; infinite when there is none."""
        reading = self._median()
        return reading.distance if reading else math.inf

    @property
    def ahead(self) -> Place | None:
        """The place in odom where the sensor's line meets what it sees now."""
        reading = self._median()
        if reading is None or self._sensor is None or not math.isfinite(reading.distance):
            return None
        x, y, _ = self._sensor.position
        return reading.base.to_world((x + reading.distance, y))

    def may_be(self, places: Iterable[Place]) -> bool:
        """Whether what the sensor sees may be at one of some places in odom."""
        reading, sensor = self._median(), self._sensor
        if reading is None or sensor is None:
            return False
        spots = [_from_sensor(place, reading, sensor) for place in places]
        return any(
            abs(math.hypot(x, y) - reading.distance) <= SAME_M
            and abs(math.atan2(y, x)) <= OUTSIDE * sensor.field_of_view / 2
            for x, y in spots
        )

    @property
    def remembered(self) -> list[Place]:
        """The places in odom where something else may be."""
        return [point for echo in self._remembered for point in echo.points]

    def note(self, distance: float | None, time: float, base: Pose2D) -> None:
        """Take over a distance [m], which may be the same reading again.

        None: there is nothing in reach; NaN: the sensor gives no reading.
        """
        if distance is None or not math.isnan(distance):
            self.heard = time
        self._remembered = [echo for echo in self._remembered if time - echo.seen <= ECHO_KEPT_S]
        value = math.inf if distance is None or not math.isfinite(distance) else distance
        last = self._readings[-1] if self._readings else None
        if last and last.distance == value and time - last.time < REPEATED_S - 1e-6:
            return
        self._readings.append(_Reading(value, time, base))
        reading = self._median()
        if reading is not None and self._sensor is not None:
            self._remember(reading, self._sensor)

    def forget_known(self, things: Iterable[tuple[Place, float]]) -> None:
        """Forget echoes of what the camera knows.

        ``things``: its places in odom and radii [m].
        """
        known = list(things)
        self._remembered = [echo for echo in self._remembered if not _is_known(echo, known)]

    def _median(self) -> _Reading | None:
        """Return the reading in the middle, the longer of two."""
        if len(self._readings) < LEAST:
            return None
        middle = statistics.median_high(reading.distance for reading in self._readings)
        return next(reading for reading in reversed(self._readings) if reading.distance == middle)

    def _remember(self, reading: _Reading, sensor: RangeSensor) -> None:
        # A thing that slips out of the cone shows its side at last, which is farther away than its
        # front. A turn shows other parts of a wall, of which the nearest is not where it faces now.
        fronts = [
            (_from_sensor(point, reading, sensor)[0], echo.yaw)
            for echo in self._remembered
            if _is_straight(echo, reading)
            for point in echo.points
            if _is_same(point, reading, sensor)
        ]
        self._remembered = [
            left
            for echo in self._remembered
            if (left := _left_of(echo, reading, sensor)) is not None
        ]
        if reading.distance <= NEAR_M:
            nearest = min([(reading.distance, reading.base.yaw), *fronts])
            self._remembered.append(_echo(reading, *nearest, sensor))


def _echo(reading: _Reading, distance: float, yaw: float, sensor: RangeSensor) -> Echo:
    """Return points across the cone at a distance [m], measured facing ``yaw``."""
    width = max(NARROWEST_M, reading.distance * math.tan(sensor.field_of_view / 2))
    x, y = sensor.position[0] + distance, sensor.position[1]
    points = (
        reading.base.to_world((x, y + float(aside))) for aside in np.linspace(-width, width, POINTS)
    )
    return Echo(tuple(points), reading.time, reading.base, yaw)


def _left_of(echo: Echo, reading: _Reading, sensor: RangeSensor) -> Echo | None:
    """Return what is still to be remembered of an echo after a reading."""
    free = [_looks_through(point, reading, sensor) for point in echo.points]
    taken = any(_looks_through(point, reading, sensor, TAKEN_M) for point in echo.points)
    if taken and _is_still(echo.base, reading.base):
        return None
    points = [
        point
        for point, gone in zip(echo.points, free, strict=True)
        if not gone and not _is_same(point, reading, sensor)
    ]
    return replace(echo, points=tuple(points)) if points else None


def _is_straight(echo: Echo, reading: _Reading) -> bool:
    """Whether an echo was measured facing about where the robot faces now."""
    return abs(wrap(echo.yaw - reading.base.yaw)) <= STRAIGHT_RAD


def _is_still(one: Pose2D, two: Pose2D) -> bool:
    return one.distance(two) <= STILL_M and one.turned(two) <= STILL_RAD


def _from_sensor(point: Place, reading: _Reading, sensor: RangeSensor) -> Place:
    x, y = reading.base.to_local(point)
    return x - sensor.position[0], y - sensor.position[1]


def _looks_through(
    point: Place, reading: _Reading, sensor: RangeSensor, by: float = THROUGH_M
) -> bool:
    x, y = _from_sensor(point, reading, sensor)
    return (
        x > 0
        and abs(math.atan2(y, x)) <= INSIDE * sensor.field_of_view / 2
        and math.hypot(x, y) < reading.distance - by
    )


def _is_same(point: Place, reading: _Reading, sensor: RangeSensor) -> bool:
    """Whether what the reading sees may be what was at the point.

    It is kept anew.
    """
    x, y = _from_sensor(point, reading, sensor)
    return (
        abs(x - reading.distance) <= SAME_M
        and abs(y) <= reading.distance * math.tan(sensor.field_of_view / 2) + BESIDE_CONE_M
    )


def _is_known(echo: Echo, things: list[tuple[Place, float]]) -> bool:
    return any(
        math.dist(point, place) <= radius + SAME_M
        for point in echo.points
        for place, radius in things
    )
