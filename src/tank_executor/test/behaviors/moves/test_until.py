"""Moves until something: their ends, their words, and when none begins."""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from executor_rig import Rig

from tank_core.commands import Color, Move, Shape, Turn
from tank_core.mock_backend import MockBackend
from tank_core.robot import Robot
from tank_core.state import Detections, RobotState
from tank_executor.behaviors.moves.until import NOT_BEHIND
from tank_executor.motion.route import Footprint
from tank_executor.plan import PlanState
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import Fixture, Scene, World

FRONT_M = 0.15
AS_FAR_AS_POSSIBLE = Move("forward", 10.0, until="obstacle")
RED_BALL = Move("forward", 4.0, until="object", color="red", shape="ball")


def walled(robot: Robot, ahead: float, **options: Any) -> Rig:
    """A rig ``ahead`` [m] of whose base_link is a wall that no camera tells."""
    wall = Fixture("wall", (0.05, 1.0, 0.2), (ahead + 0.05, 0.0, 0.2))
    return Rig(MujocoBackend(robot, World("wall", (), Scene(fixtures=(wall,)))), **options)


@pytest.mark.parametrize("speed", ["slow", "normal", "fast"])
def test_it_ends_before_a_wall(robot: Robot, speed: str) -> None:
    rig = walled(robot, 1.8)
    status = rig.run(replace(AS_FAR_AS_POSSIBLE, speed=speed))
    assert status.state is PlanState.SUCCEEDED
    assert 1.8 - FRONT_M - rig.backend.truth().x == pytest.approx(0.30, abs=0.02)
    assert rig.outcomes[0].message == "stopped after 1.35 m: something is 0.30 m ahead"


@pytest.mark.parametrize(("ahead", "turned"), [(0.9, 20.0), (1.1, 38.0), (1.3, 38.0)])
def test_along_a_slanted_wall_it_ends_before_it_too_and_says_nothing_that_is_not_so(
    robot: Robot, ahead: float, turned: float
) -> None:
    rig = walled(robot, ahead)
    assert rig.run(Turn("left", turned), AS_FAR_AS_POSSIBLE).state is PlanState.SUCCEEDED
    truth, footprint = rig.backend.truth(), Footprint.of(robot)
    corner = truth.to_world((footprint.front, -footprint.half_width))
    gap = (ahead - corner[0]) / math.cos(truth.yaw)  # of the corner that would meet it first
    assert 0.25 <= gap <= 0.35
    said = re.search(r"something (is|may be) (\d+\.\d+) m ahead", rig.outcomes[1].message)
    assert said and (said[1] == "may be" or float(said[2]) == pytest.approx(gap, abs=0.05))


def test_what_the_camera_sees_ends_it_by_its_name(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (1.5, 0.12), 0.04)])  # in the way of a wheel
    rig.ticks(0.5)
    assert rig.run(AS_FAR_AS_POSSIBLE).state is PlanState.SUCCEEDED
    assert 1.48 - FRONT_M - rig.backend.truth().x == pytest.approx(0.30, abs=0.02)
    assert rig.outcomes[0].message.endswith(" m: the red cube is 0.30 m ahead")


def test_what_is_ahead_already_is_said_without_moving(robot: Robot) -> None:
    rig = walled(robot, 0.4)
    rig.ticks(0.5)
    assert rig.run(AS_FAR_AS_POSSIBLE).state is PlanState.SUCCEEDED
    assert rig.outcomes[0].message == "stopped without moving: something is 0.25 m ahead"
    assert abs(rig.backend.truth().x) < 0.001


def test_also_where_other_moves_stop_for_nothing(robot: Robot) -> None:
    rig = walled(robot, 0.8, stop_for_obstacles=False)
    assert rig.run(AS_FAR_AS_POSSIBLE).state is PlanState.SUCCEEDED
    assert rig.backend.truth().x == pytest.approx(0.35, abs=0.02)


def test_the_limit_is_one(rig: Rig) -> None:
    assert rig.run(Move("forward", 1.5, until="obstacle")).state is PlanState.SUCCEEDED
    assert rig.outcomes[0].message == "after 1.50 m: nothing was in the way"
    assert rig.state.odometry.pose.x == pytest.approx(1.5, abs=0.01)


def test_backwards_it_has_no_eyes(rig: Rig) -> None:
    assert rig.run(Move("backward", 2.0, until="obstacle")).state is PlanState.FAILED
    assert rig.outcomes[0].message == NOT_BEHIND
    assert rig.state.odometry.pose.x == 0.0


def test_a_robot_without_eyes_does_not_drive_until_an_obstacle(robot: Robot) -> None:
    rig = Rig(MockBackend(replace(robot, range_sensor=None)))
    assert rig.run(AS_FAR_AS_POSSIBLE).state is PlanState.FAILED
    assert rig.outcomes[0].message == (
        "stopped without moving: I have no range sensor, and no camera detections, so I cannot "
        "tell what is in the way"
    )
    assert rig.state.odometry.pose.x == 0.0


