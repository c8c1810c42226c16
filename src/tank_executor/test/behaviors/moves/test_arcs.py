"""Arcs, by the simulator's truth: on their circle, and short of what is on it."""

import math
import re
from typing import Any

import pytest
from executor_rig import Rig

from tank_core.commands import Arc, Color, Shape, Side, Speed
from tank_core.geometry import wrap
from tank_core.robot import Robot
from tank_executor.plan import Plan, PlanState
from tank_executor.script import STILL
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import Fixture, Scene, World

FRONT_M = 0.15


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize(
    ("radius", "angle", "speed"),
    [(0.12, 90.0, Speed.NORMAL), (0.5, 180.0, Speed.FAST), (1.0, 45.0, Speed.SLOW)],
)
def test_an_arc_ends_where_it_should(
    robot: Robot, side: Side, radius: float, angle: float, speed: Speed
) -> None:
    rig, sign = Rig(MujocoBackend(robot)), 1.0 if side is Side.LEFT else -1.0
    assert rig.run(Arc(side, radius, angle, speed)).state is PlanState.SUCCEEDED
    pose, turn = rig.backend.truth(), math.radians(angle)
    end = radius * math.sin(turn), sign * radius * (1 - math.cos(turn))
    assert math.dist((pose.x, pose.y), end) <= 0.02 + 0.01 * radius * turn
    assert abs(math.degrees(wrap(pose.yaw - sign * turn))) <= 2.0
    assert not rig.refused


@pytest.mark.parametrize("angle", [60.0, 300.0])
def test_what_slipping_wheels_may_have_cost_is_told(robot: Robot, angle: float) -> None:
    rig = Rig(MujocoBackend(robot, seed=7, realism="real"))
    assert rig.run(Arc("left", 0.6, angle)).state is PlanState.SUCCEEDED
    told = re.fullmatch(r"give or take (\d+) cm, by odometry alone", rig.outcomes[0].message)
    pose, turn = rig.backend.truth(), math.radians(angle)
    off = math.dist((pose.x, pose.y), (0.6 * math.sin(turn), 0.6 * (1 - math.cos(turn))))
    assert told is not None and 0.005 < off <= int(told[1]) / 100


def test_a_circle_leads_back_to_where_it_began(rig: Rig) -> None:
    rig.run(Arc("left", 0.5, 360.0), Arc("right", 0.5, 360.0))
    pose = rig.state.odometry.pose
    assert math.hypot(pose.x, pose.y) < 0.01 and abs(math.degrees(pose.yaw)) < 1.0


@pytest.mark.parametrize(("side", "y"), [("left", 1.0), ("right", -1.0)])
def test_an_arc_ends_before_what_lies_on_it(seeing: Any, side: str, y: float) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (1.0, y), 0.05)])  # a quarter of the way round
    rig.ticks(0.5)
    assert rig.run(Arc(side, 1.0, 180.0)).state is PlanState.FAILED
    cube = rig.backend.truth().to_local((1.0, y))
    assert math.hypot(*cube) - 0.025 - FRONT_M == pytest.approx(0.10, abs=0.02)
    message = rig.outcomes[0].message
    assert message.startswith("stopped after 1.")
    assert message.endswith(" of 3.14 m: the red cube is 10 cm ahead on the arc")


@pytest.mark.parametrize("radius", [0.5, 1.0, 2.0])
def test_the_range_sensor_alone_ends_it_before_a_wall(robot: Robot, radius: float) -> None:
    wall = Fixture("wall", (2.0, 0.05, 0.2), (1.5, 0.85, 0.2))
    rig = Rig(MujocoBackend(robot, World("wall", (), Scene(fixtures=(wall,)))))
    assert rig.run(Arc("left", radius, 180.0)).state is PlanState.FAILED
    assert "something may be " in rig.outcomes[0].message
    pose = rig.backend.truth()
    corners = [(FRONT_M, 0.08), (FRONT_M, -0.08), (0.06, 0.13)]
    assert max(pose.to_world(corner)[1] for corner in corners) < 0.8 - 0.02


def test_what_lies_straight_ahead_is_not_on_the_arc(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.8, 0.0)), (Color.BLUE, Shape.BALL, (0.0, 0.5))])
    rig.ticks(0.5)
    assert rig.run(Arc("left", 0.5, 180.0)).state is PlanState.SUCCEEDED


def test_a_circle_tighter_than_the_tracks_is_refused_in_words(rig: Rig) -> None:
    assert rig.run(Arc("left", 0.1, 90.0)).state is PlanState.FAILED
    assert rig.outcomes[0].message == (
        "I cannot drive a circle of 0.1 m radius: the tightest has 0.12 m; turn in place instead"
    )
    assert rig.state.odometry.pose.x == 0.0


def test_a_stop_ends_an_arc_at_once(rig: Rig) -> None:
    rig.runner.submit(Plan((Arc("left", 0.5, 360.0),)))
    rig.ticks(1.5)
    before = rig.state.odometry.pose
    rig.send(rig.runner.stop("enough", latch=False))
    assert rig.outputs[-1].twist == STILL
    rig.ticks(0.5)
    assert rig.state.odometry.pose.distance(before) < 0.02
