"""Things stay where they were seen while the robot moves.

That is so however late the news of them comes.
"""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.robot import Robot
from tank_core.state import Detection, Detections, Gate, Odometry, Pose2D, RobotState
from tank_executor.memory import HISTORY_S, ObjectMemory

NUMBERS = st.floats(-5.0, 5.0)
POSES = st.builds(Pose2D, NUMBERS, NUMBERS, st.floats(-3.1, 3.1))


def state(time: float, pose: Pose2D | None = None, range_m: float | None = None) -> RobotState:
    return RobotState(time, Odometry(pose or Pose2D()), {}, range_m)


@given(POSES, NUMBERS, NUMBERS)
def test_places_go_to_odom_and_back(pose: Pose2D, x: float, y: float) -> None:
    assert pose.to_local(pose.to_world((x, y))) == pytest.approx((x, y), abs=1e-9)


@given(POSES, st.floats(-1.0, 1.0), st.floats(-0.5, 0.5))
def test_a_late_image_counts_from_where_the_robot_was_then(
    pose: Pose2D, forward: float, turned: float
) -> None:
    memory = ObjectMemory()
    memory.note(state(1.0, pose), None)
    moved = Pose2D(*pose.to_world((forward, 0.0)), pose.yaw + turned)
    memory.note(
        state(1.2, moved), Detections(1.0, (Detection(1, "red", "cube", (0.8, 0.1, 0.02)),))
    )
    (thing,) = memory.things
    assert (thing.x, thing.y) == pytest.approx(pose.to_world((0.8, 0.1)), abs=1e-9)
    memory.note(state(1.4, Pose2D()), None)
    assert memory.things[0].seen_from(Pose2D()) == pytest.approx((thing.x, thing.y))


def test_a_gate_is_kept_where_it_was_in_the_image_and_one_of_no_numbers_is_none() -> None:
    memory, then = ObjectMemory(), Pose2D(1.0, 2.0, 0.5)
    memory.note(state(1.0, then), None)
    gates = Gate(3, Pose2D(1.2, 0.3, 0.4), 0.6, age=0.5), Gate(4, Pose2D(math.nan), 0.6)
    memory.note(state(1.2, Pose2D(1.1, 2.0, 1.5)), Detections(1.0, (), gates))
    (gate,) = memory.gates
    assert (gate.pose.x, gate.pose.y) == pytest.approx(then.to_world((1.2, 0.3)))
    assert gate.pose.yaw == pytest.approx(0.9) and gate.seen == 0.5 and gate.name == "gate"
    assert math.dist(*gate.uprights) == pytest.approx(0.6)
    memory.forget()
    assert memory.gates == ()


def test_what_a_low_hand_came_near_to_may_be_elsewhere_until_it_is_seen_again() -> None:
    memory = ObjectMemory()
    near = Detection(1, "red", "cube", (0.35, 0.08, 0.02))
    far = Detection(2, "blue", "cube", (0.35, -0.4, 0.02))
    memory.note(state(1.0), Detections(1.0, (near, far)))
    for step in range(20):  # it goes slowly away from the one, and comes not near to the other
        memory.touch(1.6 + 0.01 * step, (0.30, -0.01 * step))
    assert [memory.may_be_pushed(one) for one in memory.things] == [True, False]
    memory.note(state(1.9), Detections(1.55, (near, far)))
    assert memory.may_be_pushed(memory.things[0])
    memory.note(state(2.0), Detections(1.9, (near, far)))
    assert not memory.may_be_pushed(memory.things[0])


def test_between_two_readings_the_pose_is_in_between() -> None:
    memory = ObjectMemory()
    memory.note(state(0.0, Pose2D(0.0, 0.0, 3.0)), None)
    memory.note(
        state(1.0, Pose2D(1.0, 0.0, -3.0)),
        Detections(0.5, (Detection(1, None, None, (1.0, 0.0, 0.0)),)),
    )
    (thing,) = memory.things
    # half way through the turn by way of pi
    assert (thing.x, thing.y) == pytest.approx((-0.5, 0.0), abs=1e-9)


def test_older_detections_than_the_last_are_no_news() -> None:
    memory = ObjectMemory()
    memory.note(state(2.0), Detections(1.9, (Detection(1, "red", None, (1.0, 0.0, 0.0)),)))
    memory.note(state(2.1), Detections(1.5, ()))
    assert len(memory.things) == 1 and memory.time == 1.9


def test_age_tells_when_it_was_seen_and_height_whether_it_hangs() -> None:
    memory = ObjectMemory()
    things = (
        Detection(1, "red", "cube", (1, 0, 0.02), (0.04,) * 3, age=3.0),
        Detection(2, "red", None, (0.2, 0, 0.19), (0.04,) * 3),
    )
    memory.note(state(5.0), Detections(5.0, things))
    assert [thing.seen for thing in memory.things] == [2.0, 5.0]
    assert [thing.on_floor for thing in memory.things] == [True, False]
    assert [thing.name for thing in memory.things] == ["red cube", "red thing"]


def test_one_stray_echo_does_not_count() -> None:
    memory = ObjectMemory()
    assert memory.range == math.inf
    for number, reading in enumerate((1.0, 1.01, 0.2, 1.0, None)):
        memory.note(state(float(number), range_m=reading), None)
        assert memory.range >= 0.99
    memory.note(state(6.0, range_m=math.nan), None)
    assert memory.range == math.inf


