"""The simulated robot.

It goes where its wheels say, holds what it grasps, repeats itself to the last bit, and refuses
nonsense.
"""

import dataclasses
import math

import numpy as np
import pytest

from tank_core.commands import Cell, Color, Shape, Speed
from tank_core.exceptions import BackendError
from tank_core.state import RobotCommand, Twist2D
from tank_sim import worlds
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.realism.levels import IDEAL, REAL, Realism, RealismError
from tank_sim.wheel_odometry import WheelOdometry

PERIOD = 0.02  # [s] of the control loop


@pytest.fixture
def backend(robot):
    with MujocoBackend(robot) as backend:
        backend.advance(0.5)
        yield backend


@pytest.fixture
def any_backend(each_robot):
    with MujocoBackend(each_robot) as backend:
        backend.advance(0.5)
        yield backend


def angle(value):
    """In (-pi, pi]."""
    return math.atan2(math.sin(value), math.cos(value))


def travel(backend, goal, limit, acceleration, way, twist):
    """Drive a trapezoidal profile until ``way`` (by the odometry) is ``goal``.

    ``twist`` makes a velocity of a speed.
    """
    speed, start = 0.0, way()
    while (rest := goal - (way() - start)) > 1e-3:
        speed = min(
            speed + acceleration * PERIOD,
            limit,
            math.sqrt(2 * acceleration * rest),
            rest / PERIOD / 2,
        )
        backend.apply(RobotCommand(twist(speed)))
        backend.advance(PERIOD)
    backend.apply(RobotCommand())
    backend.advance(0.5)


class Turned:
    """Total turn by the odometry [rad], unwrapped."""

    def __init__(self, backend):
        self._backend, self._total, self._last = backend, 0.0, backend.read().odometry.pose.yaw

    def __call__(self):
        yaw = self._backend.read().odometry.pose.yaw
        self._total += angle(yaw - self._last)
        self._last = yaw
        return abs(self._total)


# -- Driving
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("speed", Speed)
@pytest.mark.parametrize("way", [0.5, -0.5, 2.0])
def test_a_straight_way_is_true(each_robot, any_backend, speed, way):
    robot, backend = each_robot, any_backend
    start, sign = backend.truth(), math.copysign(1, way)
    travel(backend, abs(way), robot.pace(speed).linear, robot.drive.linear_acceleration,
           lambda: abs(backend.read().odometry.pose.x), lambda v: Twist2D(sign * v, 0.0))  # fmt: skip
    end = backend.truth()
    assert end.x - start.x == pytest.approx(way, abs=0.003 + 0.004 * abs(way))
    assert abs(end.y) < 0.002
    assert abs(end.yaw) < math.radians(0.2)


@pytest.mark.parametrize("speed", Speed)
@pytest.mark.parametrize("degrees", [30, -90, 360])
def test_a_turn_is_true(each_robot, any_backend, speed, degrees):
    robot, backend = each_robot, any_backend
    sign = math.copysign(1, degrees)
    travel(backend, math.radians(abs(degrees)), robot.pace(speed).angular,
        robot.drive.angular_acceleration,
           Turned(backend), lambda w: Twist2D(0.0, sign * w))  # fmt: skip
    end = backend.truth()
    assert abs(angle(end.yaw - math.radians(degrees))) < math.radians(0.6)
    assert math.hypot(end.x, end.y) < 0.01


@pytest.mark.parametrize("seed", range(4))
def test_odometry_is_honest(any_backend, seed):
    """The truth lies within four standard deviations of the belief.

    Which is small after a few meters.
    """
    backend, drive, dice = any_backend, any_backend.robot.drive, np.random.default_rng(seed)
    for _ in range(12):
        way, turn = 0.8 * drive.max_linear, 0.75 * drive.max_angular
        backend.apply(RobotCommand(Twist2D(dice.uniform(-way, way), dice.uniform(-turn, turn))))
        backend.advance(1.0)
    belief, truth = backend.read().odometry, backend.truth()
    errors = truth.x - belief.pose.x, truth.y - belief.pose.y, angle(truth.yaw - belief.pose.yaw)
    assert all(
        abs(error) < 4 * math.sqrt(variance)
        for error, variance in zip(errors, belief.variance, strict=True)
    )
    assert max(belief.variance) < 0.05**2


