"""Plans ways around objects for a robot that turns in place. Pure.

They are straight legs through the corners of what is in the way: a visibility graph over points on
circles around the obstacles (Lozano-Perez and Wesley 1979, "An algorithm for planning
collision-free paths among polyhedral obstacles"), searched by Dijkstra's algorithm.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tank_core.geometry import Place, Pose2D, wrap
from tank_core.robot import Robot
from tank_core.state import Array, Mask

ROOM_M = 0.02  # between the robot and what it passes
CORNERS = 10  # points around each obstacle
TURN_M = 0.3  # [m/rad] what a turn costs in way

ARRIVED = -1  # stands behind every goal


@dataclass(frozen=True)
class Disc:
    """An obstacle: its place [m] and how far it reaches [m]."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Footprint:
    """The robot from above [m].

    Half its width, how far its front is from base_link, and the circle that it sweeps when it
    turns. ``parts``: chassis and wheels (or tracks) apart, each with half its width and how far it
    reaches ahead (and back).
    """

    half_width: float
    front: float
    turning: float
    parts: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, robot: Robot) -> Footprint:
        """Take chassis and wheels.

        The arm is folded, or carries things over what lies on the floor.
        """
        drive, (length, half, _) = robot.drive, robot.chassis.half_size
        wheels = drive.wheel_separation / 2 + drive.wheel_half_width
        along = max([drive.wheel_radius, *(half_size[0] for _, half_size in drive.belts)])
        turning = max(math.hypot(length, half), math.hypot(along, wheels))
        return cls(
            max(wheels, half), max(length, along), turning, ((half, length), (wheels, along))
        )

    def gap(self, place: Place) -> float:
        """Return how far [m] a place in base_link is from the robot's edge.

        0: the robot stands on it.
        """
        x, y = place
        return min(
            math.hypot(max(0.0, abs(x) - front), max(0.0, abs(y) - half))
            for half, front in self.parts
        )


def is_free(start: Place, end: Place, obstacles: Sequence[Disc], footprint: Footprint) -> bool:
    """Whether the robot can drive straight from ``start`` to ``end`` and turn.

    Both are places [m].
    """
    discs = _array(obstacles)
    return bool(
        _legs_free(np.array([start]), np.array([end]), discs, footprint)[0]
        and _can_turn(np.array([end]), discs, footprint)[0]
    )


def plan(
    start: Pose2D,
    goals: Sequence[tuple[Place, float]],
    obstacles: Sequence[Disc],
    footprint: Footprint,
) -> list[Place] | None:
    """Return the places to drive to, in straight legs; None: there is no way.

    The last one is a goal. ``goals``: places [m] with what ending there costs besides [m]. Long
    ways and sharp turns cost, too.
    """
    discs = _array(obstacles)
    ends = np.array([place for place, _ in goals]).reshape(-1, 2)
    corners = _corners(discs, footprint)
    nodes = np.vstack([[(start.x, start.y)], ends, corners])
    usable = _can_turn(nodes, discs, footprint)
    usable[0] = True
    free = _graph(nodes, discs, footprint) & usable[None, :] & usable[:, None]
    return _cheapest(start, nodes, free, [cost for _, cost in goals])


def _array(obstacles: Sequence[Disc]) -> Array:
    return np.array([(disc.x, disc.y, disc.radius) for disc in obstacles]).reshape(-1, 3)


def _corners(discs: Array, footprint: Footprint) -> Array:
    """Return points (m, 2) on a circle around each obstacle.

    It is wide enough for the chords between neighbors to be free.
    """
    angles = np.arange(CORNERS) * (2 * math.pi / CORNERS)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    radii = (discs[:, 2] + footprint.turning + 2 * ROOM_M) / math.cos(math.pi / CORNERS)
    corners: Array = (discs[:, None, :2] + radii[:, None, None] * ring[None]).reshape(-1, 2)
    return corners


def _can_turn(places: Array, discs: Array, footprint: Footprint) -> Mask:
    gaps = np.linalg.norm(places[:, None] - discs[None, :, :2], axis=2)
    free: Mask = (gaps >= discs[None, :, 2] + footprint.turning + ROOM_M).all(axis=1)
    return free


def _legs_free(starts: Array, ends: Array, discs: Array, footprint: Footprint) -> Mask:
    """Whether each straight leg keeps clear of every obstacle.

    ``starts`` and ``ends`` are (n, 2).
    """
    along = ends - starts
    length2 = np.maximum((along**2).sum(axis=1), 1e-12)
    to_disc = discs[None, :, :2] - starts[:, None]
    share = np.clip((to_disc * along[:, None]).sum(axis=2) / length2[:, None], 0.0, 1.0)
    gaps = np.linalg.norm(to_disc - share[..., None] * along[:, None], axis=2)
    free: Mask = ((gaps >= discs[None, :, 2] + footprint.half_width + ROOM_M) | (share <= 0.0)).all(
        axis=1
    )
    return free


def _graph(nodes: Array, discs: Array, footprint: Footprint) -> Mask:
    """Return which nodes are joined by a free leg (n, n)."""
    count = len(nodes)
    one, two = np.triu_indices(count, 1)
    free = np.zeros((count, count), bool)
    free[one, two] = _legs_free(nodes[one], nodes[two], discs, footprint)
    free[two, one] = _legs_free(nodes[two], nodes[one], discs, footprint)
    return free


def _cheapest(
    start: Pose2D, nodes: Array, free: Mask, ending: Sequence[float]
) -> list[Place] | None:
    """Search by Dijkstra's algorithm.

    Each node keeps the heading with which its cheapest way arrives, because turns cost.
    """
    queue: list[tuple[float, int, float, tuple[int, ...]]] = [(0.0, 0, start.yaw, (0,))]
    settled: set[int] = set()
    while queue:
        cost, node, heading, path = heapq.heappop(queue)
        if node == ARRIVED:
            return [(float(nodes[index][0]), float(nodes[index][1])) for index in path[1:]]
        if node in settled:
            continue
        settled.add(node)
        if 0 < node <= len(ending):
            heapq.heappush(queue, (cost + ending[node - 1], ARRIVED, heading, path))
        for other in np.flatnonzero(free[node]).tolist():
            if other not in settled:
                along = nodes[other] - nodes[node]
                bearing = math.atan2(along[1], along[0])
                turn = abs(wrap(bearing - heading))
                heapq.heappush(
                    queue,
                    (cost + math.hypot(*along) + TURN_M * turn, other, bearing, (*path, other)),
                )
    return None
