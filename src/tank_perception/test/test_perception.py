"""Images to detections, from one to the next, in rendered scenes."""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import Stage, in_base, spoiled

from tank_core.commands import Color, Shape
from tank_core.robot import Robot
from tank_core.robot.frames import Transform, from_rpy, link_poses
from tank_core.state import CameraFrame, Pose2D
from tank_perception.frames.camera_info import make_lens
from tank_perception.perception import LEAST_SIDE, ImageError, Perception
from tank_perception.view import Lens, View
from tank_sim.worlds import on_floor

THINGS = [
    on_floor(Color.RED, Shape.CUBE, 0.04, (0.30, 0.0), 0.3),
    on_floor(Color.RED, Shape.CUBE, 0.04, (0.75, 0.2), 0.9),
    on_floor(Color.BLUE, Shape.BALL, 0.045, (0.7, -0.2)),
]
OVER = (0.0, 1.15, -1.42, -1.31)  # the hand over the first thing, which it hides
JOINTS = ("arm_yaw", "arm_shoulder", "arm_elbow", "arm_wrist", "gripper")


@pytest.fixture(scope="module")
def stage(robot) -> Iterator[Stage]:
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
        known = perception.observe(
            CameraFrame(start + 0.1 * index, spoiled(rgb, 1.0, seed=index)), view
        )
    return known


def test_all_objects_are_known_by_name_and_place(perception, stage):
    known = watch(perception, stage, 0.0)
    assert known.time == pytest.approx(0.2)
    assert sorted((thing.color, thing.shape) for thing in known.objects) == [
        ("blue", "ball"),
        ("red", "cube"),
        ("red", "cube"),
    ]
    for truth in THINGS:
        near = min(
            known.objects,
            key=lambda thing: np.linalg.norm(np.subtract(thing.position, truth.position)),
        )
        assert near.position == pytest.approx(truth.position, abs=0.01)
        assert near.size[0] == pytest.approx(truth.size, rel=0.1)
        assert near.age == 0.0
        assert near.confidence > 0.8


@pytest.mark.slow
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
    rotation, translation = link_poses(
        robot.arm, dict(zip(robot.arm.joint_names, (0.0, 1.5, -1.8, -1.27), strict=True))
    )[-1]
    home = stage.start.copy()
    for index, yaw in enumerate((0.0, 0.3, 0.6)):
        arm = (yaw, *aside[1:])
        rotation, translation = link_poses(
            robot.arm, dict(zip(robot.arm.joint_names, arm, strict=True))
        )[-1]
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
        frames = [
            perception.observe(
                CameraFrame(light + 0.01 * index, spoiled(rgb, light, seed=index)), view
            )
            for index in range(4)
        ]
        assert frames[-1].objects == ()


# Images and lenses of anybody's camera


@pytest.fixture(scope="module")
def scene(stage: Stage) -> tuple[np.ndarray, View]:
    return stage.shoot()


def scaled(lens: Lens, factor: float) -> Lens:
    matrix = lens.matrix.copy()
    matrix[:2, :2] *= factor
    matrix[:2, 2] = (matrix[:2, 2] + 0.5) * factor - 0.5
    return Lens(matrix, lens.distortion)


@pytest.mark.parametrize("factor", [2.0, 3.0, 6.25])
def test_an_image_of_any_size_shows_the_same_things(
    robot: Robot, scene: tuple[np.ndarray, View], factor: float
) -> None:
    """Large ones are looked at in a smaller size.

    Boxes are in the pixels of the image that came.
    """
    rgb, view = scene
    large = cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    wanted = Perception(robot).observe(CameraFrame(1.0, rgb), view).objects
    found = (
        Perception(robot)
        .observe(CameraFrame(1.0, large), view, scaled(Lens.of(robot.camera), factor))
        .objects
    )
    assert [thing.color for thing in found] == [thing.color for thing in wanted]
    for one, two in zip(found, wanted, strict=True):
        assert np.allclose(one.position, two.position, atol=0.02)
        assert np.allclose(np.array(one.box) / factor, two.box, atol=4.0)


@pytest.mark.parametrize(
    ("width", "height"), [(1, 1), (2, 2), (640, 1), (1, 480), (71, 480), (640, 71), (4000, 20)]
)
def test_an_image_in_which_nothing_can_be_seen_is_refused_in_words(
    robot: Robot, width: int, height: int
) -> None:
    words = (
        f"^image is {width} x {height} px; at least {LEAST_SIDE} x {LEAST_SIDE} are needed: "
        "set its size in the camera's driver$"
    )
    with pytest.raises(ImageError, match=words):
        Perception(robot).observe(
            CameraFrame(1.0, np.zeros((height, width, 3), np.uint8)), View.of(robot)
        )


