"""The simulated robot repeats itself to the last bit, and refuses nonsense."""

import math

import numpy as np
import pytest

from tank_core.exceptions import BackendError
from tank_core.state import RobotCommand, Twist2D
from tank_sim import worlds
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.realism.levels import REAL

PERIOD = 0.02  # [s] of the control loop


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
