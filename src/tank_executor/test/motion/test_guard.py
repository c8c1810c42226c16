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
from tank_core.state import OTHER_SHAPE, Detection, Detections, Gate, Pose2D, RobotState
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
    assert rig.outcomes[0].message.endswith("something may be 10 cm ahead")
    beside = abs(y) - 0.025 > 0.08  # only the wheels would meet it
    assert 1.775 - rig.backend.truth().x - (0.06 if beside else FRONT_M) == pytest.approx(
        0.10, abs=0.03
    )


@pytest.mark.parametrize(("shape", "stops"), [(OTHER_SHAPE, True), (None, False)])
@pytest.mark.parametrize("y", [0.13, -0.12])
def test_a_post_that_never_was_in_the_cone_is_not_rammed_where_the_camera_sees_it(
    robot: Any, y: float, shape: str | None, stops: bool
) -> None:
    """As unsure as perception is of what has none of the shapes."""
    place = (0.55, y)
    post = Fixture("post", (0.025, 0.025, 0.15), (*place, 0.15))
    rig = Rig(MujocoBackend(robot, World("post", (), Scene(fixtures=(post,)))))

    def see(state: RobotState) -> Detections:
        here = state.odometry.pose.to_local(place)
        size = (0.06, 0.06, 0.06)
        one = Detection(1, None, shape, (*here, 0.03), size, confidence=0.3)
        return Detections(state.time, (one,))

    rig.detect = see
    rig.ticks(0.3)
    assert not rig.runner._known.objects.range_memory.remembered
    ended = rig.run(Move("forward", 0.7))
    if stops:
        assert ended.state is PlanState.FAILED
        assert rig.outcomes[0].message.endswith("the thing is 10 cm ahead")
        reach = 0.06 if abs(y) - 0.03 > 0.09 else FRONT_M  # only the wheels would meet it
        gap = place[0] - 0.03 - reach - rig.backend.truth().x
        assert gap == pytest.approx(0.10, abs=0.02)
    else:
        assert rig.backend.truth().x > 0.4  # it drove into it: nothing so unsure is believed


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
def test_a_move_stops_ten_centimeters_short(
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


def _among_posts(robot: Any, *places: tuple[float, float], seen: float = 1.0) -> Rig:
    """A robot whose camera tells posts as uprights, ``seen`` as surely."""
    half = 0.025
    fixtures = tuple(
        Fixture(f"post_{number}", (half, half, 0.15), (x, y, 0.15))
        for number, (x, y) in enumerate(places)
    )
    (left, right), rig = (
        places,
        Rig(MujocoBackend(robot, World("posts", (), Scene(fixtures=fixtures)))),
    )
    middle, width = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2), math.dist(left, right)
    through = math.atan2(left[1] - right[1], left[0] - right[0]) - math.pi / 2

    def see(state: RobotState) -> Detections:
        base = state.odometry.pose
        pose = Pose2D(*base.to_local(middle), through - base.yaw)
        gate = Gate(1, pose, width - 2 * half, confidence=seen)
        return Detections(state.time, (), (gate,))

    rig.detect = see
    return rig


@pytest.mark.parametrize("aside", [0.10, 0.14])
@pytest.mark.parametrize("side", [1, -1])
def test_a_gates_upright_beside_the_cone_is_not_rammed(robot: Any, aside: float, side: int) -> None:
    rig = _among_posts(robot, *sorted([(0.5, side * aside), (0.55, -side * 0.5)], key=_left))
    rig.ticks(0.3)
    assert rig.run(Move("forward", 1.0)).state is PlanState.FAILED
    assert rig.outcomes[0].message.endswith("an upright of the gate is 10 cm ahead")
    reach = 0.06 if aside - 0.025 > 0.08 else FRONT_M  # only the wheels would meet it
    assert 0.475 - reach - rig.backend.truth().x == pytest.approx(0.10, abs=0.02)


def _left(place: tuple[float, float]) -> float:
    return -place[1]


@pytest.mark.parametrize("width", [0.40, 0.6])
def test_a_move_through_a_gate_that_fits_is_not_refused(robot: Any, width: float) -> None:
    rig = _among_posts(robot, (0.6, width / 2 + 0.025), (0.6, -width / 2 - 0.025))
    rig.ticks(0.3)
    assert rig.run(Move("forward", 1.2), Move("backward", 1.2)).state is PlanState.SUCCEEDED
    assert not rig.backend.touched()


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
