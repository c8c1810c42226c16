"""Puts the robot and the things that lie about where somebody wants them.

Only what moves freely: nothing is compiled again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import mujoco

from tank_core.exceptions import BackendError
from tank_core.geometry import Pose2D, Vector, from_yaw
from tank_sim.mjcf import BASE


def check(what: str, *numbers: float) -> None:
    """Raise BackendError where a place is not finite."""
    if not all(map(math.isfinite, numbers)):
        raise BackendError(
            f"{what} is {', '.join(map(str, numbers))}; a place is finite numbers [m, rad], so "
            "nothing was moved"
        )


def place_robot(data: mujoco.MjData, pose: Pose2D) -> None:
    """Move base_link to a pose in the world, at rest."""
    _put(data, BASE, (pose.x, pose.y, float(data.joint(BASE).qpos[2])), pose.yaw)


def place_thing(
    data: mujoco.MjData, known: Sequence[str], name: str, position: Vector, yaw: float
) -> None:
    """Move one of the ``known`` objects, at rest.

    ``position`` [m] is that of its center in the world. Raises BackendError for another name and
    for numbers that are not finite.
    """
    if name not in known:
        raise BackendError(
            f"object {name!r} is not in this world; it has {', '.join(known) or 'no objects'}"
        )
    check(f"the place of {name}", *position, yaw)
    _put(data, name, position, yaw)


def _put(data: mujoco.MjData, joint: str, position: Vector, yaw: float) -> None:
    x, y, z, w = from_yaw(yaw)
    data.joint(joint).qpos[:] = *position, w, x, y, z
    data.joint(joint).qvel[:] = 0.0