@pytest.mark.parametrize("stamp", [10.6, 1e9, 10.0 - HISTORY_S - 0.1])
def test_a_stamp_from_another_time_is_not_taken_and_blinds_nobody(stamp: float) -> None:
    memory = ObjectMemory()
    memory.note(state(10.0), Detections(stamp, (Detection(1, "red", "cube", (1.0, 0.0, 0.02)),)))
    assert not memory.things
    memory.note(state(10.1), Detections(10.0, (Detection(2, "blue", "cube", (1.0, 0.0, 0.02)),)))
    assert [thing.id for thing in memory.things] == [2]


def test_a_clock_that_went_back_begins_anew() -> None:
    memory, old = ObjectMemory(), Detections(10.0, (Detection(1, "red", "cube", (1.0, 0.0, 0.02)),))
    memory.note(state(10.0), old)
    memory.note(state(9.9, Pose2D(5.0)), None)
    assert len(memory.things) == 1  # overtaken on its way
    memory.note(state(0.0), old)
    assert not memory.things
    memory.note(state(0.1), Detections(0.1, (Detection(2, "blue", "cube", (1.0, 0.0, 0.02)),)))
    assert [thing.id for thing in memory.things] == [2]


GOOD = Detection(
    1, "red", "cube", (1.0, 0.0, 0.02), (0.04,) * 3, covariance=(0.2, 0, 0, 0, 0.2, 0, 0, 0, 0.2)
)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "field", ["x", "y", "z", "width", "height", "age", "confidence", "covariance"]
)
def test_what_is_no_number_is_left_out(field: str, bad: float) -> None:
    worse = {
        "x": {"position": (bad, 0.0, 0.0)},
        "y": {"position": (1.0, bad, 0.0)},
        "z": {"position": (1.0, 0.0, bad)},
        "width": {"size": (bad, 0.04, 0.04)},
        "height": {"size": (0.04, 0.04, bad)},
        "age": {"age": bad},
        "confidence": {"confidence": bad},
        "covariance": {"covariance": (bad, *(0.0,) * 8)},
    }[field]
    memory = ObjectMemory()
    memory.note(state(1.0), Detections(1.0, (dataclasses.replace(GOOD, id=7, **worse), GOOD)))
    assert [thing.id for thing in memory.things] == [1]


@pytest.mark.parametrize("axis", [0, 4, 8])
def test_a_place_that_is_not_known_is_none(axis: int) -> None:
    for deviation, known in ((0.45, True), (0.55, False)):
        spread = tuple(deviation**2 if number == axis else 0.0 for number in range(9))
        memory = ObjectMemory()
        memory.note(state(1.0), Detections(1.0, (dataclasses.replace(GOOD, covariance=spread),)))
        assert bool(memory.things) is known


@given(st.lists(st.integers(-4, 4), max_size=8))
def test_every_thing_has_its_own_id(ids: list[int]) -> None:
    memory = ObjectMemory()
    objects = tuple(
        dataclasses.replace(GOOD, id=one, position=(float(number), 0.0, 0.02))
        for number, one in enumerate(ids)
    )
    memory.note(state(1.0), Detections(1.0, objects))
    assert [thing.x for thing in memory.things] == list(range(len(ids)))
    assert len({thing.id for thing in memory.things}) == len(ids) and set(ids) <= {
        thing.id for thing in memory.things
    }


@pytest.mark.parametrize(("confidence", "kept"), [(0.3, True), (0.9, False)])
def test_an_echo_is_forgotten_for_what_stops_the_robot_itself(
    robot: Robot, confidence: float, kept: bool
) -> None:
    memory = ObjectMemory(robot.range_sensor)
    thing = Detection(1, None, None, (1.0, 0.0, 0.1), (0.1, 0.1, 0.2), confidence=confidence)
    for number in range(4):
        now = 0.1 * number
        memory.note(state(now, range_m=0.8), Detections(now, (thing,)))
    assert bool(memory.range_memory.remembered) is kept


@pytest.mark.parametrize("off", [-0.02, 0.0, 0.02])  # from afar a height is not known better
def test_what_stands_on_a_thing_neither_lies_nor_hangs(off: float) -> None:
    memory = ObjectMemory()
    memory.note(state(1.0), None)
    size = (0.04, 0.04, 0.04)
    told = [
        Detection(1, "blue", "cube", (0.5, 0.0, 0.02), size),
        Detection(2, "red", "cube", (0.505, 0.0, 0.06 + off), size),  # on it
        Detection(3, "green", "cube", (0.6, 0.0, 0.06), size),  # in the air beside it
        Detection(4, "white", "cube", (0.5, 0.0, 0.16), size),  # far over it
        Detection(5, "black", "cube", (0.5, 0.03, 0.03), size),  # beside it, badly measured
    ]
    memory.note(state(1.2), Detections(1.1, tuple(told)))
    blue, red, green, white, black = memory.things
    assert black.on_floor and not black.stacked
    assert blue.on_floor and not blue.stacked and not blue.hangs
    assert red.stacked and red.stands_on(blue) and red.floor == pytest.approx(0.04 + off)
    assert not red.on_floor and not red.hangs
    assert green.hangs and white.hangs and not blue.stands_on(red)