@pytest.mark.parametrize("height", [0.0, -1.0, 0.019])
def test_a_camera_in_the_floor_is_told_in_words(
    robot: Robot, scene: tuple[np.ndarray, View], height: float
) -> None:
    view = replace(scene[1], camera=replace(scene[1].camera, translation=(0.1, 0.0, height)))
    with pytest.raises(
        ImageError,
        match=f"^tf puts the camera {height:g} m over the floor; .* look who publishes "
        "camera_optical_frame$",
    ):
        Perception(robot).observe(CameraFrame(1.0, scene[0]), view)


@pytest.mark.filterwarnings("error")
@settings(deadline=None, max_examples=60)
@given(
    st.tuples(*[st.floats(-30.0, 30.0)] * 3),
    st.tuples(*[st.floats(-3.2, 3.2)] * 3),
    st.dictionaries(st.sampled_from(JOINTS), st.floats(-9.0, 9.0)),
)
def test_from_anywhere_it_shows_things_or_is_refused_in_words(
    robot: Robot,
    scene: tuple[np.ndarray, View],
    place: tuple[float, ...],
    turn: tuple[float, ...],
    joints: dict[str, float],
) -> None:
    """As tf may put the camera, or joint_states the arm."""
    x, y, z = place
    view = View(Transform("base_link", "camera", (x, y, z), from_rpy(*turn)), Pose2D(), joints)
    try:
        objects = Perception(robot).observe(CameraFrame(1.0, scene[0]), view).objects
    except ImageError as error:
        assert z < 0.02 and "over the floor" in str(error)
    else:
        assert all(
            np.isfinite([*thing.position, *thing.size, *thing.covariance]).all()
            for thing in objects
        )


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(
    st.integers(60, 700),
    st.integers(60, 500),
    st.sampled_from(["noise", "plain", "scene", "spots"]),
    st.integers(0, 255),
    st.sampled_from(["plumb_bob", "rational_polynomial", "equidistant"]),
    st.lists(st.floats(-0.4, 0.4), min_size=14, max_size=14),
    st.floats(-1.3, 1.6),
    st.floats(-1.0, 2.0),
    st.floats(-1.0, 2.0),
)
def test_any_image_through_any_lens_shows_things_or_is_refused_in_words(
    robot: Robot,
    scene: tuple[np.ndarray, View],
    width: int,
    height: int,
    kind: str,
    dice: int,
    model: str,
    numbers: list[float],
    focal: float,
    across: float,
    down: float,
) -> None:
    rng = np.random.default_rng(dice)
    image = {
        "noise": lambda: rng.integers(0, 256, (height, width, 3), np.uint8),
        "plain": lambda: np.full((height, width, 3), dice, np.uint8),
        "scene": lambda: cv2.resize(scene[0], (width, height)),
        "spots": lambda: np.repeat(
            rng.choice([np.uint8(0), np.uint8(255)], (height, width, 1)), 3, axis=2
        ),
    }[kind]()
    length = width * 10**focal
    matrix = np.array([[length, 0, across * width], [0, length, down * height], [0, 0, 1]])
    count = {"plumb_bob": 5, "rational_polynomial": 8, "equidistant": 4}[model]
    try:
        lens = make_lens(model, numbers[:count], matrix, (width, height))
        objects = Perception(robot).observe(CameraFrame(1.0, image), scene[1], lens).objects
    except ValueError as error:
        assert "\n" not in str(error) and not any(
            word in str(error) for word in ("OpenCV", "cv2", "ssert")
        )
    else:
        assert all(
            np.isfinite([*thing.position, *thing.size, *thing.covariance]).all()
            for thing in objects
        )


def test_what_is_near_is_told_as_well_with_a_half_of_the_pixels(robot, stage):
    """While the robot moves, where that was asked for."""
    looks = {}
    for halve in (False, True):
        perception = Perception(robot, halve_while_moving=halve)
        for index in range(4):
            rgb, view = stage.shoot(base=Pose2D(0.01 * index, 0.0, 0.0))
            known = perception.observe(CameraFrame(0.2 * index, spoiled(rgb, 1.0, index)), view)
        looks[halve] = {(thing.color, thing.shape): thing for thing in known.objects}
    assert looks[True].keys() == looks[False].keys()
    for name, thing in looks[True].items():
        assert thing.position == pytest.approx(looks[False][name].position, abs=0.01)
        assert thing.box != looks[False][name].box  # it was made of other pixels
        assert all(part % 2 == 0 for part in thing.box)


def test_at_rest_it_looks_at_all_pixels(robot, stage):
    rgb, view = stage.shoot()
    boxes = []
    for halve in (False, True):
        perception = Perception(robot, halve_while_moving=halve)
        for index in range(3):
            known = perception.observe(CameraFrame(0.2 * index, rgb), view)
        boxes.append([thing.box for thing in known.objects])
    assert boxes[0] == boxes[1]
