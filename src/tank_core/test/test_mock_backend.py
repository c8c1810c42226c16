"""The mock: perfect kinematics, and failures on demand."""

import numpy as np
import pytest

from tank_core.exceptions import BackendError
from tank_core.mock_backend import MockBackend
from tank_core.robot import load_robot
from tank_core.state import RobotCommand, Twist2D


def test_it_drives_as_told_and_keeps_its_own_time(robot):
    backend = MockBackend(robot)
    backend.apply(RobotCommand(Twist2D(0.5, 0.0)))
    backend.advance(2.0)
    state = backend.read()
    assert (state.time, state.odometry.pose.x, state.odometry.twist) == (
        2.0,
        1.0,
        Twist2D(0.5, 0.0),
    )


def test_it_says_what_it_really_does(robot):
    done = MockBackend(robot).apply(RobotCommand(Twist2D(9.0, 0.0), {"arm_yaw": 9.0}))
    assert done.twist.linear == robot.drive.max_linear
    assert done.joints["arm_yaw"] == robot.joint_limits("arm_yaw")[1]


def test_joints_move_at_their_greatest_speed_and_arrive(robot):
    backend = MockBackend(robot)
    backend.apply(RobotCommand(joints={"arm_yaw": 1.0}))
    backend.advance(0.1)
    assert backend.read().joints["arm_yaw"].position == pytest.approx(
        0.1 * robot.joint_velocity("arm_yaw")
    )
    backend.advance(10.0)
    assert backend.read().joints["arm_yaw"].position == pytest.approx(1.0)


def test_stopping_zeroes_everything_at_once_and_may_be_repeated(robot):
    backend = MockBackend(robot)
    backend.apply(RobotCommand(Twist2D(0.5, 0.5), {"arm_yaw": 1.0}))
    backend.advance(0.1)
    backend.stop()
    before = backend.read()
    backend.stop()
    backend.advance(1.0)
    after = backend.read()
    assert after.odometry.twist == Twist2D() and after.odometry.pose == before.odometry.pose
    assert after.joints["arm_yaw"].position == before.joints["arm_yaw"].position


def test_it_fails_when_told_to_but_stop_and_close_never_raise(robot):
    backend = MockBackend(robot)
    backend.fail("the bus is gone")
    for call in (backend.read, lambda: backend.apply(RobotCommand()), lambda: backend.advance(0.1)):
        with pytest.raises(BackendError, match="the bus is gone"):
            call()
    backend.stop()
    backend.recover()
    backend.read()


def test_closed_it_is_gone_and_closing_again_is_nothing(robot):
    with MockBackend(robot) as backend:
        pass
    backend.close()
    with pytest.raises(BackendError, match="closed"):
        backend.read()
    assert backend.closed and "stop" in backend.calls


def test_the_camera_is_there_only_when_asked_for(robot):
    assert MockBackend(robot).camera() is None
    frame = MockBackend(load_robot("tank"), camera=True).camera()
    assert (
        frame is not None
        and frame.rgb.shape == (robot.camera.height, robot.camera.width, 3)
        and frame.rgb.dtype == np.uint8
    )
