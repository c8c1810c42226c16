"""An arch: two posts and a lintel, as high as a robot needs."""

from __future__ import annotations

from tank_core.commands import Color
from tank_core.geometry import Pose2D
from tank_core.robot import Robot
from tank_core.robot.frames import link_poses
from tank_sim.worlds.world import Fixture

OVER = 0.09  # [m] of room over the robot
POST = 0.025  # [m] half the thickness of a post


def arch(
    robot: Robot, name: str, width: float, stands: Pose2D, color: Color | None = None
) -> tuple[Fixture, ...]:
    """Two posts ``width`` [m] apart and a lintel, with room over this robot.

    ``stands``: the middle of the opening; x leads through it.
    """
    masts = [
        point[2] + robot.camera.mast_radius for point in (robot.camera.position, *robot.camera.mast)
    ]
    folded = [
        float(place[2]) + max(link.half_size)
        for link, (_, place) in zip(robot.arm.links, link_poses(robot.arm, {}), strict=True)
    ]
    under = max(*masts, *folded) + OVER
    across = width / 2 + POST
    boxes = (
        ("left", (POST, POST, under / 2), across, under / 2),
        ("right", (POST, POST, under / 2), -across, under / 2),
        ("lintel", (POST, across + POST, POST), 0.0, under + POST),
    )
    return tuple(
        Fixture(
            f"{name}_{part}",
            half_size,
            (*stands.to_world((0.0, y)), z),
            yaw=stands.yaw,
            color=color,
        )
        for part, half_size, y, z in boxes
    )