def test_odometry_does_not_know_the_truth(robot, backend):
    """A robot that is carried off believes to be where it was."""
    before = backend.read().odometry.pose
    backend.data.joint("base").qpos[0] += 1.0
    backend.advance(0.2)
    assert backend.truth().x > 0.9
    assert backend.read().odometry.pose.x == pytest.approx(before.x, abs=0.01)


def test_velocity_is_reached_and_stop_ends_it(backend):
    backend.apply(RobotCommand(Twist2D(0.5, 0.5)))
    backend.advance(1.0)
    moving = backend.truth_twist()
    assert (moving.linear, moving.angular) == pytest.approx((0.5, 0.5), rel=0.02)
    assert (
        backend.read().odometry.twist.linear,
        backend.read().odometry.twist.angular,
    ) == pytest.approx((0.5, 0.5), rel=0.02)
    backend.stop()
    backend.advance(0.3)
    assert abs(backend.truth_twist().linear) < 0.01


def test_too_fast_wheels_keep_the_curve(robot, backend):
    asked = Twist2D(3.0, 6.0)
    applied = backend.apply(RobotCommand(asked)).twist
    assert applied.linear < asked.linear
    assert applied.linear / applied.angular == pytest.approx(asked.linear / asked.angular)


# -- Arm and gripper
# --------------------------------------------------------------------------------------------------


def reach(robot, x, y, z):
    """Joint positions that put the tool at a place [m] in base_link.

    The hand points down: two links in a plane.
    """
    yaw, shoulder, elbow, wrist = robot.arm.joints
    out = math.hypot(x - yaw.origin[0], y)
    up = z + robot.arm.tool[0] - yaw.origin[2] - shoulder.origin[2]
    upper, fore = elbow.origin[0], wrist.origin[0]
    bend = -math.acos((out**2 + up**2 - upper**2 - fore**2) / (2 * upper * fore))
    lift = math.atan2(up, out) - math.atan2(fore * math.sin(bend), upper + fore * math.cos(bend))
    return dict(
        zip(
            robot.arm.joint_names,
            (math.atan2(y, x - yaw.origin[0]), lift, bend, -math.pi / 2 - lift - bend),
            strict=True,
        )
    )


def move(backend, targets, seconds=1.0, settle=0.3):
    """Lead joints to targets in a straight line.

    Returns the greatest lag behind it [rad or m].
    """
    start, steps, lag = backend.read().joints, round(seconds / PERIOD), 0.0
    for step in range(1, steps + 1):
        aim = {
            name: start[name].position + (goal - start[name].position) * step / steps
            for name, goal in targets.items()
        }
        backend.apply(RobotCommand(joints=aim))
        backend.advance(PERIOD)
        lag = max(
            lag, *(abs(backend.read().joints[name].position - value) for name, value in aim.items())
        )
    backend.advance(settle)
    return lag


def one_object(robot, shape, size, place, yaw, monkeypatch):
    """A backend with one red thing on the floor."""
    thing = worlds.on_floor(Color.RED, shape, size, place, yaw)
    monkeypatch.setitem(worlds.catalog.BUILDERS, "one", lambda robot, dice: (thing,))
    backend = MujocoBackend(robot, "one")
    backend.advance(0.3)
    return backend


def touches(backend, names, others):
    """Whether a geom of the first group touches one of the second."""
    for pair in backend.data.contact.geom:
        first, second = (backend.model.geom(int(geom)).name for geom in pair)
        if (first in names and second in others) or (second in names and first in others):
            return True
    return False


@pytest.mark.parametrize("cell", Cell)
def test_the_arm_reaches_each_cell_and_the_robot_stays_where_it_is(robot, backend, cell):
    x, y = robot.cell(cell)
    lag = move(backend, reach(robot, x, y, 0.1), 2.0)
    move(backend, targets := reach(robot, x, y, 0.012), 1.0)
    joints = backend.read().joints
    assert all(
        joints[name].position == pytest.approx(value, abs=0.002) for name, value in targets.items()
    )
    assert backend.data.site("tool").xpos == pytest.approx([x, y, 0.012], abs=0.0015)
    assert lag < 0.1
    assert math.hypot(backend.truth().x, backend.truth().y) < 0.001


