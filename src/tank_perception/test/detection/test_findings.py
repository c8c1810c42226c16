"""Goes from a rendered image to findings.

Names, places, hidden and cut objects, the robot itself, and what it holds.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from rendered import Stage, every_kind, in_base, spoiled

from tank_core.commands import Color, Shape
from tank_core.robot import load_robot
from tank_core.robot.frames import link_poses
from tank_core.state import Pose2D
from tank_perception.detection.findings import find_objects
from tank_sim.worlds import on_floor

NAMED = {(color, shape) for color in Color for shape in Shape}


@pytest.fixture(scope="module")
def crowd(robot) -> Iterator[Stage]:
    stage = Stage(robot, every_kind())
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def bare(robot) -> Iterator[Stage]:
    stage = Stage(robot, [])
    yield stage
    stage.close()


def matched(stage, findings, base):
    """Yield (object, finding or None, distance [m], error [m]) of a stage."""
    for thing in stage.backend.world.objects:
        place = in_base(thing.position, base)
        errors = {
            index: float(np.linalg.norm(finding.position - place))
            for index, finding in enumerate(findings)
        }
        best = min(errors, key=errors.get, default=None)
        near = best is not None and errors[best] < 0.05
        yield (
            thing,
            findings[best] if near else None,
            float(np.hypot(*place[:2])),
            errors[best] if near else 0.05,
        )


@pytest.mark.parametrize(("brightness", "noise"), [(1.0, 0.0), (1.0, 4.0), (1.2, 4.0), (0.25, 4.0)])
def test_every_color_and_shape_has_its_name_and_place(robot, crowd, brightness, noise):
    rgb, view = crowd.shoot()
    findings = find_objects(spoiled(rgb, brightness, noise), view, robot).findings
    found = list(matched(crowd, findings, view.base))
    assert {(thing.color, thing.shape) for thing, *_ in found} == NAMED
    assert [
        thing.name
        for thing, finding, *_ in found
        if finding is None or finding.color != thing.color
    ] == []
    wrong = [thing.name for thing, finding, *_ in found if finding.shape not in (thing.shape, None)]
    unsure = [thing.name for thing, finding, *_ in found if finding.shape is None]
    assert wrong == []
    assert len(unsure) <= (2 if brightness >= 1.0 else 4)
    assert np.median([error for *_, error in found]) <= 0.005
    assert max(error for *_, error in found) <= 0.02
    assert len(findings) == len(found)


@pytest.mark.parametrize("noise", [0.0, 4.0])
def test_objects_a_meter_away_are_placed_within_a_centimeter_and_a_half(robot, crowd, noise):
    errors = []
    for base in (Pose2D(-0.35, 0.1, 0.1), Pose2D(-0.3, -0.2, -0.1)):
        rgb, view = crowd.shoot(base)
        findings = find_objects(spoiled(rgb, 1.0, noise), view, robot).findings
        errors += [
            error for _, _, distance, error in matched(crowd, findings, base) if distance <= 1.05
        ]
    assert len(errors) >= 30
    assert np.median(errors) <= 0.01
    assert np.quantile(errors, 0.9) <= 0.02


@pytest.mark.parametrize("size", [0.03, 0.05, 0.08, 0.1])
def test_sizes_are_measured(robot, size):
    stage = Stage(
        robot,
        [
            on_floor(Color.GREEN, shape, size, (0.6, 0.2 * index - 0.2), 0.3)
            for index, shape in enumerate(Shape)
        ],
    )
    rgb, view = stage.shoot()
    findings = find_objects(rgb, view, robot).findings
    stage.close()
    assert len(findings) == 3
    assert [finding.size[0] for finding in findings] == pytest.approx([size] * 3, rel=0.08)


def test_half_hidden_objects_are_where_they_are(robot):
    """Of three pairs the nearer one hides a half of the other."""
    hidden = [(0.60, 0.24), (0.62, 0.0), (0.64, -0.26)]
    pairs = [
        on_floor(Color.BLUE, shape, 0.045, (x - 0.052, 0.93 * y + 0.012))
        for (x, y), shape in zip(hidden, Shape, strict=True)
    ]
    behind = [
        on_floor(Color.RED, shape, 0.04, place, 0.2)
        for place, shape in zip(hidden, Shape, strict=True)
    ]
    stage = Stage(robot, pairs + behind)
    rgb, view = stage.shoot()
    findings = find_objects(spoiled(rgb, 1.0), view, robot).findings
    found = list(matched(stage, findings, view.base))
    stage.close()
    assert all(finding is not None and finding.color == thing.color for thing, finding, *_ in found)
    assert max(error for *_, error in found) <= 0.03
    red = [finding for thing, finding, *_ in found if thing.color is Color.RED]
    assert all(
        finding.seen < 0.9 and finding.shape in (None, shape)
        for finding, shape in zip(red, Shape, strict=True)
    )


@pytest.mark.parametrize("shape", list(Shape))
def test_objects_that_the_border_cuts_are_where_they_are(robot, shape):
    stage = Stage(robot, [on_floor(Color.RED, shape, 0.04, (0.5, 0.0))])
    whole = find_objects(*stage.shoot(), robot).findings[0]
    cut = 0
    for shift in np.linspace(0.54, 0.66, 9):
        base = Pose2D(0.0, float(shift))
        findings = find_objects(*stage.shoot(base), robot).findings
        for finding in findings:
            cut += finding.seen < 0.9
            assert finding.color is Color.RED
            assert (
                np.linalg.norm(
                    finding.position - in_base(stage.backend.world.objects[0].position, base)
                )
                <= 0.03
            )
            assert finding.seen > 0.9 or np.trace(finding.covariance) > np.trace(whole.covariance)
    stage.close()
    assert cut >= 2


@pytest.mark.slow
def test_the_robot_is_no_object_in_any_pose_of_its_arm(robot, bare):
    dice = np.random.default_rng(4)
    lower, upper = np.array([robot.joint_limits(name) for name in robot.arm.joint_names]).T
    poses = [robot.arm.home, *dice.uniform(lower, upper, (25, len(lower)))]
    for pose in poses:
        rgb, view = bare.shoot(arm=pose, finger=dice.uniform(0.0, 0.04))
        scene = find_objects(spoiled(rgb, dice.choice([0.25, 1.0])), view, robot)
        assert scene.findings == (), [round(float(angle), 2) for angle in pose]


@pytest.mark.parametrize(
    "color",
    [Color.RED, Color.GREEN, Color.BLUE, Color.YELLOW, Color.ORANGE, Color.PURPLE, Color.WHITE],
)
def test_what_is_held_has_its_color_and_the_place_of_the_hand(robot, color):
    stage = Stage(robot, [on_floor(color, Shape.CUBE, 0.04, (0.6, 0.3))])
    # what is held just ahead of the body: slivers of it show beside the forearm
    carry = (0.0, 2.01, -2.166, -1.415)
    aside = (0.6, 1.6, -1.9, -1.27)
    for arm in (carry, aside):
        rotation, translation = link_poses(
            robot.arm, dict(zip(robot.arm.joint_names, arm, strict=True))
        )[-1]
        tool = translation + rotation @ np.array(robot.arm.tool)
        stage.put(f"{color}_cube", tool)
        rgb, view = stage.shoot(arm=arm, finger=0.02)
        scene = find_objects(spoiled(rgb, 1.0), view, robot)
        assert [(finding.color, finding.held) for finding in scene.findings] == [(color, True)]
        assert scene.findings[0].position == pytest.approx(tool)
        stage.put(f"{color}_cube", (0.6, 0.3, 0.02))
        rgb, view = stage.shoot(arm=arm, finger=0.02)
        assert not any(finding.held for finding in find_objects(rgb, view, robot).findings)
    stage.close()


# [rad] of the kit's arm: the hand just ahead of the low camera, and in its view
LIFTED = (0.3, -1.2, 0.0)


@pytest.mark.parametrize("color", [Color.RED, Color.WHITE])
@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("size", [0.03, 0.045])
def test_fingers_that_tell_nothing_hold_what_is_where_they_would_have_closed(color, shape, size):
    """Told to close, they are closed, or on what is between.

    A thing that still stands on the floor behind them is not held.
    """
    kit = load_robot("rasptank")
    stage = Stage(kit, [on_floor(color, shape, size, (0.16, 0.0))])
    rotation, translation = link_poses(
        kit.arm, dict(zip(kit.arm.joint_names, LIFTED, strict=True))
    )[-1]
    for held, finger in ((False, 0.0), (True, size / 2)):
        if held:
            stage.put(f"{color}_{shape}", translation + rotation @ np.array(kit.arm.tool))
        rgb, view = stage.shoot(arm=LIFTED, finger=finger)
        told = replace(view, joints={**view.joints, kit.gripper.joint: 0.0})
        assert [
            finding.color for finding in find_objects(rgb, told, kit).findings if finding.held
        ] == [color] * held
    stage.close()


@pytest.mark.parametrize("name", ["tank", "rasptank"])
@pytest.mark.parametrize(("lower", "upper"), [(Shape.CUBE, Shape.CYLINDER), (Shape.CUBE,) * 2])
@pytest.mark.parametrize("size", [0.03, 0.04])
def test_a_thing_on_another_one_is_as_high_as_that(
    name: str, lower: Shape, upper: Shape, size: float
) -> None:
    robot, at = load_robot(name), (0.45, 0.05)
    things = [
        on_floor(Color.BLUE, lower, 0.04, at, 0.3),
        on_floor(Color.RED, upper, size, (1.5, 0.5)),
    ]
    stage = Stage(robot, things)
    stage.put(f"red_{upper}", (at[0] + 0.004, at[1] - 0.003, 0.04 + size / 2))
    scene = find_objects(*stage.shoot(), robot)
    red, blue = (_of(scene, color) for color in (Color.RED, Color.BLUE))
    assert red.position == pytest.approx((*at, 0.04 + size / 2), abs=0.01)
    assert blue.position == pytest.approx((*at, 0.02), abs=0.008) and not blue.obstacle
    # touching it, straight behind, of the same size: it lies on the floor
    away = np.hypot(*at)
    behind = [(1 + (0.02 + size / 2) * 1.1 / away) * value for value in at]
    stage.put(f"red_{upper}", (*behind, size / 2))
    scene = find_objects(*stage.shoot(), robot)  # a low camera sees nothing of it
    assert all(one.position[2] < size for one in scene.findings if one.color is Color.RED)
    stage.close()


def _of(scene, color):
    (finding,) = (one for one in scene.findings if one.color is color)
    return finding


@pytest.mark.parametrize(("brighter", "count"), [(1.0, 0), (2.5, 1)])
def test_floor_between_two_shadows_is_no_obstacle(robot, bare, brighter, count):
    rgb, view = bare.shoot()
    light = np.ones((*rgb.shape[:2], 1))
    light[240:, 150:] = 0.55  # a shadow, and in it a corner that the sun reaches, or pale paper
    light[300:324, 400:560] = light[300:400, 400:424] = brighter
    image = np.clip(rgb * light, 0, 255).astype(np.uint8)
    found = find_objects(image, view, robot).findings
    assert sum(one.color is Color.WHITE for one in found) == count


@pytest.mark.parametrize(("times", "found"), [(1.0, 0), (1.6, 1)])
def test_what_the_image_cuts_is_nothing_where_it_may_be_floor_in_the_sun(robot, bare, times, found):
    rgb, view = bare.shoot()
    sunny = np.median(rgb, axis=(0, 1))
    rgb[100:] //= 2  # a shadow
    rgb[300:330, -15:] = np.clip(times * sunny, 0, 255)
    findings = find_objects(rgb, view, robot).findings
    assert len([one for one in findings if one.box[1] > 250]) == found
