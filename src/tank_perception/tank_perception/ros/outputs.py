"""Publishes what was seen: detections, markers and a picture; and reports."""

from __future__ import annotations

import statistics
from collections import deque
from typing import Any

from sensor_msgs.msg import Image
from visualization_msgs.msg import MarkerArray

from tank_core.health import Level
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import image_to_ros
from tank_core.ros.runtime.link import LinkedPublisher
from tank_core.ros.tank_messages import detections_to_ros
from tank_core.ros.tank_node import TankNode
from tank_core.state import CameraFrame, Detections
from tank_msgs.msg import DetectedObjectArray
from tank_perception.annotate import annotate
from tank_perception.ros.markers import Markers
from tank_perception.view import Lens, View


class PerceptionPublishers:
    """Perception's publishers.

    Markers and picture are made for those who look only.
    """

    def __init__(self, node: TankNode) -> None:
        self._node = node
        self._markers = Markers(node.settings["odom_frame"])
        self._publishers: list[Any] = []
        self._detections = LinkedPublisher(
            node, DetectedObjectArray, names.DETECTIONS, names.RELIABLE, lifecycle=True
        )
        self._shapes = self._publisher(MarkerArray, names.MARKERS, names.STREAM)
        self._picture = self._publisher(Image, names.DETECTIONS_IMAGE, names.NEWEST)
        self.costs: deque[float] = deque(maxlen=50)  # of the last images [ms]

    def _publisher(self, kind: Any, topic: str, qos: Any) -> Any:
        self._publishers.append(self._node.create_lifecycle_publisher(kind, topic, qos))
        return self._publishers[-1]

    def tell(self, frame: CameraFrame, detections: Detections, view: View, lens: Lens) -> None:
        """Publish what was seen in an image, and report it."""
        settings = self._node.settings
        self._detections.publish(detections_to_ros(detections, settings["base_frame"]))
        if self._shapes.get_subscription_count():
            self._shapes.publish(self._markers.show(detections, view.base))
        if settings["annotate"] and self._picture.get_subscription_count():
            picture = CameraFrame(frame.time, annotate(frame.rgb, detections, view, lens))
            self._picture.publish(image_to_ros(picture, frame.time, view.camera.child))
        self._node.diagnostics.tick("perception", "detections")
        self._report(detections)

    def clear(self) -> None:
        """Take all markers away."""
        self._shapes.publish(self._markers.clear())

    def close(self) -> None:
        """Let go of all publishers."""
        self._detections.close()
        while self._publishers:
            self._node.destroy_lifecycle_publisher(self._publishers.pop())

    def _report(self, detections: Detections) -> None:
        seen = sum(thing.age == 0.0 for thing in detections.objects)
        remembered = len(detections.objects) - seen
        costs = {
            "time per frame, median [ms]": statistics.median(self.costs),
            "time per frame, longest [ms]": max(self.costs),
        }
        message = f"sees {seen} objects, remembers {remembered} more"
        self._node.diagnostics.set(
            "perception", Level.OK, message, seen=seen, remembered=remembered, **costs
        )
