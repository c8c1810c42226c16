"""A series of pictures of a run.

The world from above, and in its corner what the robot itself saw.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.commands import Cell
from tank_core.io.outputs import make_folder
from tank_core.robot import Robot
from tank_core.state import Detections, Image
from tank_episode.episode import Episode
from tank_episode.film.captions import letter, width_of, wrapped
from tank_episode.film.picture import INK, PAPER, NoPictureError, no_opengl, write
from tank_episode.perception_loop import PerceivedImage
from tank_perception.annotate import PAINT, UNKNOWN
from tank_perception.view import View

if TYPE_CHECKING:
    import mujoco

MOMENTS, COLUMNS = 6, 2
ABOVE, OWN = (380, 296), (244, 183)  # [px] of the view from above, and of the robot's own beside it
GAP_PX, LETTERS_PX, SMALL_PX, LINES = 16, 20, 14, 3
JPEG_QUALITY = 95  # an image is kept as JPEG until it is drawn: a run has hundreds
# how much one m, rad, rad of a joint and m of the gripper are to the eye
METER, RADIAN, JOINT, GRIP = 2.0, 1.0, 0.5, 20.0
AZIMUTH = 125.0  # [deg] from the last heading
ELEVATIONS = (-35.0, -50.0, -65.0, -80.0)  # [deg] the first from which no wall hides the robot
SEEN_UP_M = 0.02  # [m] over the floor, as far as the eye is to see the robot
# [m] in base_link, with the front cell: what it is to see there
AROUND = tuple((x, y) for x in (-0.15, 0.15) for y in (-0.15, 0.15))
MARGIN_M, LEAST_M = 0.25, 1.1  # [m] around the way; nearer than this the eye never comes
FILL = 0.8  # of the floor's diagonal, which is seen aslant
GRAY, BLACK, WHITE = (110, 114, 120), (0, 0, 0), (255, 255, 255)
FOVY = math.radians(45.0)  # of MuJoCo's free camera


@dataclass(frozen=True)
class FilmMoment:
    """The world at one image of the robot's camera."""

    time: float
    qpos: npt.NDArray[np.float64]  # (nq,)
    doing: str
    jpeg: npt.NDArray[np.uint8]
    detections: Detections
    view: View


class Film:
    """Takes a moment at each image that the robot looks at.

    The pictures are drawn at the end.
    """

    def __init__(self, episode: Episode, title: str) -> None:
        """Film ``episode``; ``title`` stands under the first picture."""
        self._episode, self._title = episode, title
        self._moments: list[FilmMoment] = []

    def take(self, image: PerceivedImage) -> None:
        """Keep this moment; an observer of a PerceptionLoop."""
        data = self._episode.backend.data
        jpeg = cv2.imencode(
            ".jpg",
            cv2.cvtColor(image.frame.rgb, cv2.COLOR_RGB2BGR),
            (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY),
        )[1]
        doing = self._episode.status.message if self._moments else self._title
        self._moments.append(
            FilmMoment(data.time, data.qpos.copy(), doing, jpeg, image.detections, image.view)
        )

    def write(self, path: Path) -> None:
        """Write one sheet FILE.png, or each picture into a folder.

        Raises NoPictureError where there is nothing to draw with.
        """
        if not self._moments:
            raise NoPictureError("no film, because there were no camera images")
        moments = chosen(self._moments, self._episode.robot)
        pictures = [
            _finish(image, moment)
            for image, moment in zip(self._from_above(moments), moments, strict=True)
        ]
        if path.suffix:
            write(path, sheet(pictures))
            return
        make_folder(path)
        for number, picture in enumerate(pictures, start=1):
            write(path / f"{number}.png", picture)

    def _from_above(self, moments: Sequence[FilmMoment]) -> list[Image]:
        """The same piece of floor each time, so that one sees who moved."""
        import mujoco  # after tank_sim, which says by what OpenGL is spoken

        model, data = self._episode.backend.model, mujoco.MjData(self._episode.backend.model)
        eye = self._eye(moments, data)
        images = []
        try:
            with mujoco.Renderer(model, ABOVE[1], ABOVE[0]) as renderer:
                for moment in moments:
                    data.time, data.qpos[:] = moment.time, moment.qpos
                    mujoco.mj_forward(model, data)
                    renderer.update_scene(data, eye)
                    images.append(renderer.render())
        except Exception as error:  # OpenGL drivers fail in ways of their own
            raise no_opengl(error) from None
        return images

    def _eye(self, moments: Sequence[FilmMoment], data: mujoco.MjData) -> mujoco.MjvCamera:
        """Sees the whole way, over the robot's shoulder and over walls."""
        import mujoco

        last, ahead = self._moments[-1].view.base, self._episode.robot.cell(Cell.FRONT)[0]
        claw = last.to_world((ahead, 0.0))
        places = np.array(
            [*((moment.view.base.x, moment.view.base.y) for moment in self._moments), claw]
        )
        low, high = places.min(axis=0) - MARGIN_M, places.max(axis=0) + MARGIN_M
        eye = mujoco.MjvCamera()
        eye.lookat[:] = *((low + high) / 2), 0.08
        eye.distance = max(
            LEAST_M, FILL * float(np.linalg.norm(high - low)) / 2 / math.tan(FOVY / 2)
        )
        eye.azimuth = math.degrees(last.yaw) + AZIMUTH
        for eye.elevation in ELEVATIONS:
            if all(self._shows(eye, moment, data) for moment in moments):
                break
        return eye

    def _shows(self, eye: mujoco.MjvCamera, moment: FilmMoment, data: mujoco.MjData) -> bool:
        """Whether no wall hides the robot or what is before it from there."""
        import mujoco  # after tank_sim, which says by what OpenGL is spoken

        model, robot = self._episode.backend.model, self._episode.robot
        data.time, data.qpos[:] = moment.time, moment.qpos
        mujoco.mj_forward(model, data)
        azimuth, elevation = math.radians(eye.azimuth), math.radians(eye.elevation)
        ahead = np.array(
            [
                math.cos(elevation) * math.cos(azimuth),
                math.cos(elevation) * math.sin(azimuth),
                math.sin(elevation),
            ]
        )
        start = eye.lookat - eye.distance * ahead
        walls = [data.geom(wall.name) for wall in self._episode.backend.world.scene.fixtures]
        for place in (robot.cell(Cell.FRONT), *AROUND):
            ray = np.array([*moment.view.base.to_world(place), SEEN_UP_M]) - start
            for wall in walls:
                size, kind = model.geom_size[wall.id], int(model.geom_type[wall.id])
                if 0.0 <= mujoco.mju_rayGeom(wall.xpos, wall.xmat, size, start, ray, kind) < 1.0:
                    return False
        return True


