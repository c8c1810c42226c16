"""Images to detections.

One call for each image, all that is remembered in between.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from tank_core.exceptions import TankError
from tank_core.robot import Robot
from tank_core.state import CameraFrame, Detection, Detections, Image
from tank_perception.color_model import ColorModel, load_colors
from tank_perception.detection.findings import find_objects
from tank_perception.detection.segmentation import FLOOR_SQUARES, SHRINK, Palette
from tank_perception.tracking.observation import Observation
from tank_perception.tracking.tracker import Tracker
from tank_perception.view import Lens, View

LEAST_SIDE = SHRINK * FLOOR_SQUARES  # [px] of an image: from so many the floor's brightness is told
# what is larger is made smaller first: it would be slow, and what it is looked at with is meant for
# 640 x 480
MOST_PX = 1280 * 960
# [m] of the camera over the floor: lower, nothing tells how far a thing is that stands on it
LEAST_HEIGHT = 0.02


class ImageError(TankError, ValueError):
    """An image in which nothing can be seen, or from a place from where nothing can."""


class Perception:
    """What a robot knows of the objects around it. Not thread-safe."""

    def __init__(self, robot: Robot, colors: ColorModel | None = None) -> None:
        self.robot = robot
        self._palette = Palette(colors or load_colors())
        self._lens = Lens.of(robot.camera)
        self._tracker = Tracker()
        self._newest: Detections | None = None

    def reset(self) -> None:
        """Forget all objects and the time."""
        self._tracker.reset()
        self._newest = None

    def observe(self, frame: CameraFrame, view: View, lens: Lens | None = None) -> Detections:
        """All objects known after this image, in base_link at its time.

        An image that is not newer than the last changes nothing.

        Raises ImageError for one that is too small, or from a camera that is not over the floor.

        """
        if self._newest is not None and frame.time <= self._newest.time:
            return self._newest
        rgb, lens, factor = _fitting(frame.rgb, lens or self._lens)
        if not view.camera.translation[2] >= LEAST_HEIGHT:
            raise ImageError(
                f"tf puts the camera {view.camera.translation[2]:g} m over the floor; at least "
                f"{LEAST_HEIGHT:g} m are needed: "
                f"look who publishes {view.camera.child}"
            )
        # what comes out as no number is left out, and no news on the operator's screen
        with np.errstate(all="ignore"):
            scene = find_objects(rgb, view, self.robot, lens, palette=self._palette)
        sight = Observation(scene.eye, scene.hidden, scene.findings)
        self._tracker.update(scene.findings, view.base, frame.time, sight, scene.tool)
        objects = self._tracker.detections(view.base, frame.time)
        self._newest = Detections(
            frame.time,
            tuple(_enlarged(thing, factor) for thing in objects) if factor > 1 else objects,
        )
        return self._newest


def _fitting(rgb: Image, lens: Lens) -> tuple[Image, Lens, int]:
    """An image of a size that can be looked at, its lens, and how many pixels of the given one,
    across and down, are one of it.
    """
    height, width = rgb.shape[:2]
    if min(height, width) < LEAST_SIDE:
        raise ImageError(
            f"image is {width} x {height} px; at least {LEAST_SIDE} x {LEAST_SIDE} are needed: set "
            "its size in the camera's driver"
        )
    factor = math.ceil(math.sqrt(height * width / MOST_PX))
    factor = min(factor, min(height, width) // LEAST_SIDE)
    if factor == 1:
        return rgb, lens, 1
    size = width // factor, height // factor
    whole = np.ascontiguousarray(rgb[: size[1] * factor, : size[0] * factor])
    smaller: Image = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    return smaller, lens.binned(factor, factor), factor


def _enlarged(thing: Detection, factor: int) -> Detection:
    """With its box in the pixels of the image that was given."""
    left, top, width, height = thing.box
    return replace(thing, box=(left * factor, top * factor, width * factor, height * factor))
