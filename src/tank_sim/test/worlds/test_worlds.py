"""Worlds: the same for the same seed, and nothing on top of anything.

Ways are free where that is promised, and everything stays where it is.
"""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.commands import Cell, Color, Shape
from tank_core.robot import load_robot
from tank_sim.mjcf.appearance import OBJECT_RGB
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import World, WorldError, build_world, on_floor, world_names
from tank_sim.worlds.placement import LANE, ROOM

ROBOT = load_robot("tank")
NAMES = world_names()
SEEDS = st.integers(0, 2**31 - 1)


def spacing(first, second):
    """Room [m] between two objects, by the spheres around them."""
    return math.dist(first.position, second.position) - math.sqrt(3) / 2 * (
        first.size + second.size
    )


def away(thing):
    """Distance [m] from the robot's start."""
    return math.hypot(*thing.position[:2])


def test_an_unknown_world_is_refused_with_the_choices():
    with pytest.raises(WorldError, match=rf"'moon'.*{', '.join(NAMES)}"):
        build_world("moon", ROBOT)


@pytest.mark.parametrize("name", NAMES)
def test_names_of_objects_are_unique_and_sizes_are_graspable(name, each_robot):
    objects = build_world(name, each_robot, 3).objects
    assert len({thing.name for thing in objects}) == len(objects)
    assert all(0.03 <= thing.size <= min(0.05, each_robot.gripper.max_object) for thing in objects)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [0, 7])
def test_nothing_moves_at_rest(name, seed):
    with MujocoBackend(ROBOT, name, seed) as backend:
        backend.advance(0.2)
        before, robot = backend.objects(), backend.truth()
        backend.advance(2.0)
        after = backend.objects()
        for thing, state in before.items():
            moved = math.dist(
                (state.x, state.y, state.z), (after[thing].x, after[thing].y, after[thing].z)
            )
            assert moved < 0.0005, f"{thing} moved {1000 * moved:.1f} mm"
        assert math.hypot(backend.truth().x - robot.x, backend.truth().y - robot.y) < 1e-4


@given(SEEDS)
def test_in_the_playground_each_object_has_room_and_the_way_ahead_is_free(seed):
    objects = build_world("playground", ROBOT, seed).objects
    assert len(objects) == len({thing.color for thing in objects}) == 8
    assert all(
        math.dist(a.position[:2], b.position[:2]) > ROOM
        for a, b in itertools.combinations(objects, 2)
    )
    (green,) = (thing for thing in objects if thing.name == "green_cube")
    assert green.position[:2] == (1.0, ROBOT.cell(Cell.FRONT)[0])
    for thing in objects:
        if thing is not green:
            assert 0.6 <= away(thing) <= 1.9
            assert not (LANE[0] < thing.position[0] < LANE[1] and abs(thing.position[1]) < LANE[2])
    assert "red_cube" in {thing.name for thing in objects}
    half = ROBOT.drive.wheel_separation / 2 + ROBOT.drive.wheel_half_width
    assert all(
        abs(thing.position[1]) - thing.size > half
        for thing in objects
        if 0 < thing.position[0] < LANE[1]
    )


def test_dim_and_light_have_the_playgrounds_objects():
    for seed in range(3):
        playground = build_world("playground", ROBOT, seed)
        dim, light = build_world("dim", ROBOT, seed), build_world("light", ROBOT, seed)
        assert playground.objects == dim.objects == light.objects
        assert (
            dim.scene.brightness < 0.35
            and playground.scene.brightness == light.scene.brightness == 1.0
        )
        assert light.scene.shadow_panel is not None and playground.scene.shadow_panel is None


def test_a_dim_image_is_as_much_darker_as_the_light():
    means = []
    for name in ("playground", "dim"):
        with MujocoBackend(ROBOT, name, camera=True) as backend:
            if backend.camera() is None:
                pytest.skip(backend.camera_problem)
            means.append(backend.camera().rgb.mean())
    assert means[1] / means[0] == pytest.approx(
        build_world("dim", ROBOT).scene.brightness, abs=0.05
    )


def gap(first, second):
    """Room [m] between two objects that stand face to face, by their sizes."""
    return math.dist(first.position[:2], second.position[:2]) - (first.size + second.size) / 2


def groups(objects):
    """Sets of names of objects that touch, directly or through others."""
    found = [{thing.name} for thing in objects]
    for a, b in itertools.combinations(objects, 2):
        if gap(a, b) < 0.002:
            one, other = (next(group for group in found if thing.name in group) for thing in (a, b))
            if one is not other:
                found.remove(other)
                one |= other
    return found


