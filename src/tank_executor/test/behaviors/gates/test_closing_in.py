"""A camera that is low measures a gate from near, and what is said is so."""

import math
import re
from dataclasses import replace

import pytest
from executor_rig import Rig

from tank_core.commands import GoThrough
from tank_core.robot import Robot, load_robot
from tank_core.state import Detections, Gate, Pose2D, RobotState
from tank_executor.behaviors.gates.closing_in import EDGE_M, LOOK_M, WELL_M, deviation
from tank_executor.behaviors.gates.finding import half_view
from tank_executor.plan import PlanState
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import World

GATE, WIDTH = Pose2D(1.3, 0.05, 0.1), 0.7


def through(robot: Robot, tilt: float, blind_within: float = 0.0) -> tuple[Rig, str]:
    """Drive through a gate that a camera with a tilt [rad] tells.

    It tells no more of it within some meters; returns the rig and what the robot said.
    """
    rig = Rig(MujocoBackend(robot, World("nothing", ())))
    (ahead, _, height), seen = robot.camera.position, list[tuple[float, Pose2D]]()

    def see(state: RobotState) -> Detections:
        base = state.odometry.pose
        eye = Pose2D(*base.to_world((ahead, 0.0)), base.yaw)
        ends = [eye.to_local(GATE.to_world((0.0, side * WIDTH / 2))) for side in (1, -1)]
        bearings = [abs(math.atan2(y, x)) for x, y in ends]
        x, y = eye.to_local((GATE.x, GATE.y))
        away = math.hypot(x, y)
        part = min(bearings) < half_view(robot) and away > blind_within
        if part:
            off = 1 + tilt * (away**2 + height**2) / (height * away)
            place = eye.to_world((off * x, off * y))
            seen.append((state.time, replace(GATE, x=place[0], y=place[1])))
        if not seen:
            return Detections(state.time)
        time, pose = seen[-1]
        here = Pose2D(*base.to_local((pose.x, pose.y)), pose.yaw - base.yaw)
        gate = Gate(1, here, WIDTH, age=state.time - time)
        return Detections(state.time, (), (gate,))

    rig.detect = see
    status = rig.run(GoThrough())
    assert status.state is PlanState.SUCCEEDED, status.message
    return rig, status.message


def told_and_true(rig: Rig, said: str) -> tuple[float, float]:
    """The doubt that it says of how far beyond it is, and the truth [m]."""
    truth = rig.backend.truth()
    told = re.search(r"by my wheels I am 0\.5 m beyond, give or take (\d+) cm", said)
    assert told, said
    return float(told[1]) / 100, abs(GATE.to_local((truth.x, truth.y))[0] - 0.5)


@pytest.mark.slow
@pytest.mark.parametrize("tilt", [-0.007, 0.007])
def test_a_low_camera_measures_the_uprights_from_near(kit: Robot, tilt: float) -> None:
    told, true = told_and_true(*through(kit, tilt))
    assert true <= 0.045 and true <= told <= 0.10


@pytest.mark.slow
def test_what_is_not_seen_from_near_is_told_with_more_doubt(kit: Robot) -> None:
    told, true = told_and_true(*through(kit, 0.007, blind_within=0.8))
    assert 0.045 < true <= told


def test_only_a_low_camera_has_to() -> None:
    well = math.hypot(WELL_M, EDGE_M)
    assert deviation(load_robot("tank"), 1.0) <= well < deviation(load_robot("rasptank"), 0.8)
    assert deviation(load_robot("rasptank"), LOOK_M) <= well
