"""Images to detections, from one to the next, in rendered scenes."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported by path, what they share by name

from rendered import Stage, in_base, spoiled

from tank_core.commands import Color, Shape
from tank_core.frames import link_poses
from tank_core.state import CameraFrame, Pose2D
from tank_perception.perception import Perception
from tank_sim.worlds import on_floor

THINGS = [
    on_floor(Color.RED, Shape.CUBE, 0.04, (0.30, 0.0), 0.3),
    on_floor(Color.RED, Shape.CUBE, 0.04, (0.75, 0.2), 0.9),
    on_floor(Color.BLUE, Shape.BALL, 0.045, (0.7, -0.2)),
]
OVER = (0.0, 1.15, -1.42, -1.31)  # the hand over the first thing, which it hides


@pytest.fixture(scope="module")
def stage(robot) -> Iterator[Stage]:
    from dataclasses import replace

    stage = Stage(robot, [THINGS[0], replace(THINGS[1], number=2), THINGS[2]])
    yield stage
    stage.close()


@pytest.fixture
def perception(robot) -> Perception:
    return Perception(robot)


def watch(perception, stage, start, count=3, **pose):
    """The same image again and again, each with its own noise."""
    rgb, view = stage.shoot(**pose)
    for index in range(count):
        known = perception.observe(CameraFrame(start + 0.1 * index, spoiled(rgb, 1.0, seed=index)), view)
    return known


def test_all_objects_are_known_by_name_and_place(perception, stage):
    known = watch(perception, stage, 0.0)
    assert known.time == pytest.approx(0.2)
    assert sorted((thing.color, thing.shape) for thing in known.objects) == [("blue", "ball"), ("red", "cube"), ("red", "cube")]
    for truth in THINGS:
        near = min(known.objects, key=lambda thing: np.linalg.norm(np.subtract(thing.position, truth.position)))
        assert near.position == pytest.approx(truth.position, abs=0.01)
        assert near.size[0] == pytest.approx(truth.size, rel=0.1)
        assert near.age == 0.0
        assert near.confidence > 0.8


def test_the_robot_may_turn_and_drive_and_everything_keeps_its_id(perception, stage):
    before = {thing.id: np.array(thing.position) for thing in watch(perception, stage, 0.0).objects}
    bases = [Pose2D(0.02 * step, 0.01 * step, 0.3 * step) for step in range(1, 11)]
    for index, base in enumerate(bases):
        known = watch(perception, stage, 1.0 + index, 1, base=base)
        for thing in known.objects:
            assert thing.position == pytest.approx(in_base(before[thing.id], base), abs=0.015)
    assert {thing.id for thing in known.objects} == set(before)
    assert all(thing.age > 0 for thing in known.objects)  # they are behind the robot now


def test_what_the_arm_hides_is_kept_and_what_was_taken_away_is_dropped(perception, stage, robot):
    before = {thing.id: thing.color for thing in watch(perception, stage, 0.0).objects}
    hidden = watch(perception, stage, 1.0, 6, arm=OVER)
    assert {thing.id: thing.color for thing in hidden.objects} == before
    (covered,) = [thing for thing in hidden.objects if thing.position[0] < 0.4]
    home = stage.start.copy()
    stage.put("blue_ball", (5.0, 5.0, 0.02))
    left = watch(perception, stage, 2.0, 4)
    stage.start[:] = home
    assert covered.id in {thing.id for thing in left.objects}
    assert {thing.color for thing in left.objects} == {"red"}


def test_a_held_cube_is_one_object_at_the_hand(perception, stage, robot):
    before = watch(perception, stage, 0.0)
    (lying,) = [thing for thing in before.objects if thing.position[0] < 0.4]
    aside = (0.6, 1.6, -1.9, -1.27)
    rotation, translation = link_poses(robot.arm, dict(zip(robot.arm.joint_names, (0.0, 1.5, -1.8, -1.27), strict=True)))[-1]
    home = stage.start.copy()
    for index, yaw in enumerate((0.0, 0.3, 0.6)):
        arm = (yaw, *aside[1:])
        rotation, translation = link_poses(robot.arm, dict(zip(robot.arm.joint_names, arm, strict=True)))[-1]
        tool = translation + rotation @ np.array(robot.arm.tool)
        stage.put("red_cube", tool)
        held = watch(perception, stage, 1.0 + index, 4, arm=arm, finger=0.02)
    stage.start[:] = home
    at_hand = [thing for thing in held.objects if thing.position[2] > 0.05]
    assert [(thing.id, thing.color) for thing in at_hand] == [(lying.id, "red")]
    assert at_hand[0].position == pytest.approx(tool, abs=1e-6)
    assert len(held.objects) == len(before.objects)


def test_old_images_change_nothing(perception, stage):
    known = watch(perception, stage, 1.0)
    rgb, view = stage.shoot(base=Pose2D(0.0, 0.0, 2.0))
    assert perception.observe(CameraFrame(1.2, rgb), view) == known
    assert perception.observe(CameraFrame(0.5, rgb), view) == known
    perception.reset()
    assert perception.observe(CameraFrame(0.5, rgb), view).objects == ()


def test_noise_alone_is_nothing(perception, stage):
    rgb, view = stage.shoot(base=Pose2D(-5.0, 0.0, 3.0))
    for light in (0.1, 0.25, 1.0, 1.2):
        frames = [perception.observe(CameraFrame(light + 0.01 * index, spoiled(rgb, light, seed=index)), view) for index in range(4)]
        assert frames[-1].objects == ()