def test_a_slow_motion_is_followed(robot, backend):
    home = dict(zip(robot.arm.joint_names, robot.arm.home, strict=True))
    assert move(backend, {name: value - 0.4 for name, value in home.items()}, 3.0) < 0.012


@pytest.mark.parametrize("cell", Cell)
@pytest.mark.parametrize(
    "shape, size", [(Shape.CUBE, 0.05), (Shape.BALL, 0.03), (Shape.CYLINDER, 0.04)]
)
def test_grasp_lift_and_carry(robot, monkeypatch, cell, shape, size):
    x, y = robot.cell(cell)
    backend = one_object(robot, shape, size, (x + 0.003, y - 0.003), 0.2, monkeypatch)
    home = dict(zip(robot.arm.joint_names, robot.arm.home, strict=True))
    arm = [link.name for link in robot.arm.links] + ["left_finger", "right_finger"]
    hit = []
    for z, seconds in ((0.12, 1.5), (0.012, 0.8)):
        move(backend, reach(robot, x, y, z), seconds)
        hit.append(touches(backend, arm, ["chassis", *robot.drive.wheel_joints, "floor"]))
    assert backend.held() is None
    move(backend, {robot.gripper.joint: 0.0}, 0.6)
    gripper = backend.read().joints[robot.gripper.joint]
    assert robot.gripper.gap(gripper.position) > size - 0.002
    # it squeezes, so something is there
    assert gripper.effort == pytest.approx(-robot.gripper.effort, rel=0.05)
    move(backend, reach(robot, x, y, 0.15), 1.0)
    move(backend, home, 1.5)
    name = f"red_{shape}"
    assert backend.held() == name
    for twist in (Twist2D(1.0, 0.0), Twist2D(0.0, 2.0), Twist2D(-1.0, -2.0), Twist2D()):
        backend.apply(RobotCommand(twist))
        backend.advance(0.8)
    hit.append(touches(backend, [name], ["chassis", *robot.drive.wheel_joints]))
    assert backend.held() == name
    assert not any(hit)
    move(backend, {robot.gripper.joint: robot.gripper.upper}, 0.5, settle=1.0)
    assert backend.held() is None


def test_closing_on_nothing_leaves_neither_gap_nor_force(robot, backend):
    move(backend, {robot.gripper.joint: 0.0}, 1.0)
    gripper = backend.read().joints[robot.gripper.joint]
    assert gripper.position == pytest.approx(0.0, abs=1e-3)
    assert abs(gripper.effort) < 0.1 * robot.gripper.effort


def test_stop_holds_the_arm_and_keeps_the_grip(robot, backend):
    backend.apply(RobotCommand(joints=reach(robot, 0.3, 0.0, 0.1) | {robot.gripper.joint: 0.0}))
    backend.advance(0.1)
    before = backend.read().joints
    backend.stop()
    backend.stop()
    backend.advance(1.0)
    after = backend.read().joints
    assert all(
        after[name].position == pytest.approx(before[name].position, abs=0.15)
        for name in robot.arm.joint_names
    )
    assert after[robot.gripper.joint].position == pytest.approx(0.0, abs=1e-3)


def test_targets_beyond_a_limit_are_clamped_and_said(robot, backend):
    name = robot.arm.joint_names[0]
    assert backend.apply(RobotCommand(joints={name: 99.0})).joints == {
        name: robot.joint_limits(name)[1]
    }


# -- Bad input
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "make", [lambda v: RobotCommand(Twist2D(v, 0.0)), lambda v: RobotCommand(joints={"arm_yaw": v})]
)
def test_what_is_not_finite_is_refused_and_changes_nothing(backend, make, value):
    before = backend.data.ctrl.copy()
    with pytest.raises(BackendError, match="finite"):
        backend.apply(make(value))
    assert (backend.data.ctrl == before).all()


def test_an_unknown_joint_is_refused_with_the_choices(backend):
    with pytest.raises(BackendError, match=r"'tail'.*arm_yaw"):
        backend.apply(RobotCommand(Twist2D(1.0, 0.0), {"tail": 0.0}))
    assert not backend.data.ctrl[:2].any()


