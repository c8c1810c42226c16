"""Images to detections: one call for each image, all that is remembered in between."""

from __future__ import annotations

from tank_core.robot import Robot
from tank_core.state import CameraFrame, Detections
from tank_perception.color_model import ColorModel, load_colors
from tank_perception.findings import find_objects
from tank_perception.segmentation import Palette
from tank_perception.sight import Sight
from tank_perception.tracker import Tracker
from tank_perception.view import Lens, View


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
        """All objects known after this image, in base_link at its time. An image that is not newer than the last changes nothing."""
        if self._newest is not None and frame.time <= self._newest.time:
            return self._newest
        lens = lens or self._lens
        scene = find_objects(frame.rgb, view, self.robot, lens, palette=self._palette)
        sight = Sight(scene.eye, scene.hidden, scene.findings)
        self._tracker.update(scene.findings, view.base, frame.time, sight, scene.tool)
        self._newest = Detections(frame.time, self._tracker.detections(view.base, frame.time))
        return self._newest
