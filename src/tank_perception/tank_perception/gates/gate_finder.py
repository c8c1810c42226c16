"""Goes from images to gates: one call for each image."""

from __future__ import annotations

import numpy as np

from tank_core.robot import Robot
from tank_core.state import Gate, Image, Pose2D
from tank_perception.color_model import ColorModel
from tank_perception.detection.ground import Eye
from tank_perception.gates.gate_tracker import GateTracker
from tank_perception.gates.openings import find_edges, find_openings
from tank_perception.gates.polar import PolarMap
from tank_perception.gates.scan import scan, sharpened

TALLER_M = 0.03  # than anything that the gripper holds: what may be an upright
# [m], [px]: where the camera is taken to be in the same place, and the lens to be the same
SAME_PLACE, SAME_PX = 1e-4, 1e-2


class GateFinder:
    """The gates around a robot, by its camera."""

    def __init__(self, robot: Robot, colors: ColorModel) -> None:
        self._tall = robot.gripper.max_object + TALLER_M
        self._colors = colors
        self._map: tuple[tuple[object, ...], PolarMap] | None = None
        self._tracker = GateTracker()

    def reset(self) -> None:
        """Forget all gates."""
        self._tracker.reset()

    def look(
        self, rgb: Image, hidden: Image, eye: Eye, base: Pose2D, time: float
    ) -> tuple[Gate, ...]:
        """Return all gates known after an image (height, width, 3).

        They are in base_link. ``hidden`` (height, width) is 255 where the robot itself is, ``base``
        the robot in odom.
        """
        polar = self._polar(eye, (rgb.shape[0], rgb.shape[1]))
        if polar.inside.size:
            image = polar.warp(rgb)
            found = scan(image, polar.warp(hidden) > 0, polar, self._tall)
            found = sharpened(found, image)
            openings = find_openings(found, image, self._colors)
            self._tracker.update(openings, base, time, polar, find_edges(found))
        return self._tracker.gates(base, time)

    def _polar(self, eye: Eye, size: tuple[int, int]) -> PolarMap:
        """Return the map of such images; making it takes longer than using it."""
        place = (*eye.origin, *eye.rotation.ravel())
        key = (
            size,
            tuple(np.round(np.array(place) / SAME_PLACE).astype(int).tolist()),
            tuple(np.round(eye.lens.matrix.ravel() / SAME_PX).astype(int).tolist()),
            tuple(eye.lens.distortion.tolist()),
        )
        if self._map is None or self._map[0] != key:
            self._map = key, PolarMap.of(eye, size)
        return self._map[1]
