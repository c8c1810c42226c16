"""Compass headings: the shorter way, the error, and not knowing north."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from executor_rig import Rig
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import Face, Remember, Turn
from tank_core.geometry import wrap
from tank_core.mock_backend import MockBackend
from tank_core.robot import Robot
from tank_core.state import Odometry, Pose2D
from tank_executor.behaviors.moves.headings import UNKNOWN_NORTH
from tank_executor.motion.travel import Compass
from tank_executor.plan import PlanState

NORTH = Compass(math.pi / 2)


@pytest.fixture
def drifting(robot: Robot) -> Callable[..., Rig]:
    """Make a rig whose odometry has a variance of the heading, as it is told."""

    class Drifting(MockBackend):
        sigma_deg = 0.0

        def read(self) -> Any:
            state = super().read()
            variance = 0.0, 0.0, math.radians(self.sigma_deg) ** 2
            return replace(state, odometry=replace(state.odometry, variance=variance))

    def build(compass: Compass | None) -> Rig:
        return Rig(Drifting(robot), compass=compass)

    return build


@pytest.mark.parametrize(
    ("heading", "yaw", "name"),
    [(0.0, 90.0, "north"), (90.0, 0.0, "east"), (200.0, -110.0, "heading 200")],
)
def test_it_turns_to_a_heading_the_shorter_way(
    robot: Robot, heading: float, yaw: float, name: str
) -> None:
    rig = Rig(MockBackend(robot), compass=NORTH)
    assert rig.run(Face(heading_deg=heading)).state is PlanState.SUCCEEDED
    assert math.degrees(rig.state.odometry.pose.yaw) == pytest.approx(yaw, abs=0.5)
    assert rig.outcomes[0].message == f"facing {name}"
    side = math.copysign(1.0, yaw)
    assert all(side * out.twist.angular >= 0.0 for out in rig.outputs if out.twist is not None)


def test_without_north_nothing_moves(rig: Rig) -> None:
    assert rig.run(Face(heading_deg=0.0)).state is PlanState.FAILED
    assert rig.outcomes[0].message == UNKNOWN_NORTH
    assert rig.state.odometry.pose.yaw == 0.0


def test_what_was_said_to_be_north_is(rig: Rig) -> None:
    rig.run(Turn("left", 30.0))
    status = rig.run(Remember(heading_deg=0.0), Turn("right", 100.0), Face(heading_deg=0.0))
    assert status.state is PlanState.SUCCEEDED
    assert math.degrees(rig.state.odometry.pose.yaw) == pytest.approx(30.0, abs=0.5)
    assert status.outcomes[0].message == "I face north now"


def test_the_error_that_has_grown_since_is_said(drifting: Callable[..., Rig]) -> None:
    rig: Any = drifting(None)
    rig.backend.sigma_deg = 3.0
    rig.tick()
    rig.run(Remember(heading_deg=270.0), Face(heading_deg=270.0))
    assert rig.outcomes[1].message == "facing west"  # as sure as it was told
    rig.backend.sigma_deg = math.hypot(3.0, 2.0)
    rig.tick()
    rig.run(Face(heading_deg=270.0))
    assert rig.outcomes[0].message == "facing west, give or take 4 degrees"


@given(st.floats(0.0, 359.9), st.floats(-3.1, 3.1))
def test_a_compass_gives_back_what_it_was_told(heading: float, yaw: float) -> None:
    now = Odometry(Pose2D(1.0, 2.0, yaw), variance=(0.0, 0.0, 0.25))
    compass = Compass.told(heading, now)
    assert wrap(math.radians(compass.heading_deg(now.pose) - heading)) == pytest.approx(0, abs=1e-9)
    assert wrap(compass.yaw(heading) - yaw) == pytest.approx(0.0, abs=1e-9)
    assert compass.error_deg(now) == 0.0


def test_after_a_jump_only_what_the_robot_was_made_with_counts(robot: Robot) -> None:
    rig = Rig(MockBackend(robot))
    rig.run(Remember(heading_deg=0.0))
    rig.backend._pose = Pose2D(3.0, 0.0, 1.0)  # type: ignore[attr-defined]
    rig.ticks(0.1)
    assert rig.run(Face(heading_deg=0.0)).state is PlanState.FAILED
    assert rig.outcomes[0].message == UNKNOWN_NORTH
