"""Worlds: the same for the same seed, nothing on top of anything, and a cube where "pick up the cube" looks for it."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.commands import Cell, Shape
from tank_core.robot import load_robot
from tank_sim.worlds import WorldError, build_world, world_names

ROBOT = load_robot("tank")
SEEDS = st.integers(0, 2**31 - 1)


def apart(first, second):
    """Room [m] between two objects, by the spheres around them."""
    return math.dist(first.position, second.position) - math.sqrt(3) / 2 * (first.size + second.size)


def test_an_unknown_world_is_refused_with_the_choices():
    with pytest.raises(WorldError, match=r"'moon'.*cells, empty, playground, pyramid"):
        build_world("moon", ROBOT)


@pytest.mark.parametrize("name", ["empty", "cells", "playground", "pyramid"])
def test_names_of_objects_are_unique_and_sizes_are_graspable(name):
    objects = build_world(name, ROBOT, 3).objects
    assert name in world_names()
    assert len({thing.name for thing in objects}) == len(objects)
    assert all(0.03 <= thing.size <= 0.05 for thing in objects)


@given(SEEDS)
def test_the_playground_has_its_cube_in_the_front_cell_and_nothing_touches(seed):
    objects = build_world("playground", ROBOT, seed).objects
    assert len(objects) == 8
    assert len({thing.color for thing in objects}) == 8
    front = [thing for thing in objects if math.dist(thing.position[:2], ROBOT.cell(Cell.FRONT)) < 1e-9]
    assert [thing.shape for thing in front] == [Shape.CUBE]
    assert all(apart(a, b) > 0.1 for i, a in enumerate(objects) for b in objects[:i])
    assert all(math.hypot(*thing.position[:2]) > 0.5 for thing in objects if thing not in front)


@given(SEEDS, SEEDS)
@settings(max_examples=20)
def test_a_seed_moves_objects_and_changes_nothing_else(one, other):
    first, second = build_world("playground", ROBOT, one), build_world("playground", ROBOT, other)
    assert [(t.color, t.shape, t.size) for t in first.objects] == [(t.color, t.shape, t.size) for t in second.objects]
    assert (first == second) == (one == other)
    assert first == build_world("playground", ROBOT, one)


def test_the_cells_world_has_one_object_in_each_cell():
    places = {thing.position[:2] for thing in build_world("cells", ROBOT).objects}
    assert places == set(ROBOT.cells.values())
