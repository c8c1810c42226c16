"""The way back leads through the gates by which the robot came, and no others."""

import math

from tank_core.geometry import Pose2D
from tank_executor.memory import KnownGate
from tank_executor.motion.passages import Passages

START, ROOM, HALL = (0.0, 0.0), (3.0, 0.0), (3.0, 3.0)
EAST, NORTH = Pose2D(1.5, 0.0, 0.0), Pose2D(3.0, 1.5, math.pi / 2)
WEST = Pose2D(1.5, 0.1, math.pi)  # the gate of EAST, as it is found from its other side


def passages(*poses: Pose2D) -> Passages:
    passed = Passages()
    for number, pose in enumerate(poses):
        passed.note(KnownGate(number, pose, 0.6, 0.0, None, 1.0, 0.0))
    return passed


def way(passed: Passages, here: tuple[float, float], count: int = 0) -> list[tuple[float, float]]:
    return [(gate.pose.x, gate.pose.y) for gate in passed.back(count, here, START)]


def test_gates_are_led_back_through_in_the_other_order_and_direction() -> None:
    there = passages(EAST, NORTH)
    back = there.back(0, HALL, START)
    assert [(gate.pose.x, gate.pose.y) for gate in back] == [(3.0, 1.5), (1.5, 0.0)]
    assert [gate.pose.turned(pose) for gate, pose in zip(back, (NORTH, EAST), strict=True)] == [
        math.pi,
        math.pi,
    ]


def test_what_was_left_again_by_the_same_gate_is_no_part_of_the_way() -> None:
    assert way(passages(EAST, WEST), START) == []
    assert way(passages(EAST, NORTH, Pose2D(3.0, 1.5, -math.pi / 2)), ROOM) == [(1.5, 0.0)]


def test_a_place_beyond_a_gate_needs_no_way_through_it() -> None:
    passed = passages(EAST, NORTH)
    assert [gate.pose.x for gate in passed.back(1, HALL, ROOM)] == [3.0]
    assert passed.back(2, HALL, HALL) == [] and passed.count == 2


def test_a_gate_that_the_robot_has_come_round_is_not_gone_through() -> None:
    assert way(passages(EAST), (0.5, 2.0)) == []
