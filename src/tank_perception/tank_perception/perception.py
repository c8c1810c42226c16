"""Goes from images to detections: one call for each image."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from tank_core.exceptions import TankError
from tank_core.geometry import wrap
from tank_core.robot import Robot
from tank_core.state import CameraFrame, Detection, Detections, Image, Pose2D
from tank_perception.color_model import ColorModel, load_colors
from tank_perception.detection.findings import find_objects
from tank_perception.detection.planes import FLOOR_SQUARES, SHRINK, Palette
from tank_perception.gates.gate_finder import GateFinder
from tank_perception.tracking.observation import ImageObservation
from tank_perception.tracking.tracker import Tracker
from tank_perception.view import Lens, View

LEAST_SIDE = SHRINK * FLOOR_SQUARES  # [px] of an image: from so many the floor's brightness is told
# what is larger is made smaller first: it would be slow, and what it is looked at with is meant for
# 640 x 480
MOST_PX = 1280 * 960
MOVES = 0.03, 0.1  # [m/s], [rad/s] from which a robot moves
# [m] of the camera over the floor: lower, nothing tells how far a thing is that stands on it
LEAST_HEIGHT = 0.02


class ImageError(TankError, ValueError):
    """An image in which nothing can be seen, or not from that place."""


class Perception:
    """The objects and gates around a robot, by its camera.

    All that is remembered between two images is in here. Not thread-safe::

        from tank_core.robot import load_robot
        from tank_perception.perception import Perception
        from tank_perception.view import View
        from tank_sim.mujoco_backend import MujocoBackend

        robot = load_robot("tank")
        perception = Perception(robot)
        with MujocoBackend(robot, "playground", seed=2, camera=True) as backend:
            backend.advance(0.5)
            frame, state = backend.camera(), backend.read()
            joints = {name: joint.position for name, joint in state.joints.items()}
            view = View.of(robot, state.odometry.pose, joints)
            for thing in perception.observe(frame, view).objects:
                print(thing.name, thing.position)
    """

    def __init__(
        self, robot: Robot, colors: ColorModel | None = None, halve_while_moving: bool = False
    ) -> None:
        """See with a robot's camera; ``colors``: Tank's own if not given.

        ``robot`` says how its camera looks and what its gripper can hold; ``load_colors`` reads
        colors of one's own. ``halve_while_moving``: of images taken while the robot moves look at
        every second pixel across and down, for half of the time that it takes. Beyond 1.2 m it may
        miss things then. Raises ColorModelError only where Tank's own colors cannot be read: what
        is wrong with a robot or with colors is refused where they are loaded.
        """
        self.robot = robot
        colors = colors or load_colors()
        self._palette, self._gates = Palette(colors), GateFinder(robot, colors)
        self._lens = Lens.of(robot.camera)
        self._tracker = Tracker()
        self._newest: Detections | None = None
        self._halve_while_moving = halve_while_moving
        self._base = Pose2D()  # when the newest was seen

    def reset(self) -> None:
        """Forget all objects and gates, and the time."""
        self._tracker.reset()
        self._gates.reset()
        self._newest = None

    def observe(self, frame: CameraFrame, view: View, lens: Lens | None = None) -> Detections:
        """Return all objects and gates known after an image, in base_link.

        ``frame`` has the image (height, width, 3) and its time [s], ``view`` says where camera,
        robot and joints were then, ``lens`` replaces the robot file's. Objects out of sight are
        among the detections with an ``age``. An image that is not newer than the last changes
        nothing, and the last answer is returned.

        Raises ImageError for an image that is too small, or from a camera that is not over the
        floor.
        """
        if self._newest is not None and frame.time <= self._newest.time:
            return self._newest
        rgb, lens, factor = _fitting(
            frame.rgb, lens or self._lens, self._halve_while_moving and self._moves(frame, view)
        )
        self._base = view.base
        if not view.camera.translation[2] >= LEAST_HEIGHT:
            raise ImageError(
                f"tf puts the camera {view.camera.translation[2]:g} m over the floor; at least "
                f"{LEAST_HEIGHT:g} m are needed: "
                f"look who publishes {view.camera.child}"
            )
        # what comes out as no number is left out, and no news on the operator's screen
        with np.errstate(all="ignore"):
            scene = find_objects(rgb, view, self.robot, lens, palette=self._palette)
            gates = self._gates.look(rgb, scene.hidden, scene.eye, view.base, frame.time)
        sight = ImageObservation(scene.eye, scene.hidden, scene.findings)
        self._tracker.update(scene.findings, view.base, frame.time, sight, scene.tool)
        objects = self._tracker.detections(view.base, frame.time)
        self._newest = Detections(
            frame.time,
            tuple(_enlarged(thing, factor) for thing in objects) if factor > 1 else objects,
            gates,
        )
        return self._newest

    def _moves(self, frame: CameraFrame, view: View) -> bool:
        """Whether the robot has moved since the newest image."""
        if self._newest is None:
            return False
        span, before, now = frame.time - self._newest.time, self._base, view.base
        way, turn = math.hypot(now.x - before.x, now.y - before.y), abs(wrap(now.yaw - before.yaw))
        return way > MOVES[0] * span or turn > MOVES[1] * span


def _fitting(rgb: Image, lens: Lens, halved: bool) -> tuple[Image, Lens, int]:
    """Return an image of a size that can be looked at, its lens, and a factor.

    So many pixels of the given image, across and down, are one of it; at least 2 if ``halved`` and
    it is large enough.
    """
    height, width = rgb.shape[:2]
    if min(height, width) < LEAST_SIDE:
        raise ImageError(
            f"image is {width} x {height} px; at least {LEAST_SIDE} x {LEAST_SIDE} are needed: set "
            "its size in the camera's driver"
        )
    factor = max(2 if halved else 1, math.ceil(math.sqrt(height * width / MOST_PX)))
    factor = min(factor, min(height, width) // LEAST_SIDE)
    if factor == 1:
        return rgb, lens, 1
    size = width // factor, height // factor
    whole = np.ascontiguousarray(rgb[: size[1] * factor, : size[0] * factor])
    smaller: Image = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    return smaller, lens.binned(factor, factor), factor


def _enlarged(thing: Detection, factor: int) -> Detection:
    """Return a detection with its box in the pixels of the given image."""
    left, top, width, height = thing.box
    return replace(thing, box=(left * factor, top * factor, width * factor, height * factor))