def test_the_camera_does_where_there_is_no_range_sensor(robot: Robot) -> None:
    blank = replace(robot, range_sensor=None)
    rig = Rig(MockBackend(blank), lambda state: Detections(state.time))
    assert rig.run(replace(AS_FAR_AS_POSSIBLE, distance_m=0.5)).state is PlanState.SUCCEEDED


def test_a_range_sensor_that_falls_silent_ends_it(rig: Rig) -> None:
    backend = rig.backend
    assert isinstance(backend, MockBackend)
    rig.detect = lambda state: _silenced(backend, state)
    assert rig.run(AS_FAR_AS_POSSIBLE).state is PlanState.FAILED
    message = rig.outcomes[0].message
    assert message.startswith("stopped after 0.4")
    assert message.endswith(
        " m: my range sensor gives no reading, so I cannot tell what is in the way"
    )
    assert rig.state.odometry.pose.x < 0.55


def test_a_range_sensor_that_hears_only_what_is_close_does_not_do_without_the_camera(
    kit_rig: Callable[..., Rig],
) -> None:
    rig = kit_rig([], camera=False)
    assert rig.run(AS_FAR_AS_POSSIBLE).state is PlanState.FAILED
    assert rig.outcomes[0].message == (
        "stopped without moving: my range sensor hears 0.13 m far, and no camera detections, so I "
        "cannot tell what is in the way"
    )
    assert abs(rig.backend.truth().x) < 0.001


def test_with_the_camera_it_does(kit: Robot, kit_rig: Callable[..., Rig]) -> None:
    rig = kit_rig([(Color.RED, Shape.CUBE, (0.9, 0.0), 0.04)])
    rig.ticks(0.5)
    assert rig.run(AS_FAR_AS_POSSIBLE).state is PlanState.SUCCEEDED
    assert rig.outcomes[0].message.endswith(" m: the red cube is 0.30 m ahead")
    assert 0.88 - Footprint.of(kit).front - rig.backend.truth().x == pytest.approx(0.30, abs=0.05)


def _silenced(backend: MockBackend, state: RobotState) -> None:
    backend.range_m = math.nan if state.time > 0.75 else None


def test_it_ends_where_the_object_came_in_sight(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.BALL, (2.0, 0.3)), (Color.RED, Shape.CUBE, (1.5, -0.4))])
    see = rig.detect
    passed: list[tuple[float, float]] = []
    places: list[float] = []

    def within_a_meter(state: RobotState) -> Detections | None:
        """A camera that tells shapes from 1 m away."""
        passed.append((state.time, rig.backend.truth().x))
        told = see(state) or Detections(-1.0)
        near = [one for one in told.objects if math.hypot(*one.position[:2]) <= 1.0]
        if any(one.shape == "ball" and one.age == 0 for one in near):
            places.append(next(x for time, x in passed if time >= told.time))
        return replace(told, objects=tuple(near))

    rig.detect = within_a_meter
    assert rig.run(RED_BALL).state is PlanState.SUCCEEDED
    assert abs(rig.backend.truth().x - places[0]) <= 0.05
    assert rig.outcomes[0].message.startswith("stopped after 1.")
    assert "m: I see the red ball, 0.9" in rig.outcomes[0].message


def test_an_object_in_sight_already_moves_nothing(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.BALL, (1.0, 0.0))])
    assert rig.run(RED_BALL).state is PlanState.SUCCEEDED
    assert rig.outcomes[0].message == "I see the red ball, 1.00 m away already: I did not move"
    assert abs(rig.backend.truth().x) < 0.001


def test_what_is_only_remembered_is_not_in_sight(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.BALL, (-0.8, 0.0)), (Color.BLUE, Shape.CUBE, (0.6, 0.9))])
    rig.backend.data.qpos[3:7] = (0.0, 0.0, 0.0, 1.0)  # it looked back once
    rig.ticks(0.5)
    rig.backend.data.qpos[3:7] = (1.0, 0.0, 0.0, 0.0)
    rig.ticks(0.5)
    assert rig.run(replace(RED_BALL, distance_m=0.5)).state is PlanState.SUCCEEDED
    assert rig.outcomes[0].message == "after 0.50 m: I have not seen the red ball"


def test_an_obstacle_ends_it_as_any_move(seeing: Any) -> None:
    rig = seeing([(Color.BLUE, Shape.CUBE, (1.2, 0.0))])
    assert rig.run(RED_BALL).state is PlanState.FAILED
    assert rig.outcomes[0].message.endswith(
        " of 4.00 m: the blue cube is 10 cm ahead, and I have not seen the red ball"
    )


def test_without_a_camera_nothing_moves(rig: Rig) -> None:
    assert rig.run(RED_BALL).state is PlanState.FAILED
    assert rig.outcomes[0].message == "no camera detections, so I cannot see the red ball"
    assert rig.state.odometry.pose.x == 0.0


def test_a_camera_that_goes_blind_ends_it(rig: Rig) -> None:
    rig.detect = lambda state: Detections(min(state.time, 1.5))
    assert rig.run(RED_BALL).state is PlanState.FAILED
    assert rig.outcomes[0].message.endswith(
        "m: no camera detections, and I have not seen the red ball"
    )
    assert 0.1 < rig.state.odometry.pose.x < 1.5
