"""In simulation, by its truth.

What is said to be held is held, and what is not is not.
"""

import math
from typing import Any

import pytest
from executor_rig import Rig

from tank_core.commands import Cell, Color, Grasp, Move, Release, Shape, Turn
from tank_core.mock_backend import MockBackend
from tank_core.robot import Robot
from tank_core.state import Detection, Detections
from tank_executor.plan import PlanState
from tank_executor.plan_runner import PlanRunner
from tank_sim import worlds
from tank_sim.mujoco_backend import MujocoBackend


@pytest.fixture
def place(robot: Robot, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A rig in a world with one object at (x, y) [m]."""

    def build(shape: Shape, size: float, x: float, y: float, yaw: float = 0.0) -> Any:
        thing = worlds.on_floor(Color.RED, shape, size, (x, y), yaw)
        monkeypatch.setitem(worlds.catalog.BUILDERS, "test", lambda robot, dice: (thing,))
        return Rig(MujocoBackend(robot, "test"))

    return build


@pytest.mark.slow
@pytest.mark.parametrize("size", [0.03, 0.05])
@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("cell", list(Cell))
def test_pick_up_drive_put_down(
    place: Any, robot: Robot, cell: Cell, shape: Shape, size: float
) -> None:
    rig = place(shape, size, *robot.cell(cell), yaw=0.4)
    status = rig.run(Grasp(cell))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert rig.backend.held() is not None
    drive = rig.run(Move("forward", 0.6, "fast"), Turn("left", 120, "fast"))
    assert drive.state is PlanState.SUCCEEDED and rig.backend.held() is not None
    assert rig.run(Release(cell)).state is PlanState.SUCCEEDED
    (thing,) = rig.backend.objects().values()
    assert math.dist((thing.x, thing.y), rig.backend.truth().to_world(robot.cell(cell))) < 0.03
    assert thing.z == pytest.approx(size / 2, abs=0.005)
    assert rig.backend.held() is None
    assert rig.state.positions(robot.arm.joint_names) == pytest.approx(robot.arm.home, abs=0.05)
    assert rig.refused == []


@pytest.mark.parametrize("offset", [(0.0, 0.03), (0.03, 0.0), (-0.02, -0.025), (0.05, 0.0)])
def test_an_object_beside_the_cell_is_felt_for(
    place: Any, robot: Robot, offset: tuple[float, float]
) -> None:
    x, y = robot.cell(Cell.FRONT)
    rig = place(Shape.CUBE, 0.04, x + offset[0], y + offset[1])
    status = rig.run(Grasp())
    assert status.state is PlanState.SUCCEEDED, status.message
    assert rig.backend.held() is not None


@pytest.mark.slow
def test_an_empty_cell_is_told_and_the_arm_goes_home(robot: Robot) -> None:
    rig = Rig(MujocoBackend(robot))
    assert rig.run(Grasp("front_left")).state is PlanState.FAILED
    assert rig.outcomes[0].message == "nothing to grasp within 8 cm of the place ahead on the left"
    assert rig.state.positions(robot.arm.joint_names) == pytest.approx(robot.arm.home, abs=0.05)


def test_only_one_thing_is_held(place: Any, robot: Robot) -> None:
    rig = place(Shape.CUBE, 0.04, *robot.cell(Cell.FRONT))
    rig.run(Grasp())
    assert rig.run(Grasp("left")).state is PlanState.FAILED
    assert rig.outcomes[0].message == "already holding something; release it first"
    assert rig.backend.held() is not None


def test_nothing_held_cannot_be_released(rig: Rig) -> None:
    assert rig.run(Release()).state is PlanState.FAILED
    assert rig.outcomes[0].message == "nothing is held"


def test_another_runner_feels_what_is_held(place: Any, robot: Robot) -> None:
    """The gripper's feeling counts, not what somebody remembers.

    An executor may be started again.
    """
    rig = place(Shape.BALL, 0.04, *robot.cell(Cell.FRONT))
    rig.run(Grasp())
    rig.runner = PlanRunner(robot)
    assert rig.run(Release("front_right")).state is PlanState.SUCCEEDED


def test_a_stop_keeps_hold(place: Any, robot: Robot) -> None:
    rig = place(Shape.CUBE, 0.04, *robot.cell(Cell.FRONT))
    rig.run(Grasp())
    rig.controller.stop(rig.now, "test")
    rig.ticks(1.0)
    assert rig.backend.held() is not None


def test_a_gripper_that_only_says_where_it_is_is_not_believed(robot: Robot) -> None:
    rig = Rig(MockBackend(robot))
    assert rig.run(Grasp()).state is PlanState.FAILED
    assert "nothing to grasp" in rig.outcomes[0].message


def test_color_and_shape_are_not_claimed_without_a_camera(place: Any, robot: Robot) -> None:
    rig = place(Shape.BALL, 0.04, *robot.cell(Cell.FRONT))
    assert rig.run(Grasp(color="red", shape="ball")).state is PlanState.SUCCEEDED
    assert rig.outcomes[0].message.endswith(
        "its color and shape could not be checked: no camera detections"
    )
    assert rig.backend.held() is not None


@pytest.mark.slow
def test_without_a_camera_and_with_an_empty_cell_the_reason_is_the_camera(robot: Robot) -> None:
    rig = Rig(MujocoBackend(robot))
    assert rig.run(Grasp(shape="cube")).state is PlanState.FAILED
    assert (
        rig.outcomes[0].message
        == "no camera detections, and by touch: nothing to grasp within 8 cm of the place in front"
    )


def test_what_the_camera_sees_near_the_cell_is_taken_at_once(place: Any, robot: Robot) -> None:
    x, y = robot.cell(Cell.LEFT)
    rig = place(Shape.CUBE, 0.04, x + 0.03, y - 0.05)
    rig.detect = lambda state: Detections(
        state.time, (Detection(1, "red", "cube", (x + 0.03, y - 0.05, 0.02)),)
    )
    status = rig.run(Grasp("left"))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert status.outcomes[0].duration < 7.0
