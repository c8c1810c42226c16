"""Whether a robot's state can be acted on. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tank_core.pacing import stamp_fault
from tank_core.state import RobotState
from tank_executor.memory import AHEAD_S
from tank_executor.motion import odometry

STALE_S = 0.5  # an older state is not acted on: the robot is told to stand still


def fault(state: RobotState | None, joints: Sequence[str], now: float) -> str | None:
    """Say why a state cannot be acted on at ``now`` [s]; None when it can.

    ``joints``: those that must have a reading.
    """
    if state is None:
        return "no odometry on 'odom': is the robot running?"
    wrong = odometry.fault(state.odometry)
    if wrong:
        return wrong
    if any(not math.isfinite(joint.position) for joint in state.joints.values()):
        return "a joint position on 'joint_states' is not a number"
    missing = [name for name in joints if name not in state.joints]
    if missing:
        return f"no reading of {missing[0]} on 'joint_states': is the robot running?"
    stale = stamp_fault(state.time, now, STALE_S, AHEAD_S)
    return f"the odometry on 'odom' is not up to date: {stale}" if stale else None
