"""The node around Perception: images in, detections and pictures out."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any, ClassVar

import cv2
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CompressedImage, Image
from visualization_msgs.msg import MarkerArray

from tank_core.health import LOADING, Level
from tank_core.pacing import Pacer, stamp_fault
from tank_core.robot import load_robot
from tank_core.robot.frame_names import FrameNames, name_fault
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import image_from_ros, image_to_ros, jpeg_from_ros
from tank_core.ros.parameters import Setting
from tank_core.ros.tank_messages import detections_to_ros
from tank_core.ros.tank_node import TankNode
from tank_core.state import CameraFrame, Detections
from tank_msgs.msg import DetectedObjectArray
from tank_perception import PERCEPTION_RATE
from tank_perception.annotate import annotate
from tank_perception.color_model import load_colors
from tank_perception.frames.camera_info import Lenses
from tank_perception.frames.history import AHEAD, BACK, TransformError
from tank_perception.frames.whereabouts import Whereabouts
from tank_perception.perception import ImageError, Perception
from tank_perception.ros.markers import Markers
from tank_perception.ros.viewpoints import Viewpoints
from tank_perception.view import Lens, View

# [s] of wall time that an image waits for the transforms of its time; then the last motion may be
# taken to go on
TRANSFORM_PATIENCE_S = 0.15
# [s] of wall time without an image, or with none that could be used, before it is told
IMAGE_SILENCE_S = 2.0
WATCH_PERIOD = 0.5  # [s] of wall time
# never a queue
NEWEST_IMAGE = QoSProfile(
    depth=1, history=HistoryPolicy.KEEP_LAST, reliability=ReliabilityPolicy.BEST_EFFORT
)
IMAGES = {
    "raw": (Image, names.IMAGE, image_from_ros),
    "compressed": (CompressedImage, names.COMPRESSED_IMAGE, jpeg_from_ros),
}

SETTINGS = (
    Setting("robot", "tank", "the robot: a name that comes with Tank, or a path to a YAML file"),
    Setting(
        "rate",
        PERCEPTION_RATE,
        "[Hz] of images that are looked at; no more than the camera gives",
        0.2,
        60.0,
    ),
    Setting(
        "image_transport",
        "raw",
        f"raw: {names.IMAGE}; compressed: {names.COMPRESSED_IMAGE}",
        choices=tuple(IMAGES),
    ),
    Setting(
        "colors_file",
        "",
        "YAML file of `./tank calibrate colors`; empty: the colors that come with Tank",
    ),
    Setting(
        "odom_frame", names.ODOM_FRAME, "frame in which objects keep their places", check=name_fault
    ),
    Setting(
        "base_frame",
        names.BASE_FRAME,
        "the robot's own frame, in which detections are given",
        check=name_fault,
    ),
    Setting("max_age", 1.0, "[s] age of an image beyond which it is dropped", 0.05, 10.0),
    Setting("annotate", True, f"draw {names.DETECTIONS_IMAGE} while somebody looks at it"),
)


class PerceptionNode(TankNode):
    """Looks at the newest image, as often as ``rate`` says.

    What is not due, or came while it looked at another, is not looked at. Callbacks only put things
    in place; the work is done in a group of its own, so it takes one of the process's threads and
    no more. ``_lock`` is held for that putting in place alone, ``_working`` for as long as one
    image is looked at.
    """

    SETTINGS: ClassVar[tuple[Setting, ...]] = SETTINGS

    def __init__(self, name: str = names.PERCEPTION_NODE, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self._lock, self._working = Lock(), Lock()
        self._undoing: list[Callable[[], object]] = []  # cleanup
        self._listening: list[Callable[[], object]] = []  # deactivate
        self._active = False
        # an image, and when it came, time.monotonic()
        self._newest: tuple[Any, float] | None = None
        # the one that is looked at as soon as its transforms are there
        self._waiting: tuple[Any, float] | None = None

    # Lifecycle

    def configure(self) -> None:
        # what it refuses is told in Tank's words
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        # a frame is a few milliseconds; other cores belong to the control loop and the language
        # model
        cv2.setNumThreads(1)
        robot = load_robot(self.settings["robot"])
        self._perception = Perception(robot, load_colors(self.settings["colors_file"]))
        self._markers = Markers(self.settings["odom_frame"])
        self._forget()  # before anything can come in
        self._detections_topic = self._publisher(
            DetectedObjectArray, names.DETECTIONS, names.RELIABLE
        )
        self._markers_topic = self._publisher(MarkerArray, names.MARKERS, names.STREAM)
        self._picture_topic = self._publisher(Image, names.DETECTIONS_IMAGE, names.NEWEST)
        # Made before what triggers it, so that it ends after that.
        work = MutuallyExclusiveCallbackGroup()
        self._wake = self.create_guard_condition(
            self.guarded("perception", self._work), callback_group=work
        )
        self._undoing.append(partial(self.destroy_guard_condition, self._wake))
        frames = FrameNames(self.settings["odom_frame"], self.settings["base_frame"])
        whereabouts = Whereabouts(frames.odom, frames.base)
        lenses = Lenses(Lens.of(robot.camera), (robot.camera.width, robot.camera.height))
        self._viewpoints = Viewpoints(self, whereabouts, lenses, self._on_transforms)
        self._undoing.append(self._viewpoints.close)

    def _publisher(self, kind: Any, topic: str, qos: Any) -> Any:
        publisher = self.create_lifecycle_publisher(kind, topic, qos)
        self._undoing.append(partial(self.destroy_lifecycle_publisher, publisher))
        return publisher

    def activate(self) -> None:
        """Listen to the camera from here on.

        A simulator renders for listeners only.
        """
        self._forget()
        self.diagnostics.set("perception", Level.OK, LOADING)  # until the first image was looked at
        # the last image that came, and the last that could be used
        self._heard = self._used = time.monotonic()
        self._active = True
        kind, topic, self._decode = IMAGES[self.settings["image_transport"]]
        self._topic = topic
        self._viewpoints.hear_camera(True)
        self._listening.append(partial(self._viewpoints.hear_camera, False))
        self._listening.append(self.hear(kind, topic, self._on_image, NEWEST_IMAGE).close)
        clock, group = Clock(clock_type=ClockType.STEADY_TIME), MutuallyExclusiveCallbackGroup()
        timer = self.create_timer(
            WATCH_PERIOD, self.guarded("watch", self._watch), callback_group=group, clock=clock
        )
        self._listening.append(partial(self.destroy_timer, timer))

    def deactivate(self) -> None:
        with self._lock:
            was_active, self._active = self._active, False
            self._newest = self._waiting = None
        with self._working:  # what is under way comes to its end before what it needs goes
            while self._listening:
                self._listening.pop()()
        if was_active:
            self._markers_topic.publish(self._markers.clear())

    def cleanup(self) -> None:
        while self._undoing:
            self._undoing.pop()()

    def _forget(self) -> None:
        """Begin anew: nothing seen, nothing waiting."""
        self._perception.reset()
        self._pacer = Pacer(1.0 / self.settings["rate"])
        self._last = float("-inf")  # stamp of the last image that was looked at [s]
        self._costs: deque[float] = deque(maxlen=50)  # of the last images [ms]
        with self._lock:
            self._newest = self._waiting = None

    # What comes in

    def _on_transforms(self) -> None:
        with self._lock:
            if self._active and self._waiting is not None:
                self._wake.trigger()

    def _on_image(self, message: Any) -> None:
        self._heard = time.monotonic()
        if self._pacer.due(convert.time_from_ros(message.header.stamp)):
            with self._lock:
                if self._active:
                    self._newest = message, self._heard
                    self._wake.trigger()

    # What is done

    def _work(self) -> None:
        """Look at the image that waits.

        One whose transforms are not there yet is tried again when some come.
        """
        with self._working:
            with self._lock:
                if self._waiting is None:
                    self._waiting, self._newest = self._newest, None
                image = self._waiting if self._active else None
            view = self._find_view(*image) if image is not None else None
            if image is not None and view is not None:
                self._done()
                self._look(image[0], view)

    def _done(self) -> None:
        """Let go of the image that waited, and go on to the next, if any."""
        with self._lock:
            self._waiting = None
            if self._active and self._newest is not None:
                self._wake.trigger()

    def _find_view(self, message: Any, came: float) -> View | None:
        """Return from where an image was taken, or None.

        None when that may come yet, or when the image is of no use, which is told.
        """
        stamp = convert.time_from_ros(message.header.stamp)
        waited = time.monotonic() - came
        unknown = None
        try:
            ahead = 0.0 if waited < TRANSFORM_PATIENCE_S else AHEAD
            view = self._viewpoints.view(message.header.frame_id, stamp, ahead)
        except TransformError as error:
            view, unknown = None, str(error)
        fault = self._stamp_fault(stamp)
        if unknown and not fault and waited < self.settings["max_age"]:
            return None
        if fault or unknown:
            # An image that has grown too old while it waited was not too old when it came.
            self._drop(
                "dropped",
                unknown
                if unknown and fault and waited > TRANSFORM_PATIENCE_S
                else fault or unknown or "",
            )
            return None
        return view

    def _stamp_fault(self, stamp: float) -> str | None:
        if not stamp:
            return "it has no stamp"
        return stamp_fault(stamp, self._now(), self.settings["max_age"], names.STAMP_MAX_AHEAD)

    def _drop(self, kind: str, reason: str) -> None:
        """Count a dropped image; where all are lost, warn."""
        lasts = time.monotonic() - self._used > IMAGE_SILENCE_S
        (self.diagnostics.warn if lasts else self.diagnostics.count)(
            "perception", kind, f"an image was dropped: {reason}"
        )
        self._done()

    def _look(self, message: Any, view: View) -> None:
        frame_id, stamp = message.header.frame_id, convert.time_from_ros(message.header.stamp)
        lens, size = self._viewpoints.lens(frame_id, stamp)
        try:
            frame: CameraFrame = self._decode(message)
            self._check_size(frame.rgb.shape[1::-1], size)
        except ValueError as error:
            self.diagnostics.warn("perception", "refused", str(error))
            return
        self._mind_the_clock(frame.time)
        began = time.perf_counter()
        try:
            detections = self._perception.observe(frame, view, lens)
        except ImageError as error:
            self.diagnostics.warn("perception", "refused", str(error))
            return
        self._used = time.monotonic()
        self._costs.append((time.perf_counter() - began) * 1e3)
        self._tell(frame, detections, view, lens)

    @staticmethod
    def _check_size(size: tuple[int, int], wanted: tuple[int, int]) -> None:
        if size != wanted:
            raise ImageError(
                f"image is {size[0]} x {size[1]} px; {names.CAMERA_INFO}, or the robot file "
                f"without it, says {wanted[0]} x {wanted[1]}: "
                "set the driver to the size for which the camera was calibrated, or let "
                "camera_info tell binning_x, binning_y and roi"
            )

    def _mind_the_clock(self, stamp: float) -> None:
        """Forget what was seen where time began anew.

        That is so in a simulation that was started again.
        """
        if stamp < self._last - BACK:
            self._perception.reset()
            self.diagnostics.warn(
                "perception",
                "clock resets",
                f"the clock went back by {self._last - stamp:.1f} s: objects are forgotten",
            )
        self._last = stamp

    # What goes out

    def _tell(self, frame: CameraFrame, detections: Detections, view: View, lens: Lens) -> None:
        self._detections_topic.publish(detections_to_ros(detections, self.settings["base_frame"]))
        if self._markers_topic.get_subscription_count():
            self._markers_topic.publish(self._markers.show(detections, view.base))
        if self.settings["annotate"] and self._picture_topic.get_subscription_count():
            picture = CameraFrame(frame.time, annotate(frame.rgb, detections, view, lens))
            self._picture_topic.publish(image_to_ros(picture, frame.time, view.camera.child))
        self.diagnostics.tick("perception", "detections")
        self._report(detections)

    def _report(self, detections: Detections) -> None:
        seen = sum(thing.age == 0.0 for thing in detections.objects)
        remembered = len(detections.objects) - seen
        costs = {
            "time per frame, median [ms]": statistics.median(self._costs),
            "time per frame, longest [ms]": max(self._costs),
        }
        message = f"sees {seen} objects, remembers {remembered} more"
        self.diagnostics.set(
            "perception", Level.OK, message, seen=seen, remembered=remembered, **costs
        )

    def _watch(self) -> None:
        """Say so where no image comes, and end the waiting for a transform."""
        silent = time.monotonic() - self._heard
        if silent > IMAGE_SILENCE_S:
            publishers = self.count_publishers(self._topic)
            cure = (
                "does the camera work?"
                if publishers
                else "is the robot running, and has it a camera?"
            )
            self.diagnostics.set(
                "perception", Level.WARN, f"no image on {self._topic} for {silent:.0f} s: {cure}"
            )
        for topic in (self._topic, names.CAMERA_INFO):
            if (senders := self.count_publishers(topic)) > 1:
                odd = f"{senders} senders on {topic}; end all but one, or remap their topics"
                self.diagnostics.count("camera", "several senders", odd)
        self._viewpoints.watch()
        with self._lock:
            if self._active:
                self._wake.trigger()

    def _now(self) -> float:
        return float(self.get_clock().now().nanoseconds * 1e-9)
