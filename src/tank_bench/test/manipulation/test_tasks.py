"""The manipulation benchmark's judge: made-up truths with known answers."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_bench.manipulation.tasks import (
    PLACE_CELL,
    TASKS,
    ManipulationTask,
    ManipulationTrial,
    TrueObject,
    TrueScene,
    bumped,
    commands_for,
    draw_target,
    straight_time,
    succeeded,
)
from tank_core.commands import Approach, Cell, Face, Grasp, Release
from tank_core.robot import load_robot
from tank_core.state import Pose2D

ROBOT = load_robot("tank")
START = Pose2D()
POSES = st.builds(Pose2D, st.floats(-2, 2), st.floats(-2, 2), st.floats(-math.pi, math.pi))


def body(
    place: tuple[float, float],
    color: str = "red",
    shape: str = "cube",
    base: Pose2D = START,
    z: float = 0.02,
) -> TrueObject:
    """An object of 4 cm at a place in base_link [m] of a robot at ``base``."""
    return TrueObject(*base.to_world(place), z, color, shape, 0.04)


def scene(*bodies: TrueObject, base: Pose2D = START, held: str | None = None) -> TrueScene:
    return TrueScene(base, {f"thing_{number}": one for number, one in enumerate(bodies)}, held)


@given(POSES, st.floats(0.2, 2.0), st.floats(-0.2, 0.2))
def test_faced_is_what_is_within_two_degrees_of_straight_ahead(
    base: Pose2D, distance: float, bearing: float
) -> None:
    there = body((distance * math.cos(bearing), distance * math.sin(bearing)), base=base)
    if abs(abs(math.degrees(bearing)) - 2.0) > 0.01:
        assert succeeded(ManipulationTask.FACE, (Face(),), scene(there, base=base), ROBOT) is (
            abs(math.degrees(bearing)) < 2.0
        )


@given(POSES, st.floats(0.0, 0.1), st.floats(-math.pi, math.pi))
def test_approached_is_what_is_within_five_centimeters_of_the_front_cell(
    base: Pose2D, off: float, way: float
) -> None:
    x, y = ROBOT.cell(Cell.FRONT)
    there = scene(body((x + off * math.cos(way), y + off * math.sin(way)), base=base), base=base)
    if abs(off - 0.05) > 1e-4:
        assert succeeded(ManipulationTask.APPROACH, (Approach(),), there, ROBOT) is (off < 0.05)


@pytest.mark.parametrize(
    "task", [ManipulationTask.GRASP, ManipulationTask.GRASP_COLOR, ManipulationTask.GRASP_SHAPE]
)
def test_grasped_is_what_is_held_and_of_the_kind_that_was_said(task: ManipulationTask) -> None:
    red, blue = body((0.3, 0.0)), body((1.0, 0.0), "blue", "ball")
    commands = commands_for(task, red, scene(red, blue), ROBOT)
    assert not succeeded(task, commands, scene(red, blue), ROBOT)
    assert succeeded(task, commands, scene(red, blue, held="thing_0"), ROBOT)
    assert not succeeded(task, commands, scene(red, blue, held="thing_1"), ROBOT)


def test_of_two_of_a_kind_either_counts() -> None:
    twins = scene(body((0.3, 0.0)), body((1.0, 0.0)), held="thing_1")
    assert succeeded(ManipulationTask.GRASP, (Grasp(color="red", shape="cube"),), twins, ROBOT)


def test_placed_is_what_lies_in_the_cell_and_is_let_go_of() -> None:
    commands = Grasp(color="red", shape="cube"), Release(PLACE_CELL)
    there = body(ROBOT.cell(PLACE_CELL))
    assert succeeded(ManipulationTask.PLACE, commands, scene(there), ROBOT)
    assert not succeeded(ManipulationTask.PLACE, commands, scene(there, held="thing_0"), ROBOT)
    # on something, or in the air
    assert not succeeded(ManipulationTask.PLACE, commands, scene(replace(there, z=0.06)), ROBOT)
    assert not succeeded(
        ManipulationTask.PLACE, commands, scene(body(ROBOT.cell(Cell.RIGHT))), ROBOT
    )
    assert not succeeded(
        ManipulationTask.PLACE, commands, scene(replace(there, color="blue")), ROBOT
    )


def test_targets_are_the_same_for_a_seed_and_all_of_them_come_up() -> None:
    objects = scene(
        *(
            body((1.0, number / 10), color)
            for number, color in enumerate(("red", "green", "blue", "white"))
        )
    )
    trials = [ManipulationTrial("any", seed, ManipulationTask.GRASP) for seed in range(40)]
    targets = [draw_target(objects, trial).color for trial in trials]
    assert targets == [draw_target(objects, trial).color for trial in trials]
    assert set(targets) == {"red", "green", "blue", "white"}
    assert any(
        draw_target(objects, ManipulationTrial("any", seed, ManipulationTask.FACE)).color
        != targets[seed]
        for seed in range(40)
    )


@pytest.mark.parametrize("task", TASKS)
def test_pushed_is_what_moved_and_was_not_meant(task: ManipulationTask) -> None:
    before = scene(body((0.5, 0.0)), body((1.0, 0.0), "blue"), body((1.5, 0.0), "white"))
    after = scene(body((0.9, 0.4)), body((1.03, 0.0), "blue"), body((1.505, 0.0), "white"))
    commands = commands_for(task, before.objects["thing_0"], before, ROBOT)
    assert bumped(commands, before, before) == ()
    pushed = bumped(commands, before, after)
    assert pushed == ("thing_1",)


def test_of_those_that_are_meant_only_one_may_be_moved() -> None:
    before = scene(body((0.5, 0.0)), body((1.0, 0.0)))
    after = scene(body((0.9, 0.4)), body((1.03, 0.0)))
    assert bumped((Grasp(color="red"),), before, after) == ("thing_1",)


def test_the_time_of_the_way_is_that_of_turning_and_driving_to_the_nearest_that_is_meant() -> None:
    here = scene(body((0.0, 1.3)), body((-1.8, 0.0)), body((0.4, 0.0), "blue"))
    # docs/language.md: normal speed; the front cell is 0.3 m ahead
    turning, driving = math.pi / 2 / 1.0, 1.0 / 0.5
    assert straight_time(
        ManipulationTask.GRASP, (Grasp(color="red"),), here, ROBOT
    ) == pytest.approx(turning + driving)
    assert straight_time(ManipulationTask.FACE, (Face(color="red"),), here, ROBOT) == pytest.approx(
        turning
    )


def test_what_begins_in_a_cell_is_put_back_there() -> None:
    target = body(ROBOT.cell(Cell.FRONT_LEFT))
    assert commands_for(ManipulationTask.REACH, target, scene(target), ROBOT)[1] == Release(
        Cell.FRONT_LEFT
    )
