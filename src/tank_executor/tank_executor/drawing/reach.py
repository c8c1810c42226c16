"""The part of the floor on which the arm can pick something up. Pure."""

from __future__ import annotations

import math

from tank_core.geometry import Place
from tank_executor.arm import FLOOR_CLEARANCE_M, ArmPlanner

STEP_M = 0.02  # between two places that are tried
BEND_RAD = math.radians(10.0)  # between two points of the outline


def reach_outline(arm: ArmPlanner) -> tuple[Place, ...]:
    """The outline [m] in base_link, a polygon; () for one that reaches nowhere.

    An arm with a yaw reaches a ring, from its nearest place to its farthest as far around as its
    yaw goes; one without has only a strip ahead of it, as wide as the largest object.
    """
    x, y, _ = arm.solver.chain.origins[0]
    within = [
        distance
        for distance in (STEP_M * step for step in range(1, math.ceil(_longest(arm) / STEP_M)))
        if arm.reach((x + distance, y, FLOOR_CLEARANCE_M), arm.home).reached
    ]
    if not within:
        return ()
    near, far = within[0], within[-1]
    if not arm.turns:
        half = arm.robot.gripper.max_object / 2
        return tuple(
            (float(x + along), float(y + side))
            for along, side in ((near, half), (far, half), (far, -half), (near, -half))
        )
    yaw = arm.robot.arm.joints[0]
    count = max(1, math.ceil((yaw.upper - yaw.lower) / BEND_RAD))
    angles = [yaw.lower + (yaw.upper - yaw.lower) * step / count for step in range(count + 1)]
    ring = [(far, angle) for angle in angles] + [(near, angle) for angle in reversed(angles)]
    return tuple(
        (float(x + radius * math.cos(angle)), float(y + radius * math.sin(angle)))
        for radius, angle in ring
    )


def _longest(arm: ArmPlanner) -> float:
    """The distance [m] beyond which no joints bring the hand."""
    joints, tool = arm.robot.arm.joints, arm.robot.arm.tool
    return sum(math.hypot(*joint.origin) for joint in joints[1:]) + math.hypot(*tool)
