"""Converts perception's types: lenses from camera_info, markers for rviz."""

from __future__ import annotations

import numpy as np
from geometry_msgs.msg import Point
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from tank_core.commands import Shape
from tank_core.geometry import Vector, from_yaw
from tank_core.ros.conversions import duration_to_ros, header
from tank_core.state import Detection, Detections, Gate, Pose2D
from tank_perception.annotate import PAINT, UNKNOWN, gate_label, label
from tank_perception.frames.camera_info import Size, Window, make_lens, seen_through
from tank_perception.view import Lens

# the markers' namespaces
THINGS, TEXTS, GATES, GATE_TEXTS = "objects", "names", "gates", "names of gates"
UPRIGHT_M = (0.03, 0.03, 0.4)  # how an upright of a gate is drawn
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
    """Objects and gates as rviz shows them, in odom, where they stand still.

    It knows what it has shown, to take it away again.
    """

    def __init__(self, frame: str) -> None:
        self._frame = frame
        self._shown: set[tuple[str, int]] = set()

    def show(self, detections: Detections, base: Pose2D) -> MarkerArray:
        """Return shape and text of all, and the end of those gone.

        ``base``: base_link in odom when they were seen.
        """
        markers: list[Marker] = []
        for thing in detections.objects:
            markers += self._both(thing, detections.time, base)
        for gate in detections.gates:
            markers += self._gate(gate, detections.time, base)
        shown = {(marker.ns, marker.id) for marker in markers}
        gone = sorted(self._shown - shown)
        self._shown = shown
        ended = [self._deleted(id, space, detections.time) for space, id in gone]
        return MarkerArray(markers=ended + markers)

    def clear(self) -> MarkerArray:
        """Return the end of all of them."""
        self._shown = set()
        return MarkerArray(
            markers=[Marker(header=header(0.0, self._frame), action=Marker.DELETEALL)]
        )

    def _both(self, thing: Detection, seconds: float, base: Pose2D) -> list[Marker]:
        red, green, blue = PAINT.get(thing.color or "", UNKNOWN)
        shape = self._marker(_signed(thing.id), THINGS, seconds, base, thing.position)
        shape.type = KINDS.get(thing.shape or "", Marker.CUBE)
        shape.scale.x, shape.scale.y, shape.scale.z = (max(LEAST_SIZE, size) for size in thing.size)
        # What is remembered fades; what has no known shape is a ghost.
        shape.color = ColorRGBA(
            r=red / 255,
            g=green / 255,
            b=blue / 255,
            a=1.0 if thing.age == 0.0 and thing.shape_told else 0.4,
        )
        text = self._marker(_signed(thing.id), TEXTS, seconds, base, thing.position)
        text.type, text.scale.z, text.text = Marker.TEXT_VIEW_FACING, LETTER_HEIGHT_M, label(thing)
        text.pose.position.z += thing.size[2] / 2 + LETTER_HEIGHT_M
        text.color = ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0 if thing.age == 0.0 else 0.5)
        return [shape, text]

    def _gate(self, gate: Gate, seconds: float, base: Pose2D) -> list[Marker]:
        """Return two uprights as one marker, and a text between them."""
        red, green, blue = PAINT.get(gate.color or "", UNKNOWN)
        middle = gate.pose.x, gate.pose.y, 0.0
        posts = self._marker(_signed(gate.id), GATES, seconds, base, middle)
        posts.type = Marker.CUBE_LIST
        posts.scale.x, posts.scale.y, posts.scale.z = UPRIGHT_M
        alpha = 1.0 if gate.age == 0.0 else 0.4
        posts.color = ColorRGBA(r=red / 255, g=green / 255, b=blue / 255, a=alpha)
        turn = posts.pose.orientation
        turn.x, turn.y, turn.z, turn.w = from_yaw(base.yaw + gate.pose.yaw)
        across = gate.width / 2 + UPRIGHT_M[1] / 2
        posts.points = [Point(y=side * across, z=UPRIGHT_M[2] / 2) for side in (1, -1)]
        text = self._marker(_signed(gate.id), GATE_TEXTS, seconds, base, middle)
        text.type, text.scale.z = Marker.TEXT_VIEW_FACING, LETTER_HEIGHT_M
        text.text, text.pose.position.z = gate_label(gate), UPRIGHT_M[2]
        text.color = ColorRGBA(r=1.0, g=1.0, b=1.0, a=alpha)
        return [posts, text]

    def _marker(
        self, id: int, space: str, seconds: float, base: Pose2D, position: Vector
    ) -> Marker:
        marker = Marker(
            header=header(seconds, self._frame),
            ns=space,
            id=id,
            action=Marker.ADD,
            lifetime=duration_to_ros(KEPT_S),
        )
        place = marker.pose.position
        (place.x, place.y), place.z = base.to_world(position[:2]), position[2]
        return marker

    def _deleted(self, id: int, space: str, seconds: float) -> Marker:
        return Marker(header=header(seconds, self._frame), ns=space, id=id, action=Marker.DELETE)


def _signed(id: int) -> int:
    """Convert the id of an object or gate, a uint32, to a marker's, an int32."""
    return id if id < 2**31 else id - 2**32
