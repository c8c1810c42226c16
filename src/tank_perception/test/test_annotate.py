"""Things are drawn where they are, and nothing is drawn elsewhere."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.robot import Robot, load_robot
from tank_core.robot.frames import Transform, as_pose, camera_frames
from tank_core.state import Detection, Detections, Gate, Pose2D
from tank_perception.annotate import annotate, label, project
from tank_perception.frames.transforms import compose
from tank_perception.view import Lens, View

ROBOT = load_robot("tank")
GRAY = np.full((480, 640, 3), 90, np.uint8)
CUBE = Detection(1, "red", "cube", (0.6, 0.0, 0.02), (0.04, 0.04, 0.04), box=(300, 200, 40, 50))


def camera() -> Transform:
    return compose(*camera_frames(ROBOT.camera, "base_link", "camera_link", "camera_optical_frame"))


@pytest.fixture
def view() -> View:
    return View(camera(), Pose2D())


def drawn(things: tuple[Detection, ...], view: View) -> np.ndarray:
    """Return which pixels were changed, (480, 640)."""
    picture = annotate(GRAY, Detections(1.0, things), view, Lens.of(ROBOT.camera))
    assert picture.shape == GRAY.shape and picture.dtype == np.uint8
    return (picture != GRAY).any(axis=2)


def test_nothing_seen_changes_nothing(view: View) -> None:
    assert not drawn((), view).any()


def test_a_gate_is_a_line_on_the_floor_between_its_uprights(view: View) -> None:
    lens = Lens.of(ROBOT.camera)
    gate = Gate(1, Pose2D(1.2, 0.0, 0.2), 0.6, color="red")
    changed = annotate(GRAY, Detections(1.0, (), (gate,)), view, lens) != GRAY
    for aside in (-0.29, 0.0, 0.29):
        spot = project((*gate.pose.to_world((0.0, aside)), 0.0), view.camera, lens)
        assert spot is not None and changed[spot[1], spot[0]].any()
    behind = Gate(1, Pose2D(-1.2, 0.0, math.pi), 0.6)
    assert (annotate(GRAY, Detections(1.0, (), (behind,)), view, lens) == GRAY).all()


def test_the_image_itself_is_not_touched(view: View) -> None:
    drawn((CUBE,), view)
    assert (GRAY == 90).all()


def test_a_box_is_drawn_around_what_is_seen_and_leaves_it_free(view: View) -> None:
    changed = drawn((CUBE,), view)
    assert (
        changed[200, 300:340].all()
        and changed[249, 300:340].all()
        and changed[200:250, 300].all()
        and changed[200:250, 339].all()
    )
    assert not changed[204:246, 304:336].any()
    assert not changed[280:].any()


@pytest.mark.parametrize(
    "box",
    [(0, 0, 40, 30), (620, 0, 20, 20), (610, 460, 30, 20), (0, 470, 640, 10), (0, 0, 640, 480)],
)
def test_a_text_stays_in_the_image(view: View, box: tuple[int, int, int, int]) -> None:
    changed = drawn((Detection(1, "purple", "cylinder", (0.6, 0.0, 0.02), box=box),), view)
    left, top, width, height = box
    changed[max(0, top - 2) : top + height + 2, max(0, left - 2) : left + width + 2] = False
    assert changed.sum() > 1000 or width == 640  # the text on its ground, whole


def test_texts_do_not_cover_one_another_nor_grow_with_their_number(view: View) -> None:
    alone = drawn((CUBE,), view).sum()
    things = tuple(
        Detection(number, "red", "cube", CUBE.position, box=CUBE.box) for number in range(4)
    )
    text = alone - drawn_box(view)
    assert drawn(things, view).sum() == pytest.approx(drawn_box(view) + 4 * text, rel=0.1)


def drawn_box(view: View) -> int:
    """Pixels of the box alone.

    Two lines of 3 by the outer 42 x 52, two by what is left, rounded corners and all.
    """
    left, top, width, height = CUBE.box
    return int(drawn((CUBE,), view)[top - 1 : top + height + 1, left - 1 : left + width + 1].sum())


def test_what_is_remembered_gets_a_cross_where_it_must_be(view: View) -> None:
    changed = drawn((Detection(1, "red", "cube", (0.6, 0.0, 0.02), age=3.0),), view)
    x, y = project((0.6, 0.0, 0.02), view.camera, Lens.of(ROBOT.camera)) or (0, 0)
    assert changed[y, x] and not changed[: y - 40].any() and not changed[y + 20 :].any()


@pytest.mark.parametrize("position", [(-0.5, 0.0, 0.02), (0.2, 5.0, 0.02), (50.0, 0.0, 0.02)])
def test_what_is_remembered_out_of_sight_is_not_drawn(
    view: View, position: tuple[float, float, float]
) -> None:
    assert not drawn((Detection(1, "red", "cube", position, age=3.0),), view).any()


@given(st.floats(0.3, 1.5), st.floats(-0.4, 0.4))
def test_projected_points_lie_on_their_rays(x: float, y: float) -> None:
    lens, pose = Lens.of(ROBOT.camera), camera()
    pixel = project((x, y, 0.0), pose, lens)
    assert pixel is not None
    ray = np.linalg.inv(lens.matrix) @ [*pixel, 1.0]
    rotation, translation = as_pose(pose)
    along = rotation @ ray
    hit = translation - along * translation[2] / along[2]  # where the ray meets the floor
    assert np.hypot(hit[0] - x, hit[1] - y) < 0.02  # half a pixel, far away


def test_labels_name_what_is_known(robot: Robot) -> None:
    assert label(CUBE) == "red cube 0.60 m"
    assert label(Detection(1, None, None, (0.3, 0.4, 0.02))) == "some object 0.50 m"
    assert label(Detection(1, "blue", None, (0.3, 0.4, 0.02))) == "blue object 0.50 m"
