"""Tells from where an image was taken, by tf and joint_states. Pure."""

from __future__ import annotations

from tank_core.geometry import Pose2D, yaw_of
from tank_core.robot.frames import Transform
from tank_perception.frames.history import AHEAD, Joints
from tank_perception.frames.transforms import Transforms
from tank_perception.view import View


class Whereabouts:
    """The frames and joints of one robot over time.

    ``odom`` and ``base`` are the names of its frames.
    """

    def __init__(self, odom: str, base: str) -> None:
        self.transforms, self.joints = Transforms(), Joints()
        self._odom, self._base = odom, base

    def view(self, optical: str, time: float, ahead: float = AHEAD) -> View:
        """Return the view of a camera with that optical frame at ``time`` [s].

        Raises TransformError when it is not known. Joints that are not known then are left out:
        they tell what of the image is the robot itself, and no more.
        """
        camera = self.transforms.lookup(self._base, optical, time, ahead)
        base = self.transforms.lookup(self._odom, self._base, time, ahead)
        return View(camera, _planar(base), self.joints.at(time))


def _planar(transform: Transform) -> Pose2D:
    return Pose2D(transform.translation[0], transform.translation[1], yaw_of(transform.rotation))
