"""A stop in the middle of anything that moves.

The robot stands, and nothing goes on by itself.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from executor_rig import Rig

from tank_core.commands import (
    Approach,
    Arc,
    Arm,
    Color,
    Command,
    Face,
    GoBack,
    GoTo,
    Grasp,
    Move,
    Relation,
    Release,
    Remember,
    Shape,
    Turn,
)
from tank_core.state import Twist2D
from tank_executor.motion.travel import Compass
from tank_executor.plan import Plan, PlanState, StepStatus

THINGS = [
    (Color.RED, Shape.CUBE, (0.8, 0.1), 0.04),
    (Color.BLUE, Shape.CUBE, (0.9, -0.35), 0.04),
]
RED, BLUE = {"color": Color.RED}, {"color": Color.BLUE}
PICK, AWAY = Grasp(**RED), (Remember("base"), Turn("left", 150), Move("forward", 0.7))
# what is done before, and what is stopped
CASES: dict[str, tuple[tuple[Command, ...], Command]] = {
    "move": ((), Move("forward", 2.0)),
    "move until obstacle": ((Turn("left", 90),), Move("forward", 2.0, until="obstacle")),
    "move until object": (
        (Turn("left", 90),),
        Move("forward", 2.0, until="object", color="green", shape="ball"),
    ),
    "turn": ((), Turn("left", 180)),
    "arc": ((), Arc("left", 0.5, 180)),
    "face": ((Turn("left", 150),), Face(**RED)),
    "face heading": ((), Face(heading_deg=270)),
    "approach": ((), Approach(**RED)),
    "approach beside": ((), Approach(**RED, relation=Relation.BEHIND)),
    "grasp": ((), PICK),
    "release": ((PICK,), Release()),
    "release beside": ((PICK,), Release(relation=Relation.NEXT_TO, **BLUE)),
    "release on": ((PICK,), Release(relation=Relation.ON, **BLUE)),
    "arm": ((), Arm("up")),
    "wave": ((), Arm("wave")),
    "go to": (AWAY, GoTo("base")),
    "go back": (AWAY, GoBack("start")),
}
QUIET_S = 3.0  # afterwards
WAY_M, TURN_DEG = 0.15, 12.0  # that braking may take


def moves(rig: Rig) -> bool:
    """Whether it drives, or its arm is on its way."""
    twist = rig.backend.truth_twist()
    joints = (rig.state.joints[name] for name in rig.backend.robot.arm.joint_names)
    rates = [abs(twist.linear), abs(twist.angular), *(abs(joint.velocity) for joint in joints)]
    return max(rates) > 0.05


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("name", CASES)
def test_the_robot_stands_and_stays(seeing: Any, name: str, share: float) -> None:
    """Stopped at a share of what it takes to its end, where it moves then."""
    before, command = CASES[name]

    def begin() -> Rig:
        rig: Rig = seeing(THINGS, compass=Compass(math.pi / 2))
        rig.ticks(0.5)
        if before:
            assert rig.run(*before).state is PlanState.SUCCEEDED, rig.runner.status.message
        assert rig.runner.submit(Plan((command, Move("backward", 0.5)))) is None
        return rig

    whole = begin()
    began = whole.now
    while whole.runner.running and len(whole.outcomes) < 1:
        whole.tick()
    took, rig = whole.now - began, begin()
    end = rig.now + share * took
    while rig.now < end or not moves(rig):
        rig.tick()
        if len(rig.outcomes):  # it moves no more in this last part: the next step is stopped
            break
    names = rig.backend.robot.arm.joint_names
    truth, joints = rig.backend.truth(), np.array(rig.state.positions(names))
    rig.send(rig.runner.stop("enough", latch=False))
    sent = len(rig.outputs)
    assert {one.status for one in rig.runner.status.outcomes} <= {
        StepStatus.SUCCEEDED,
        StepStatus.STOPPED,
        StepStatus.SKIPPED,
    }
    rig.ticks(QUIET_S)
    assert not rig.runner.running and not rig.refused
    assert all(
        output.trajectory is None and output.twist in (None, Twist2D())
        for output in rig.outputs[sent:]
    )
    assert not moves(rig)
    there = rig.backend.truth()
    assert there.distance(truth) < WAY_M and math.degrees(there.turned(truth)) < TURN_DEG
    assert np.abs(np.array(rig.state.positions(names)) - joints).max() < 0.2
