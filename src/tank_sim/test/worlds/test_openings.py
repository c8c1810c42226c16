"""Worlds of openings: what a seed moves, what stays, and that it is solid."""

import itertools
import math

import mujoco
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.robot import load_robot
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import build_world

ROBOT = load_robot("tank")
SEEDS = st.integers(0, 2**31 - 1)
NAMES = ("gates", "rooms")


def corners(fixture):
    """The four corners [m] from above."""
    x, y, _ = fixture.half_size
    return [fixture.to_world((a * x, b * y)) for a, b in itertools.product((-1, 1), repeat=2)]


def fixtures_of(name, seed):
    return {fixture.name: fixture for fixture in build_world(name, ROBOT, seed).scene.fixtures}


def gap(one, other):
    """The width [m] between two boxes that stand beside each other."""
    return min(math.dist(a, b) for a in corners(one) for b in corners(other))


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_moves_fixtures_and_changes_nothing_else(name):
    first, second = (build_world(name, ROBOT, seed).scene.fixtures for seed in (1, 2))
    assert [(f.name, f.half_size, f.color) for f in first] == [
        (f.name, f.half_size, f.color) for f in second
    ]
    assert first != second and first == build_world(name, ROBOT, 1).scene.fixtures


@pytest.mark.parametrize("name", NAMES)
@given(seed=SEEDS)
@settings(max_examples=30)
def test_robot_and_objects_stand_clear_of_everything(name, seed):
    world = build_world(name, ROBOT, seed)
    reach = math.hypot(*ROBOT.chassis.half_size[:2]) + 0.1
    for fixture in world.scene.fixtures:
        x, y, _ = fixture.half_size
        for place, room in [((0.0, 0.0), reach)] + [
            (t.position[:2], t.size) for t in world.objects
        ]:
            dx, dy = place[0] - fixture.position[0], place[1] - fixture.position[1]
            along = dx * math.cos(fixture.yaw) + dy * math.sin(fixture.yaw)
            across = dy * math.cos(fixture.yaw) - dx * math.sin(fixture.yaw)
            assert math.hypot(max(abs(along) - x, 0), max(abs(across) - y, 0)) > room


@given(SEEDS)
@settings(max_examples=30)
def test_of_the_gates_one_is_ahead_or_one_on_each_side(seed):
    openings = build_world("gates", ROBOT, seed).scene.openings
    bearings = [math.degrees(math.atan2(one.pose.y, one.pose.x)) for one in openings]
    ahead = sorted(bearing for bearing in bearings if abs(bearing) < 60)
    assert len(ahead) == 1 or (len(ahead) == 2 and ahead[0] < -25 and ahead[1] > 25)
    fixtures = {
        fixture.name: fixture for fixture in build_world("gates", ROBOT, seed).scene.fixtures
    }
    for one in openings:
        left, right = fixtures[f"{one.name}_left"], fixtures[f"{one.name}_right"]
        assert gap(left, right) == pytest.approx(one.width) and left.color is one.color


@given(SEEDS)
@settings(max_examples=30)
def test_the_room_has_its_three_doorways_ahead_left_and_right(seed):
    fixtures = {
        fixture.name: fixture for fixture in build_world("rooms", ROBOT, seed).scene.fixtures
    }
    doors = build_world("rooms", ROBOT, seed).scene.openings
    assert sorted(one.width for one in doors) == [0.5, 0.7, 0.9]
    for one, bearing in zip(doors, (0, 90, -90), strict=True):
        name = f"door_{round(100 * one.width)}"
        assert gap(fixtures[f"{name}_near"], fixtures[f"{name}_far"]) == pytest.approx(one.width)
        off = math.degrees(math.atan2(one.pose.y, one.pose.x)) - bearing
        assert abs(math.remainder(off, 360)) < 35
        assert abs(math.remainder(math.degrees(one.pose.yaw) - bearing, 360)) < 10


@pytest.mark.parametrize("name", NAMES)
def test_after_a_reset_the_fixtures_are_where_the_seed_has_them_and_solid(name):
    with MujocoBackend(ROBOT, name, 0) as backend:
        backend.reset(5)
        fixtures = build_world(name, ROBOT, 5).scene.fixtures
        for fixture in fixtures:
            assert backend.data.geom(fixture.name).xpos == pytest.approx(fixture.position, abs=1e-9)
        # driven into one of them, the robot stops
        wall = max(fixtures, key=lambda fixture: fixture.position[0] - 10 * fixture.position[2])
        backend.data.joint("base").qpos[:2] = wall.position[0] - 0.4, wall.position[1]
        mujoco.mj_forward(backend.model, backend.data)
        backend.data.ctrl[:2] = 8.0
        assert not backend.touched()
        backend.advance(2.0)
        assert backend.truth().x < wall.position[0] - 0.1
        assert wall.name in backend.touched()
        backend.reset(5)
        assert not backend.touched()
