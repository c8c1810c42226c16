"""The simulated robot errs as far as its realism says, and knows it."""

import dataclasses
import math

import numpy as np
import pytest

from tank_core.geometry import wrap
from tank_core.state import RobotCommand, Twist2D
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.realism.levels import IDEAL, REAL, Realism, RealismError
from tank_sim.wheel_odometry import WheelOdometry

PERIOD = 0.02  # [s] of the control loop


AHEAD = Twist2D(0.4, 0.0)


def drive(robot, realism, seed, twist=AHEAD, seconds=5.0):
    """A drive in the empty world; returns the backend at its end."""
    backend = MujocoBackend(robot, "empty", seed, realism=realism)
    backend.advance(0.2)
    for _ in range(round(seconds / PERIOD)):
        backend.apply(RobotCommand(twist))
        backend.advance(PERIOD)
    backend.apply(RobotCommand())
    backend.advance(0.3)
    return backend


def test_realism_has_a_name_or_is_given(robot):
    assert MujocoBackend(robot).realism == IDEAL == MujocoBackend(robot, realism="ideal").realism
    assert MujocoBackend(robot, realism="real").realism == REAL
    with pytest.raises(RealismError, match="say one of ideal, real"):
        MujocoBackend(robot, realism="perfect")


def test_an_ideal_robot_reads_its_wheels_and_joints_as_they_are(robot):
    with MujocoBackend(robot) as backend:
        odometry = WheelOdometry(robot.drive)
        odometry.reset(
            *(float(backend.data.joint(name).qpos[0]) for name in robot.drive.wheel_joints)
        )
        for step in range(50):
            backend.apply(RobotCommand(Twist2D(0.5, math.sin(step / 5)), {"arm_yaw": step / 100}))
            asked = backend.data.ctrl.copy()
            backend.advance(PERIOD)
            assert (backend.data.ctrl == asked).all()
            wheels = [backend.data.joint(name) for name in robot.drive.wheel_joints]
            odometry.update(*(float(wheel.qpos[0]) for wheel in wheels))
            state = backend.read()
            assert state.odometry == odometry.odometry(*(float(wheel.qvel[0]) for wheel in wheels))
            assert all(
                state.joints[name].position == backend.data.joint(name).qpos[0]
                for name in robot.arm.joint_names
            )


@pytest.mark.slow
def test_the_odometry_errs_by_the_slip(robot):
    """It believes to have gone farther than it has, by the slip on average.

    And it turns unseen; ideal, it errs by less than 4 mm a meter.
    """
    for slip in (0.0, 0.02, 0.06):
        excess, turned = [], []
        for seed in range(6):
            with drive(robot, Realism(wheel_slip=slip), seed) as backend:
                belief, truth = backend.read().odometry.pose, backend.truth()
                excess.append(math.hypot(belief.x, belief.y) / math.hypot(truth.x, truth.y) - 1)
                turned.append(abs(wrap(belief.yaw - truth.yaw)))
        assert np.mean(excess) == pytest.approx(slip, abs=0.004 + 0.3 * slip)
        # 2 m, and wheels that differ by one and a half times the slip
        assert max(turned) < 0.004 + 2 * 1.5 * slip / 0.22
        assert slip == 0 or np.mean(turned) > 0.5 * slip  # rad over 2 m


@pytest.mark.slow
@pytest.mark.parametrize("realism", [REAL, dataclasses.replace(REAL, wheel_slip=0.05)])
def test_a_real_odometry_is_honest_too(robot, realism):
    """Over many drives the error is about as large as the odometry says.

    In its own standard deviations, and not much smaller.
    """
    errors = []
    for seed in range(12):
        dice = np.random.default_rng(seed)
        with drive(
            robot, realism, seed, Twist2D(dice.uniform(0.2, 0.5), dice.uniform(-0.5, 0.5)), 6.0
        ) as backend:
            belief, truth = backend.read().odometry, backend.truth()
        found = truth.x - belief.pose.x, truth.y - belief.pose.y, wrap(truth.yaw - belief.pose.yaw)
        errors.append(
            [
                error / math.sqrt(variance)
                for error, variance in zip(found, belief.variance, strict=True)
            ]
        )
    assert np.abs(errors).max() < 4
    assert np.sqrt(np.mean(np.square(errors))) > 0.2


def test_actuator_noise_bends_the_way_and_the_odometry_knows(robot):
    bends = []
    for seed in range(4):
        with drive(robot, Realism(wheel_noise=0.05), seed) as backend:
            bends.append(abs(backend.truth().yaw))
            assert wrap(backend.read().odometry.pose.yaw - backend.truth().yaw) == pytest.approx(
                0.0, abs=0.01
            )
    assert max(bends) > 0.03
    with drive(robot, IDEAL, 0) as backend:
        assert abs(backend.truth().yaw) < 0.005


def test_a_command_in_the_wheels_dead_band_moves_nothing(robot):
    realism = Realism(wheel_dead_band=0.5)
    slow, fast = 0.4 * robot.drive.wheel_radius, 0.6 * robot.drive.wheel_radius
    with drive(robot, realism, 0, Twist2D(slow, 0.0), 2.0) as backend:
        assert abs(backend.truth().x) < 1e-3
    with drive(robot, realism, 0, Twist2D(fast, 0.0), 2.0) as backend:
        assert backend.truth().x > 0.8 * 2 * fast


def test_a_servo_ends_within_its_dead_band_and_follows_beyond_it(robot):
    band = 0.02
    with MujocoBackend(robot, realism=Realism(servo_dead_band=band)) as backend:
        backend.advance(0.3)
        start = backend.data.joint("arm_yaw").qpos[0]
        backend.apply(RobotCommand(joints={"arm_yaw": 0.9 * band}))
        backend.advance(0.5)
        assert backend.data.joint("arm_yaw").qpos[0] == pytest.approx(start, abs=1e-4)
        for goal in np.linspace(0.0, 0.5, 101):
            backend.apply(RobotCommand(joints={"arm_yaw": goal}))
            backend.advance(PERIOD)
        backend.advance(0.5)
        assert 0.5 - band - 0.002 < backend.data.joint("arm_yaw").qpos[0] < 0.502


def test_joint_readings_are_noisy_and_the_joints_are_not(robot):
    with MujocoBackend(robot, realism=Realism(joint_noise=0.003)) as backend:
        backend.advance(0.5)
        readings, true = [], []
        for _ in range(200):
            backend.advance(PERIOD)
            assert backend.read() == backend.read()
            readings.append(backend.read().positions(robot.joint_names))
            true.append(backend.data.joint("arm_elbow").qpos[0])
    spread = np.std(readings, axis=0)
    assert spread[:-1] == pytest.approx(0.003, rel=0.25)
    assert 0 < spread[-1] < 0.0005  # [m] of the gripper
    assert np.std(true) < 1e-4