@given(SEEDS)
@settings(max_examples=50)
def test_clutter_has_a_triple_two_pairs_and_eight_alone(seed):
    objects = build_world("clutter", ROBOT, seed).objects
    by_name = {thing.name: thing for thing in objects}
    assert sorted(map(len, groups(objects))) == [1] * 8 + [2, 2, 3]
    for group in groups(objects):
        assert len({by_name[name].color for name in group}) == len(group)
        for a, b in itertools.combinations(group, 2):
            assert gap(by_name[a], by_name[b]) > 0
    assert all(0.5 <= away(thing) <= 1.6 for thing in objects)
    assert all(
        spacing(a, b) > 0.05
        for a, b in itertools.combinations(objects, 2)
        if not any({a.name, b.name} <= g for g in groups(objects))
    )


def test_clutter_has_several_of_a_color_of_a_shape_and_of_a_kind():
    objects = build_world("clutter", ROBOT).objects
    assert len(objects) == 15
    assert {"blue_ball", "blue_ball_2"} <= {thing.name for thing in objects}
    assert {thing.color for thing in objects} == set(Color) and {
        thing.shape for thing in objects
    } == set(Shape)
    with MujocoBackend(ROBOT, "clutter") as backend:
        states = backend.objects()
    assert len(states) == 15
    assert states["blue_ball_2"].color == "blue" and states["blue_ball_2"].shape == "ball"


@pytest.mark.parametrize("seed", range(3))
def test_the_robot_fits_through_the_gate(seed):
    gate = build_world("gate", ROBOT, seed)
    posts = [fixture for fixture in gate.scene.fixtures if fixture.name != "gate_lintel"]
    (lintel,) = (fixture for fixture in gate.scene.fixtures if fixture.name == "gate_lintel")
    half = ROBOT.drive.wheel_separation / 2 + ROBOT.drive.wheel_half_width
    assert len(posts) == 2 and all(
        abs(post.position[1]) - post.half_size[1] > half + 0.1 for post in posts
    )
    assert lintel.position[2] - lintel.half_size[2] > 0.51 + 0.05
    assert all(
        math.dist(fixture.rgb, rgb) > 0.3
        for fixture in gate.scene.fixtures
        for rgb in OBJECT_RGB.values()
    )
    beyond = {
        (thing.position[0] > 1.3, thing.position[1] > 0.3, thing.position[1] < -0.3)
        for thing in gate.objects
    }
    assert {(True, False, False), (False, True, False), (False, False, True)} <= beyond


def test_a_gate_stands_fast_when_the_robot_hits_it():
    with MujocoBackend(ROBOT, "gate") as backend:
        x = 1.0 - ROBOT.chassis.half_size[0] - 0.1
        backend.data.joint("base").qpos[:2] = x, 0.285
        backend.data.ctrl[:2] = 5.0
        backend.advance(2.0)
        assert x + 0.03 < backend.truth().x < x + 0.13


@given(SEEDS, SEEDS)
@settings(max_examples=20)
def test_a_seed_moves_objects_and_changes_nothing_else(one, other):
    for name in ("playground", "clutter", "gate", "gates", "rooms"):
        first, second = build_world(name, ROBOT, one), build_world(name, ROBOT, other)
        assert [(t.color, t.shape, t.size) for t in first.objects] == [
            (t.color, t.shape, t.size) for t in second.objects
        ]
        assert (first == second) == (one == other)
        assert first == build_world(name, ROBOT, one)


def test_the_cells_world_has_one_object_in_each_cell():
    places = {thing.position[:2] for thing in build_world("cells", ROBOT).objects}
    assert places == set(ROBOT.cells.values())


def test_a_world_of_ones_own_may_have_things_of_any_size_and_keeps_them():
    things = [
        on_floor(Color.RED, Shape.CUBE, size, (x, 0.5))
        for size, x in ((0.09, 0.3), (0.02, 0.6), (0.3, 1.2))
    ]
    world = World("own", tuple(things))
    assert [thing.name for thing in world.objects] == ["red_cube", "red_cube_2", "red_cube_3"]
    with MujocoBackend(ROBOT, world) as backend:
        backend.advance(0.3)
        first = backend.objects()
        backend.reset(5)
        assert backend.world == world
        backend.advance(0.3)
        assert backend.objects() == first
        assert first["red_cube_3"].z == pytest.approx(0.15, abs=0.001)
