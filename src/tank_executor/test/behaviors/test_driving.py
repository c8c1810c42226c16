"""By the simulator's truth.

Within 1 cm plus 1 % of the way and within 1.5 degrees, at every speed.
"""

import math

import pytest
from executor_rig import Rig

from tank_core.commands import Move, MoveDirection, Side, Speed, Turn
from tank_core.geometry import wrap
from tank_core.robot import Robot
from tank_executor.plan import PlanState
from tank_sim.mujoco_backend import MujocoBackend

DEGREES = 1.5


@pytest.fixture
def rig(robot: Robot) -> Rig:
    return Rig(MujocoBackend(robot))


@pytest.mark.parametrize("distance", [0.05, 0.5, 2.0])
@pytest.mark.parametrize("direction", list(MoveDirection))
@pytest.mark.parametrize("speed", list(Speed))
def test_a_move_is_as_long_as_it_should_be(
    rig: Rig, speed: Speed, direction: MoveDirection, distance: float
) -> None:
    assert rig.run(Move(direction, distance, speed)).state is PlanState.SUCCEEDED
    pose = rig.backend.truth()
    sign = 1.0 if direction is MoveDirection.FORWARD else -1.0
    assert math.dist((pose.x, pose.y), (sign * distance, 0.0)) <= 0.01 + 0.01 * distance
    assert abs(math.degrees(pose.yaw)) <= DEGREES


@pytest.mark.parametrize("angle", [5.0, 90.0, 360.0])
@pytest.mark.parametrize("direction", list(Side))
@pytest.mark.parametrize("speed", list(Speed))
def test_a_turn_is_as_wide_as_it_should_be(
    rig: Rig, speed: Speed, direction: Side, angle: float
) -> None:
    assert rig.run(Turn(direction, angle, speed)).state is PlanState.SUCCEEDED
    pose = rig.backend.truth()
    sign = 1.0 if direction is Side.LEFT else -1.0
    assert abs(math.degrees(wrap(pose.yaw - sign * math.radians(angle)))) <= DEGREES
    assert math.hypot(pose.x, pose.y) <= 0.01


@pytest.mark.slow
@pytest.mark.parametrize("speed", list(Speed))
def test_a_square_closes(rig: Rig, speed: Speed) -> None:
    steps = [
        step for _ in range(4) for step in (Move("forward", 0.8, speed), Turn("right", 90, speed))
    ]
    assert rig.run(*steps).state is PlanState.SUCCEEDED
    pose = rig.backend.truth()
    assert math.hypot(pose.x, pose.y) <= 0.03
    assert abs(math.degrees(wrap(pose.yaw))) <= 2 * DEGREES
