"""The places of robot and objects can be chosen without compiling anew."""

import math

import numpy as np
import pytest

from tank_core.exceptions import BackendError
from tank_core.geometry import Pose2D
from tank_core.state import RobotCommand, Twist2D
from tank_sim.mujoco_backend import MujocoBackend

START = Pose2D(-0.4, 0.7, 2.1)


def test_a_start_is_where_the_robot_begins_and_odometry_with_it(each_robot):
    with MujocoBackend(each_robot, "playground") as backend:
        backend.reset(1, start=START)
        begun = backend.truth()
        assert (begun.x, begun.y, begun.yaw) == pytest.approx((START.x, START.y, START.yaw))
        assert backend.read().odometry.pose == Pose2D()
        backend.apply(RobotCommand(Twist2D(0.2, 0.3)))
        backend.advance(1.0)
        told, true = backend.read().odometry.pose, backend.truth()
        where = START.to_world((told.x, told.y))
        assert (true.x, true.y) == pytest.approx(where, abs=0.01)
        assert true.turned(Pose2D(0.0, 0.0, START.yaw + told.yaw)) < math.radians(1.0)
        backend.reset(1)
        assert backend.truth() == Pose2D()


def test_the_start_changes_nothing_but_the_start(robot):
    with MujocoBackend(robot, "playground") as backend:
        backend.reset(3)
        things, home = backend.objects(), backend.snapshot()
        backend.reset(3, start=Pose2D())
        assert (backend.snapshot() == home).all()
        backend.reset(3, start=START)
        assert backend.objects() == things


def test_a_placed_object_rests_where_it_was_put(robot):
    with MujocoBackend(robot, "cells", 2) as backend:
        name, others = next(iter(backend.objects())), backend.objects()
        others.pop(name)
        where = (0.9, -0.6, backend.objects()[name].z)
        backend.place(name, where, 0.4)
        backend.advance(0.5)
        found = backend.objects()
        thing = found.pop(name)
        assert (thing.x, thing.y, thing.z) == pytest.approx(where, abs=0.002)
        for key, other in others.items():
            assert (found[key].x, found[key].y) == pytest.approx((other.x, other.y), abs=0.002)
        backend.reset(2)
        assert backend.objects()[name] != thing


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_places_that_are_none_are_refused_and_move_nothing(robot, value):
    with MujocoBackend(robot, "cells") as backend:
        backend.advance(0.1)
        before = backend.snapshot()
        name = next(iter(backend.objects()))
        with pytest.raises(BackendError, match="finite"):
            backend.place(name, (value, 0.0, 0.02))
        with pytest.raises(BackendError, match=f"'sofa'.*{name}"):
            backend.place("sofa", (0.5, 0.0, 0.02))
        with pytest.raises(BackendError, match="finite"):
            backend.reset(0, start=Pose2D(0.0, value, 0.0))
        assert np.array_equal(backend.snapshot(), before)
