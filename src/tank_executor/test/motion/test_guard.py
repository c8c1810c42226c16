"""Moves end 10 cm before what is in the way, by the simulator's truth.

They say so.
"""

import math
from typing import Any

import pytest
from executor_rig import Rig
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import Color, Move, Shape
from tank_core.mock_backend import MockBackend
from tank_executor.motion.laws import MoveLaw
from tank_executor.plan import Plan, PlanState
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import Fixture, Scene, World

FRONT_M = 0.15


def _appears(rig: Rig, speed: str, ahead: float, y: float = 0.0) -> tuple[float, float]:
    """A cube of 4 cm is put before the moving robot.

    Returns the gap between the two at the end [m], and by how much it was pushed [m].
    """
    placed: list[float] = []
    rig.runner.submit(Plan((Move("forward", 3.0, speed),)))
    while rig.runner.running:
        rig.tick()
        x = rig.backend.truth().x
        if not placed and x > 0.8:
            placed.append(x + FRONT_M + ahead + 0.02)
            joint = rig.backend.data.joint("red_cube")
            joint.qpos[:3], joint.qvel[:] = (placed[0], y, 0.02), 0.0
    rig.ticks(0.3)
    cube = rig.backend.objects()["red_cube"]
    return cube.x - 0.02 - rig.backend.truth().x - FRONT_M, math.dist(
        (cube.x, cube.y), (placed[0], y)
    )


@pytest.mark.parametrize("camera", [True, False])
@pytest.mark.parametrize(
    ("speed", "ahead", "least"),
    [("fast", 0.6, 0.07), ("fast", 0.3, 0.0), ("normal", 0.3, 0.07), ("normal", 0.15, 0.0)],
)
def test_what_appears_in_the_middle_of_a_move_is_not_pushed(
    seeing: Any, speed: str, ahead: float, least: float, camera: bool
) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (5.0, 3.0))])
    if not camera:
        rig.detect = None
    gap, pushed = _appears(rig, speed, ahead)
    assert least <= gap <= 0.12 and pushed < 0.005


@pytest.mark.parametrize("speed", ["slow", "normal", "fast"])
@pytest.mark.parametrize("y", [0.05, -0.1, 0.12, 0.14])
def test_a_post_that_left_the_cone_is_not_rammed(robot: Any, y: float, speed: str) -> None:
    rig = Rig(
        MujocoBackend(
            robot,
            World(
                "post", (), Scene(fixtures=(Fixture("post", (0.025, 0.025, 0.15), (1.8, y, 0.15)),))
            ),
        )
    )
    assert rig.run(Move("forward", 2.4, speed)).state is PlanState.FAILED
    assert rig.outcomes[0].message.endswith("something is 10 cm ahead")
    beside = abs(y) - 0.025 > 0.08  # only the wheels would meet it
    assert 1.775 - rig.backend.truth().x - (0.06 if beside else FRONT_M) == pytest.approx(
        0.10, abs=0.03
    )


@pytest.mark.parametrize("y", [0.18, -0.22])
def test_a_post_beside_the_way_stops_nothing(robot: Any, y: float) -> None:
    rig = Rig(
        MujocoBackend(
            robot,
            World(
                "post", (), Scene(fixtures=(Fixture("post", (0.025, 0.025, 0.15), (1.8, y, 0.15)),))
            ),
        )
    )
    assert rig.run(Move("forward", 2.4)).state is PlanState.SUCCEEDED


@pytest.mark.parametrize("speed", ["slow", "fast"])
@pytest.mark.parametrize(
    ("place", "size"),
    [((0.9, 0.0), 0.04), ((0.7, 0.12), 0.05), ((1.4, -0.1), 0.03), ((0.42, 0.0), 0.05)],
)
def test_a_move_stops_ten_centimetres_short(
    seeing: Any, place: tuple[float, float], size: float, speed: str
) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, place, size)])
    rig.ticks(0.5)
    status = rig.run(Move("forward", 2.0, speed))
    assert status.state is PlanState.FAILED
    pose, cube = rig.backend.truth(), rig.backend.objects()["red_cube"]
    assert cube.x - size / 2 - pose.x - FRONT_M == pytest.approx(0.10, abs=0.02)
    assert (cube.x, cube.y) == pytest.approx(place, abs=1e-3)
    assert "cm ahead" in rig.outcomes[0].message and rig.outcomes[0].message.startswith(
        "stopped after "
    )


def test_what_the_camera_does_not_see_the_range_sensor_does(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.9, 0.0), 0.06)])
    rig.detect = None
    assert rig.run(Move("forward", 2.0, "fast")).state is PlanState.FAILED
    assert 0.9 - 0.03 - rig.backend.truth().x - FRONT_M == pytest.approx(0.10, abs=0.02)
    assert rig.outcomes[0].message.endswith("something is 10 cm ahead")


def test_what_stands_beside_the_way_stops_nothing(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.7, 0.2)), (Color.BLUE, Shape.BALL, (0.8, -0.2))])
    rig.ticks(0.5)
    assert rig.run(Move("forward", 1.2)).state is PlanState.SUCCEEDED


def test_it_can_be_turned_off(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.7, 0.0))], stop_for_obstacles=False)
    rig.ticks(0.5)
    assert rig.run(Move("forward", 0.8)).state is PlanState.SUCCEEDED
    assert rig.backend.objects()["red_cube"].x > 0.8  # pushed along


def test_backwards_what_was_seen_there_counts(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.9, 0.0))])
    rig.ticks(0.5)
    assert rig.run(Move("backward", 0.4)).state is PlanState.SUCCEEDED  # it lies ahead
    from tank_core.commands import Turn

    status = rig.run(Turn("left", 180), Move("backward", 2.0))
    assert status.state is PlanState.FAILED and rig.outcomes[1].message.endswith("cm behind")
    assert math.dist((rig.backend.truth().x, 0.0), (0.9, 0.0)) == pytest.approx(
        FRONT_M + 0.02 + 0.10, abs=0.03
    )


def test_already_near_it_does_not_move(rig: Rig) -> None:
    backend = rig.backend
    assert isinstance(backend, MockBackend)
    backend.range_m = 0.05
    rig.ticks(0.1)
    assert rig.run(Move("forward", 1.0)).state is PlanState.FAILED
    assert rig.outcomes[0].message.startswith("stopped without moving: something is ")
    assert rig.state.odometry.pose.x == 0.0


@given(
    st.floats(0.05, 5.0),
    st.lists(st.floats(-0.5, 6.0), min_size=1, max_size=8),
    st.sampled_from([1.0, -1.0]),
)
def test_the_limit_only_ever_shortens_the_way(
    robot: Any, distance: float, limits: list[float], sign: float
) -> None:
    from tank_core.state import Odometry, Pose2D

    law = MoveLaw(Pose2D(), sign * distance, robot.pace(None), robot.drive)
    for number, limit in enumerate(limits):
        law.end_before(limit)
        assert 0.0 <= sign * law.distance <= distance + 1e-9
        step = law.step(Odometry(Pose2D(sign * 0.01 * number)), 0.02 * number)
        assert sign * step.twist.linear >= -0.3
    law.end_before(math.inf)
    assert law.distance == pytest.approx(sign * distance)
