"""Converts perception's types: lenses from camera_info, markers for rviz."""

from __future__ import annotations

import numpy as np
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from tank_core.commands import Shape
from tank_core.ros.conversions import duration_to_ros, header
from tank_core.state import Detection, Detections, Pose2D
from tank_perception.annotate import PAINT, UNKNOWN, label
from tank_perception.frames.camera_info import Size, Window, make_lens, seen_through
from tank_perception.view import Lens

THINGS, TEXTS = "objects", "names"  # the markers' namespaces
LETTER_HEIGHT_M = 0.035  # [m] height of a letter
LEAST_SIZE = 0.005  # [m] rviz refuses to draw what has no size
KEPT_S = 2.0  # [s] after which rviz forgets a marker that is not renewed, as when perception ended
KINDS: dict[str, int] = {
    Shape.CUBE: Marker.CUBE,
    Shape.BALL: Marker.SPHERE,
    Shape.CYLINDER: Marker.CYLINDER,
}


def lens_from_ros(info: CameraInfo) -> tuple[Lens, Size]:
    """Return the lens of a camera's images and their size [px].

    Raises ValueError, in one line, for what cannot be used.
    """
    size = int(info.width), int(info.height)
    lens = make_lens(
        info.distortion_model, info.d, np.array(info.k, dtype=np.float64).reshape(3, 3), size
    )
    roi = info.roi
    window = Window(
        (info.binning_x, info.binning_y), (roi.x_offset, roi.y_offset, roi.width, roi.height)
    )
    return seen_through(lens, size, window)


class Markers:
    """Objects as rviz shows them, in the odom frame, where they stand still.

    It knows what it has shown, to take it away again.
    """

    def __init__(self, frame: str) -> None:
        self._frame = frame
        self._shown: set[int] = set()

    def show(self, detections: Detections, base: Pose2D) -> MarkerArray:
        """Return a shape and a text for each object, and the end of those gone.

        ``base``: base_link in odom when they were seen.
        """
        ids = {thing.id for thing in detections.objects}
        gone = sorted(self._shown - ids)
        self._shown = ids
        markers = [
            self._deleted(id, space, detections.time) for id in gone for space in (THINGS, TEXTS)
        ]
        for thing in detections.objects:
            markers += self._both(thing, detections.time, base)
        return MarkerArray(markers=markers)

    def clear(self) -> MarkerArray:
        """Return the end of all of them."""
        self._shown = set()
        return MarkerArray(
            markers=[Marker(header=header(0.0, self._frame), action=Marker.DELETEALL)]
        )

    def _both(self, thing: Detection, seconds: float, base: Pose2D) -> list[Marker]:
        red, green, blue = PAINT.get(thing.color or "", UNKNOWN)
        shape = self._marker(thing, THINGS, seconds, base)
        shape.type = KINDS.get(thing.shape or "", Marker.CUBE)
        shape.scale.x, shape.scale.y, shape.scale.z = (max(LEAST_SIZE, size) for size in thing.size)
        # What is remembered fades; what has no known shape is a ghost.
        shape.color = ColorRGBA(
            r=red / 255,
            g=green / 255,
            b=blue / 255,
            a=1.0 if thing.age == 0.0 and thing.shape_told else 0.4,
        )
        text = self._marker(thing, TEXTS, seconds, base)
        text.type, text.scale.z, text.text = Marker.TEXT_VIEW_FACING, LETTER_HEIGHT_M, label(thing)
        text.pose.position.z += thing.size[2] / 2 + LETTER_HEIGHT_M
        text.color = ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0 if thing.age == 0.0 else 0.5)
        return [shape, text]

    def _marker(self, thing: Detection, space: str, seconds: float, base: Pose2D) -> Marker:
        marker = Marker(
            header=header(seconds, self._frame),
            ns=space,
            id=_signed(thing.id),
            action=Marker.ADD,
            lifetime=duration_to_ros(KEPT_S),
        )
        x, y, z = thing.position
        place = marker.pose.position
        (place.x, place.y), place.z = base.to_world((x, y)), z
        return marker

    def _deleted(self, id: int, space: str, seconds: float) -> Marker:
        return Marker(
            header=header(seconds, self._frame), ns=space, id=_signed(id), action=Marker.DELETE
        )


def _signed(id: int) -> int:
    """Convert an object's id, a uint32, to a marker's, an int32."""
    return id if id < 2**31 else id - 2**32