def test_targets_for_wheels_are_left_out(backend):
    assert backend.apply(RobotCommand(joints={"left_wheel": 1.0})).joints == {}


@pytest.mark.parametrize("duration", [-0.1, math.nan, math.inf])
def test_time_only_goes_forward(backend, duration):
    with pytest.raises(BackendError, match="duration"):
        backend.advance(duration)


def test_closed_is_closed(robot):
    backend = MujocoBackend(robot)
    backend.close()
    backend.close()
    backend.stop()
    for use in (backend.read, lambda: backend.apply(RobotCommand()), lambda: backend.advance(0.1)):
        with pytest.raises(BackendError, match="closed"):
            use()
    assert backend.camera() is None


# -- Time, seeds, truth
# --------------------------------------------------------------------------------------------------


def test_parts_of_a_step_are_not_lost(robot):
    with MujocoBackend(robot) as backend:
        for _ in range(1000):
            backend.advance(0.0013)
        assert backend.time == pytest.approx(1.3, abs=0.0011)


def wander(robot, seed, realism="ideal"):
    """A drive with the arm moving and things pushed about.

    Returns every state on the way.
    """
    with MujocoBackend(robot, "playground", seed, realism=realism) as backend:
        return wandered(backend, robot)


def wandered(backend, robot):
    states = []
    for step in range(100):
        arm = {robot.arm.joint_names[0]: math.sin(step / 10), robot.gripper.joint: 0.02}
        backend.apply(RobotCommand(Twist2D(0.6, math.cos(step / 7)), arm))
        backend.advance(PERIOD)
        states.append((backend.snapshot().tobytes(), backend.read()))
    return states


@pytest.mark.parametrize("realism", ["ideal", "real", REAL.randomized(np.random.default_rng(1))])
def test_same_seed_and_commands_same_bits(robot, realism):
    assert wander(robot, 5, realism) == wander(robot, 5, realism)
    assert wander(robot, 5, realism) != wander(robot, 6, realism)


@pytest.mark.parametrize("realism", ["ideal", "real"])
def test_reset_is_as_good_as_new(robot, realism):
    with MujocoBackend(robot, "playground", 1, realism=realism) as backend:
        first = wandered(backend, robot)
        moved = backend.objects()
        backend.reset(2)
        assert backend.objects() != moved
        backend.reset(1)
        assert wandered(backend, robot) == first


def test_reset_may_keep_the_clock(robot, backend):
    backend.apply(RobotCommand(Twist2D(1.0, 0.0)))
    backend.advance(1.0)
    time = backend.time
    backend.reset(0, keep_time=True)
    state = backend.read()
    assert state.time == time > 1
    assert state.odometry.pose.x == 0.0 == backend.truth().x


def test_objects_are_where_the_world_puts_them(robot):
    with MujocoBackend(robot, "playground", 7) as backend:
        backend.advance(0.5)
        expected = worlds.build_world("playground", robot, 7).objects
        found = backend.objects()
    assert found.keys() == {thing.name for thing in expected}
    for thing in expected:
        state = found[thing.name]
        assert (state.x, state.y, state.z) == pytest.approx(thing.position, abs=0.002)
        assert (state.color, state.shape) == (thing.color.value, thing.shape.value)


def test_at_rest_it_rests(any_backend):
    backend = any_backend
    before = backend.truth()
    backend.advance(5.0)
    after = backend.truth()
    assert math.hypot(after.x - before.x, after.y - before.y) < 1e-4
    assert abs(after.yaw - before.yaw) < 1e-4


# -- Realism
# --------------------------------------------------------------------------------------------------


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
                turned.append(abs(angle(belief.yaw - truth.yaw)))
        assert np.mean(excess) == pytest.approx(slip, abs=0.004 + 0.3 * slip)
        # 2 m, and wheels that differ by one and a half times the slip
        assert max(turned) < 0.004 + 2 * 1.5 * slip / 0.22
        assert slip == 0 or np.mean(turned) > 0.5 * slip  # rad over 2 m


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
        found = truth.x - belief.pose.x, truth.y - belief.pose.y, angle(truth.yaw - belief.pose.yaw)
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
            assert angle(backend.read().odometry.pose.yaw - backend.truth().yaw) == pytest.approx(
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
