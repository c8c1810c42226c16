"""Plans the arm's way from any posture to another. Pure.

It is clear of the floor and the robot's body.

Straight through joint space where that is free, else by way of postures that are known to be: a
lazy roadmap (Bohlin and Kavraki 2000, "Path planning using lazy PRM") of the named poses and some
that are spread over the joints' ranges, the same at every time.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from tank_core.robot.arm_room import ROOM_M, ArmRoom
from tank_core.state import Array, JointTrajectory
from tank_executor.arm import SPEED_SHARE, ArmPlanner

STEP_RAD = 0.04  # between two postures that are checked
# a joint sags: a way may begin so much nearer to the floor or the body than where it was planned
SAG_M = 0.002
CLAW_M = 0.05  # what claw and held thing reach beyond the line from joint to joint
SPREAD = 60  # postures that are tried as stations
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)  # one for each joint that an arm may have


class ArmWays:
    """The free ways of one arm, with what is in its hand.

    That is ``held`` [m] wide; 0: nothing.
    """

    def __init__(self, arm: ArmPlanner, held: float = 0.0) -> None:
        self._arm = arm
        self._room = ArmRoom(arm.robot, held)
        joints, tool = arm.robot.arm.joints, arm.robot.arm.tool
        self._lower = np.array([joint.lower for joint in joints])
        self._upper = np.array([joint.upper for joint in joints])
        self._speeds = np.array([joint.velocity for joint in joints])
        lengths = [math.hypot(*point) for point in (*(one.origin for one in joints[1:]), tool)]
        # how far each joint swings what is farthest from it [m]
        self._reaches = np.cumsum(lengths[::-1])[::-1] + CLAW_M
        named = [np.array(pose) for pose in arm.robot.arm.poses.values()]
        stations = np.array([arm.home, arm.carry, *named, *self._spread()])
        self._stations = stations[self._room.least(stations) >= ROOM_M]

    def hits(self, posture: Array) -> str | None:
        """Return what is too near in a posture [rad] (n,), or None."""
        if self._room.over_floor(posture[None])[0] < ROOM_M:
            return "the floor"
        return "the robot's body" if self._room.off_body(posture[None])[0] < ROOM_M else None

    def find(self, start: Array, goal: Array) -> list[Array] | None:
        """Return the postures (n,) from ``start`` to ``goal``, or None.

        The straight lines in joint space between them are free. Where ``start`` is nearer to
        floor or body than it should be, the way leads out of there.
        """
        nodes = np.array([start, goal, *self._stations])
        queue: list[tuple[float, int, tuple[int, ...]]] = [(0.0, 0, (0,))]
        settled: set[int] = set()
        while queue:
            cost, node, path = heapq.heappop(queue)
            if node in settled or (len(path) > 1 and not self._is_free(*nodes[[path[-2], node]])):
                continue
            if node == 1:
                return [nodes[index] for index in path]
            settled.add(node)
            for other, more in enumerate(self._times(nodes[node], nodes)):
                if other not in settled:
                    heapq.heappush(queue, (cost + float(more), other, (*path, other)))
        return None

    def trajectory(self, way: Sequence[Array]) -> JointTrajectory:
        """Plan through the postures of a way, from rest to rest."""
        knots = [way[0]]
        for start, end in pairwise(way):
            count = max(1, math.ceil(float(np.abs(end - start).max()) / (2 * STEP_RAD)))
            knots.extend(start + (end - start) * (n / count) for n in range(1, count + 1))
        return self._arm.through(np.array(knots), SPEED_SHARE)

    def _spread(self) -> Array:
        """Return postures (m, n) spread over the joints' ranges, after Halton."""
        shares = [[_halton(index, prime) for prime in _PRIMES] for index in range(1, SPREAD + 1)]
        spread: Array = self._lower + np.array(shares)[:, : len(self._lower)] * (
            self._upper - self._lower
        )
        return spread

    def _times(self, start: Array, ends: Array) -> Array:
        """Return about how long [s] straight ways to ``ends`` take: (m,)."""
        times: Array = (np.abs(ends - start) / self._speeds).max(axis=1) + 0.1
        return times

    def _is_free(self, start: Array, end: Array) -> bool:
        """Whether the arm keeps its room on a straight way through joint space.

        Between two postures no point moves farther than the joints carry it: where both have more
        room than that, nothing in between is looked at.
        """
        count = max(1, math.ceil(float(np.abs(end - start).max()) / STEP_RAD))
        moved = float(np.abs(end - start) @ self._reaches) / count  # [m] in a step, at most
        room = dict(zip((0, count), self._room.least(np.array([start, end])), strict=True))
        gaps = [(0, count)]
        while gaps := [
            (low, high)
            for low, high in gaps
            if high - low > 1 and room[low] + room[high] - 2 * ROOM_M < moved * (high - low)
        ]:
            if room[0] >= ROOM_M and min(room.values()) < ROOM_M:
                return False
            middles = [(low + high) // 2 for low, high in gaps]
            shares = np.array(middles)[:, None] / count
            room.update(zip(middles, self._room.least(start + shares * (end - start)), strict=True))
            gaps = [
                half
                for (low, high), middle in zip(gaps, middles, strict=True)
                for half in ((low, middle), (middle, high))
            ]
        rooms = np.array([room[step] for step in sorted(room)])
        # from where it is too near already it must come away, and not nearer on its way
        wanted = np.minimum(ROOM_M, np.maximum.accumulate(rooms) - SAG_M)
        return bool((rooms >= wanted).all() and rooms[-1] >= min(ROOM_M, rooms[0]))


def _halton(index: int, base: int) -> float:
    """Return a number of the Halton sequence, in (0, 1)."""
    share, value = 1.0, 0.0
    while index:
        share /= base
        index, digit = divmod(index, base)
        value += share * digit
    return value
