"""The range sensor.

Sees things in its cone at their distance, and neither the robot, nor what it holds, nor the floor.
"""

import dataclasses
import math
from itertools import pairwise

import numpy as np
import pytest

from tank_core.commands import Color, Shape
from tank_core.state import RobotCommand, Twist2D
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.realism.levels import Realism
from tank_sim.sensors.range_finder import fan
from tank_sim.worlds import World, build_world, on_floor, world_names


def cube(x, y=0.0, size=0.04):
    return on_floor(Color.RED, Shape.CUBE, size, (x, y))


def distance(robot, *things, **settings):
    with MujocoBackend(robot, World("test", things), **settings) as backend:
        backend.advance(0.1)
        return backend.read().range_m


@pytest.fixture
def eye(robot):
    """The place from which distances count [m], ahead of base_link."""
    return robot.range_sensor.position[0]


@pytest.mark.parametrize("ahead", [0.05, 0.1, 0.2, 0.3, 0.6, 1.0, 1.4, 2.5])
@pytest.mark.parametrize("size", [0.03, 0.09])
def test_a_cube_is_seen_at_its_distance(robot, eye, ahead, size):
    assert distance(robot, cube(eye + ahead + size / 2, 0.0, size)) == pytest.approx(
        ahead, abs=0.01
    )


def test_the_nearest_counts(robot, eye):
    assert distance(robot, cube(eye + 1.02), cube(eye + 0.52, 0.02)) == pytest.approx(0.5, abs=0.01)


def test_what_is_beside_the_cone_or_beyond_its_reach_is_not_seen(robot, eye):
    beside = math.tan(robot.range_sensor.field_of_view / 2) * 0.5
    assert distance(robot, cube(eye + 0.5, beside + 0.04)) is None
    assert distance(robot, cube(eye + 0.5, beside - 0.02)) is not None
    assert distance(robot, cube(eye + robot.range_sensor.max_range + 0.3, size=0.5)) is None


def test_a_thing_too_near_gives_the_least_it_can_tell(robot, eye):
    assert distance(robot, cube(eye + 0.03)) == robot.range_sensor.min_range


@pytest.mark.parametrize(
    "joints", [{}, {"arm_shoulder": 0.3, "arm_elbow": -0.6, "arm_wrist": -0.8}]
)
def test_neither_floor_nor_robot_are_seen(robot, joints):
    with MujocoBackend(robot, "empty") as backend:
        backend.apply(RobotCommand(Twist2D(0.3, 0.5), joints))
        for _ in range(20):
            backend.advance(0.05)
            assert backend.read().range_m is None


def test_what_the_arm_carries_at_home_is_not_seen(robot):
    """Put between the fingers of the arm at rest, where it carries things."""
    with MujocoBackend(robot, World("test", (cube(2.0, 1.0),))) as backend:
        hand = backend.data.site("tool").xpos.copy()
        backend.data.joint("red_cube").qpos[:3] = hand
        backend.advance(0.002)
        assert backend.data.body("red_cube").xpos == pytest.approx(hand, abs=0.005)
        assert backend.read().range_m is None


@pytest.mark.slow
def test_the_way_ahead_is_clear_in_worlds_that_promise_it(robot, eye):
    for name in world_names():
        for seed in range(5):
            reading = distance(robot, *build_world(name, robot, seed).objects)
            if name in ("empty", "playground", "dim", "light"):
                assert reading is None or reading > 1.0, (name, seed)
    assert distance(robot, *build_world("cells", robot).objects) == pytest.approx(
        robot.cell(None)[0] - 0.02 - eye, abs=0.01
    )


def test_it_measures_at_20_hz_and_turns_with_the_robot(robot):
    with MujocoBackend(robot, World("test", (cube(1.0), cube(0.0, 1.0)))) as backend:
        backend.apply(RobotCommand(Twist2D(0.0, 1.0)))
        readings = []
        for _ in range(100):
            backend.advance(0.02)
            readings.append(backend.read().range_m)
    changes = sum(a != b for a, b in pairwise(readings))
    assert 4 < changes <= 40
    assert readings[0] is not None and None in readings and readings[75:84] != [None] * 9


def test_noise_is_that_of_the_realism(robot, eye):
    with MujocoBackend(
        robot, World("test", (cube(eye + 0.52),)), realism=Realism(range_noise=0.005)
    ) as backend:
        readings = []
        for _ in range(200):
            backend.advance(0.05)
            readings.append(backend.read().range_m)
    assert np.std(readings) == pytest.approx(0.005, rel=0.25)
    assert np.mean(readings) == pytest.approx(0.5, abs=0.005)


def test_a_robot_without_the_sensor_has_no_reading(robot):
    assert distance(dataclasses.replace(robot, range_sensor=None), cube(0.5)) is None


def test_the_fan_fills_its_cone(robot):
    rays = fan(0.26)
    assert np.linalg.norm(rays, axis=1) == pytest.approx(1.0)
    angles = np.arccos(rays[:, 0])
    assert angles.max() == pytest.approx(0.13, abs=1e-6)
    assert rays[:, 1].max() == -rays[:, 1].min()
    assert rays[:, 2].min() < -0.1 and rays[:, 2].max() == pytest.approx(np.sin(0.13))