def chosen(moments: Sequence[FilmMoment], robot: Robot, count: int = MOMENTS) -> list[FilmMoment]:
    """Choose moments: first, last, and others after equal parts of motion.

    Of all motion, whatever moved.
    """
    weights = {
        name: JOINT for name in robot.joint_names if name not in robot.drive.wheel_joints
    } | {robot.gripper.joint: GRIP}
    changes = [_change(one.view, other.view, weights) for one, other in pairwise(moments)]
    so_far = np.cumsum([0.0, *changes])
    # sums of floats
    numbers = np.searchsorted(so_far, np.linspace(0.0, so_far[-1], count) - 1e-9).tolist()
    return [moments[number] for number in sorted({*numbers[:-1], len(moments) - 1})]


def _change(before: View, after: View, weights: Mapping[str, float]) -> float:
    """The amount by which the robot moved from one view to the other."""
    way = before.base.distance(after.base) * METER
    turned = before.base.turned(after.base) * RADIAN
    return (
        way
        + turned
        + sum(
            abs(after.joints[name] - before.joints[name]) * weight
            for name, weight in weights.items()
        )
    )


# -- Paper
# --------------------------------------------------------------------------------------------------


def sheet(pictures: Sequence[Image]) -> Image:
    """All of them in rows on paper."""
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // COLUMNS)
    columns = min(COLUMNS, len(pictures))
    paper = np.full(
        (rows * (height + GAP_PX) - GAP_PX, columns * (width + GAP_PX) - GAP_PX, 3),
        PAPER,
        dtype=np.uint8,
    )
    for number, picture in enumerate(pictures):
        row, column = divmod(number, COLUMNS)
        paper[row * (height + GAP_PX) :, column * (width + GAP_PX) :][:height, :width] = picture
    return paper


def _finish(above: Image, moment: FilmMoment) -> Image:
    """Join the view from above and the robot's own, with a caption.

    Under the robot's own it says when it was and what the robot did.
    """
    picture = np.full((ABOVE[1], ABOVE[0] + GAP_PX // 2 + OWN[0], 3), PAPER, dtype=np.uint8)
    picture[:, : ABOVE[0]] = above
    left, under = ABOVE[0] + GAP_PX // 2, OWN[1]
    picture[:under, left:] = _own_view(moment)
    letter(picture, f"{moment.time:.1f} s", (left + 6, under + 29), LETTERS_PX, GRAY)
    for number, line in enumerate(wrapped(moment.doing, LETTERS_PX, OWN[0] - 10)[:LINES], start=1):
        letter(picture, line, (left + 6, under + 29 + 26 * number), LETTERS_PX, INK)
    return picture


def _own_view(moment: FilmMoment) -> Image:
    """Draw what the camera showed, small, with boxes and names.

    These are drawn last, so that they can be read.
    """
    large = cv2.cvtColor(cv2.imdecode(moment.jpeg, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    small: Image = cv2.resize(large, OWN, interpolation=cv2.INTER_AREA)
    seen = [
        thing
        for thing in moment.detections.objects
        if thing.age == 0.0 and thing.box[2] and thing.box[3]
    ]
    boxes = [tuple(round(side * OWN[0] / large.shape[1]) for side in thing.box) for thing in seen]
    for thing, (left, top, width, height) in zip(seen, boxes, strict=True):
        for color, thickness in ((BLACK, 4), (PAINT.get(thing.color or "", UNKNOWN), 2)):
            cv2.rectangle(
                small, (left - 2, top - 2), (left + width + 1, top + height + 1), color, thickness
            )
    taken = np.zeros(small.shape[:2], dtype=bool)  # by a box or a name
    for left, top, width, height in boxes:
        taken[max(0, top - 2) : top + height + 2, max(0, left - 2) : left + width + 2] = True
    for thing, (left, top, _, height) in zip(seen, boxes, strict=True):
        _name(small, taken, thing.name, left, (top - 8, top + height + SMALL_PX + 6))
    return small


def _name(
    image: Image, taken: npt.NDArray[np.bool_], text: str, left: int, baselines: tuple[int, int]
) -> None:
    """Over its box or under it, wherever there is room; on a dark ground.

    With no room at all the box's color has to do.
    """
    width = width_of(text, SMALL_PX) + 8
    x = max(0, min(left - 4, image.shape[1] - width))
    for y in baselines:
        place = np.s_[y - SMALL_PX : y + 5, x : x + width]
        if y >= SMALL_PX and y + 5 <= image.shape[0] and not taken[place].any():
            taken[place] = True
            image[place] //= 3
            letter(image, text, (x + 4, y), SMALL_PX, WHITE)
            return
