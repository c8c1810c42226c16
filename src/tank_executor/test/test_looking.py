"""face, approach and grasp by what a camera would see: detections made from the simulator's truth."""

import math
from typing import Any

import pytest

from tank_core.commands import Approach, Cell, Color, Face, Grasp, Shape
from tank_core.robot import Robot
from tank_core.state import Detection, Detections, RobotState
from tank_executor.looking import NO_DETECTIONS
from tank_executor.plan import PlanState
from tank_sim import worlds
from tank_sim.mujoco_backend import MujocoBackend


@pytest.fixture
def seeing(robot: Robot, make_rig: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A rig with a red cube and a blue ball, and eyes that see what lies within 35 degrees of straight ahead."""

    def build(red: tuple[float, float], blue: tuple[float, float]) -> Any:
        things = (worlds.on_floor(Color.RED, Shape.CUBE, 0.04, red), worlds.on_floor(Color.BLUE, Shape.BALL, 0.04, blue))
        monkeypatch.setitem(worlds._BUILDERS, "test", lambda robot, dice: things)
        backend = MujocoBackend(robot, "test")

        def eyes(state: RobotState) -> Detections:
            pose, seen = backend.truth(), []
            for number, thing in enumerate(backend.objects().values()):
                x, y = bearing_from(pose, thing)
                if abs(math.atan2(y, x)) < math.radians(35):
                    seen.append(Detection(number, thing.color, thing.shape, (x, y, thing.z)))
            return Detections(state.time, tuple(seen))

        return make_rig(backend, eyes)

    return build


def bearing_from(pose: Any, thing: Any) -> tuple[float, float]:
    x, y = thing.x - pose.x, thing.y - pose.y
    cosine, sine = math.cos(pose.yaw), math.sin(pose.yaw)
    return x * cosine + y * sine, y * cosine - x * sine


@pytest.mark.parametrize("red", [(1.0, 0.3), (-0.8, 0.5), (-1.0, -0.2)])
def test_face_ends_with_the_object_in_the_middle_of_the_image(seeing: Any, robot: Robot, red: tuple[float, float]) -> None:
    rig = seeing(red, (1.5, -0.3))
    status = rig.run(Face(color="red"))
    assert status.state is PlanState.SUCCEEDED, status.message
    x, y = bearing_from(rig.backend.truth(), rig.backend.objects()["red_cube"])
    camera_x, camera_y, _ = robot.camera.position
    assert abs(math.degrees(math.atan2(y - camera_y, x - camera_x))) < 4.0


def test_what_is_nowhere_is_told(seeing: Any) -> None:
    rig = seeing((1.0, 0.3), (1.5, -0.3))
    assert rig.run(Face(color="green")).state is PlanState.FAILED
    assert rig.outcomes[0].message == "the camera sees the green object nowhere around"


def test_approach_ends_with_the_object_in_the_arm_zone(seeing: Any, robot: Robot) -> None:
    rig = seeing((1.2, -0.5), (1.5, 0.6))
    status = rig.run(Approach(color="blue", shape="ball"))
    assert status.state is PlanState.SUCCEEDED, status.message
    place = bearing_from(rig.backend.truth(), rig.backend.objects()["blue_ball"])
    assert math.dist(place, robot.cell(Cell.FRONT)) < 0.08


def test_grasp_goes_to_the_object_that_was_said(seeing: Any) -> None:
    rig = seeing((1.2, -0.5), (0.9, 0.3))
    status = rig.run(Grasp(color="red", shape="cube"))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert rig.backend.held() == "red_cube"


@pytest.mark.parametrize("command", [Face(), Approach(shape="cube")])
def test_without_detections_nothing_moves(rig: Any, command: Any) -> None:
    assert rig.run(command).state is PlanState.FAILED
    assert rig.outcomes[0].message == NO_DETECTIONS
    assert rig.state.odometry.pose.yaw == 0.0


def test_old_detections_are_none(rig: Any) -> None:
    rig.eyes = lambda state: Detections(state.time - 5.0, (Detection(1, "red", "cube", (1.0, 0.0, 0.02)),))
    rig.run(Face())
    assert rig.outcomes[0].message == NO_DETECTIONS


def test_a_detection_at_no_number_is_not_driven_to(rig: Any) -> None:
    rig.eyes = lambda state: Detections(state.time, (Detection(1, "red", "cube", (math.nan, 0.0, 0.02)),))
    assert rig.run(Approach(color="red")).state is PlanState.FAILED
    assert "nowhere around" in rig.outcomes[0].message
