"""A hand that feels nothing claims what the camera saw in it, no more."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from executor_rig import Rig

from tank_core.commands import Cell, Color, Grasp, Release, Shape
from tank_core.robot import Robot
from tank_core.state import Detection, Detections
from tank_executor.behaviors.handling.grasp_check import (
    SQUEEZE_M,
    CameraGraspCheck,
    EffortGraspCheck,
    grasp_check_for,
)
from tank_executor.plan import PlanState

NO_CAMERA = "could not be checked: no camera detections"


def edited(rig: Rig, change: Callable[[Detections], tuple[Detection, ...]]) -> None:
    """From now on the rig's camera tells something else."""
    ideal = rig.detect

    def detect(state: Any) -> Detections | None:
        seen = ideal(state)
        return None if seen is None else Detections(seen.time, change(seen))

    rig.detect = detect


def test_the_robot_decides(robot: Robot, kit: Robot) -> None:
    assert isinstance(grasp_check_for(robot), EffortGraspCheck) and isinstance(
        grasp_check_for(kit), CameraGraspCheck
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shape", "size"), [(Shape.CUBE, 0.03), (Shape.CYLINDER, 0.04), (Shape.BALL, 0.045)]
)
def test_it_closes_a_little_farther_than_to_the_thing(
    kit_rig: Any, kit: Robot, shape: Shape, size: float
) -> None:
    rig = kit_rig([(Color.RED, shape, (0.5, 0.1), size)])
    assert rig.run(Grasp(color="red")).message == f"holding the red {shape}"
    assert rig.backend.held() == f"red_{shape}"
    told = kit.gripper.gap(rig.state.joints[kit.gripper.joint].position)
    assert told == pytest.approx(size - SQUEEZE_M, abs=1e-4)


@pytest.mark.slow
def test_without_a_camera_it_closes_once_and_says_that_nothing_was_checked(
    kit_rig: Any, kit: Robot
) -> None:
    rig = kit_rig([(Color.RED, Shape.CUBE, kit.cell(Cell.FRONT))], camera=False)
    status = rig.run(Grasp())
    assert status.state is PlanState.SUCCEEDED
    assert status.message == f"closed the gripper; whether it holds something {NO_CAMERA}"
    assert rig.run(Grasp("left")).state is PlanState.FAILED
    assert rig.outcomes[0].message == "already holding something; release it first"
    assert rig.backend.held() == "red_cube"
    status = rig.run(Release("right"))
    assert status.state is PlanState.SUCCEEDED and NO_CAMERA in status.message
    assert rig.backend.held() is None and rig.backend.objects()["red_cube"].z == pytest.approx(
        0.02, abs=0.005
    )
    assert rig.run(Release()).message.endswith("nothing is held")


def test_color_and_shape_are_not_claimed_by_a_blind_hand(kit_rig: Any) -> None:
    rig = kit_rig([], camera=False)
    assert (
        rig.run(Grasp(color="red", shape="ball")).message
        == f"closed the gripper; whether it holds something {NO_CAMERA}"
    )


def test_fingers_that_close_on_nothing_hold_nothing(kit_rig: Any, kit: Robot) -> None:
    rig = kit_rig([(Color.BLUE, Shape.CUBE, (0.8, -0.4))])
    status = rig.run(Grasp())
    assert status.state is PlanState.FAILED
    assert (
        rig.outcomes[0].message == "the place in front: the camera sees nothing between the fingers"
    )
    assert rig.state.positions(kit.arm.joint_names) == pytest.approx(kit.arm.home, abs=0.05)


@pytest.mark.slow
def test_what_lies_elsewhere_than_it_is_seen_is_not_claimed(kit_rig: Any) -> None:
    rig = kit_rig([(Color.RED, Shape.CUBE, (0.6, 0.0))])
    edited(
        rig,
        lambda seen: tuple(
            replace(one, position=(one.position[0], one.position[1] + 0.1, one.position[2]))
            for one in seen.objects
        ),
    )
    status = rig.run(Grasp(color="red"))
    assert status.state is PlanState.FAILED and rig.backend.held() is None
    assert rig.outcomes[0].message.endswith(
        "the camera sees nothing between the fingers (2 attempts)"
    )


def test_what_is_only_behind_the_fingers_is_not_held(kit_rig: Any, kit: Robot) -> None:
    """It is taken for held at one of the two poses, and not at the other."""
    rig = kit_rig([(Color.RED, Shape.CUBE, (0.9, 0.5))])
    times = iter(range(1000))

    def once(seen: Detections) -> tuple[Detection, ...]:
        showing = rig.runner.status.message == "looking at what is held"
        behind = Detection(99, "red", "cube", (*kit.cell(Cell.FRONT), 0.07), (0.04,) * 3)
        return (*seen.objects, behind) if showing and next(times) < 10 else seen.objects

    edited(rig, once)
    assert rig.run(Grasp()).state is PlanState.FAILED
    assert (
        rig.outcomes[0].message == "the place in front: the camera sees nothing between the fingers"
    )


@pytest.mark.slow
def test_what_was_lost_on_the_way_is_not_put_down(kit_rig: Any) -> None:
    rig = kit_rig([(Color.RED, Shape.CUBE, (0.5, 0.0))])
    assert rig.run(Grasp(color="red")).state is PlanState.SUCCEEDED
    rig.backend.data.joint("red_cube").qpos[:3] = (-1.0, 1.0, 0.02)
    rig.ticks(0.5)
    assert rig.run(Release("left")).state is PlanState.FAILED
    assert (
        rig.outcomes[0].message
        == "let go of the red cube on the left, but the camera does not see it there"
    )
    assert rig.run(Release()).message.endswith("nothing is held")


@pytest.mark.slow
def test_what_is_not_seen_lying_was_not_put_down(kit_rig: Any) -> None:
    rig = kit_rig([(Color.RED, Shape.CUBE, (0.5, 0.0))])
    assert rig.run(Grasp(color="red")).state is PlanState.SUCCEEDED
    edited(rig, lambda seen: tuple(one for one in seen.objects if one.position[2] > 0.045))
    assert rig.run(Release("left")).state is PlanState.FAILED
    assert (
        rig.outcomes[0].message
        == "let go of the red cube on the left, but the camera does not see it there"
    )
    assert rig.backend.held() is None


def test_a_cell_is_looked_at_before_it_is_grasped_at(kit_rig: Any, kit: Robot) -> None:
    """The thing is beside the cell's middle, nearer than the camera sees."""
    x, y = kit.cell(Cell.FRONT)
    rig = kit_rig([(Color.GREEN, Shape.CYLINDER, (x, y + 0.03))])
    status = rig.run(Grasp())
    assert status.state is PlanState.SUCCEEDED, status.message
    assert rig.backend.held() == "green_cylinder"
    assert status.message.startswith("holding something green")


def test_what_is_shown_over_another_thing_is_held_and_does_not_stand_on_it(kit_rig: Any) -> None:
    rig = kit_rig([(Color.RED, Shape.CUBE, (0.5, 0.1))])

    def with_one_below(seen: Detections) -> tuple[Detection, ...]:
        (red,) = seen.objects
        (x, y, z), (width, *_) = red.position, red.size
        high = z - width / 2
        if high < 0.02:
            return (red,)
        below = Detection(9, "green", "cube", (x, y, high / 2), (high, high, high))
        return red, below

    edited(rig, with_one_below)
    status = rig.run(Grasp(color="red", shape="cube"))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert rig.backend.held() == "red_cube"
