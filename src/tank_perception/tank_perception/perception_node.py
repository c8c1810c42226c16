"""The node around Perception: images in, detections and pictures out."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any, ClassVar

import cv2
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from std_msgs.msg import Header

from tank_core.health import LOADING, Level
from tank_core.pacing import Pacer, stamp_fault
from tank_core.robot import load_robot
from tank_core.robot.frame_names import FrameNames
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.parameters import Setting
from tank_core.ros.runtime.link import Near
from tank_core.ros.tank_node import TankNode
from tank_core.state import CameraFrame
from tank_perception.color_model import load_colors
from tank_perception.frames.camera_info import Lenses
from tank_perception.frames.history import AHEAD, BACK, TransformError
from tank_perception.frames.whereabouts import Whereabouts
from tank_perception.perception import ImageError, Perception
from tank_perception.ros.outputs import PerceptionPublishers
from tank_perception.ros.settings import IMAGES, SETTINGS
from tank_perception.ros.viewpoints import Viewpoints
from tank_perception.view import Lens, View

# [s] of wall time that an image waits for the transforms of its time; then the last motion may be
# taken to go on
TRANSFORM_PATIENCE_S = 0.15
# [s] of wall time without an image, or with none that could be used, before it is told
IMAGE_SILENCE_S = 2.0
WATCH_PERIOD = 0.5  # [s] of wall time
# [s] of wall time without an image, after which there is no camera, and nobody needs to say where
# the robot is. Twice as long as between two images at the slowest rate.
NO_CAMERA_S = 10.0


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
        # a frame is a few milliseconds; other cores belong to control loop and language model
        cv2.setNumThreads(1)
        robot = load_robot(self.settings["robot"])
        colors = load_colors(self.settings["colors_file"])
        self._perception = Perception(robot, colors, self.settings["halve_while_moving"])
        self._outputs = PerceptionPublishers(self)
        self._undoing.append(self._outputs.close)
        self._forget()  # before anything can come in
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
        reset = self.hear(Header, names.WORLD_RESET, self._on_world_reset, names.RELIABLE)
        self._undoing.append(reset.close)

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
        image = self.hear(kind, topic, self._on_image, names.NEWEST_HEARD, near=Near.AT_ONCE)
        self._listening.append(image.close)
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
            self._outputs.clear()

    def cleanup(self) -> None:
        while self._undoing:
            self._undoing.pop()()

    def _forget(self) -> None:
        """Begin anew: nothing seen, nothing waiting."""
        self._perception.reset()
        self._pacer = Pacer(1.0 / self.settings["rate"])
        self._last = float("-inf")  # stamp of the last image that was looked at [s]
        self._until = float("-inf")  # [s] images as old as this show a world that is no more
        self._outputs.costs.clear()
        with self._lock:
            self._newest = self._waiting = None

    # What comes in

    def _on_transforms(self) -> None:
        with self._lock:
            if self._active and self._waiting is not None:
                self._wake.trigger()

    def _on_image(self, message: Any) -> None:
        self._heard = time.monotonic()
        self._viewpoints.rest(False)
        if self._pacer.due(convert.time_from_ros(message.header.stamp)):
            with self._lock:
                if self._active:
                    self._newest = message, self._heard
                    self._wake.trigger()

    def _on_world_reset(self, message: Header) -> None:
        """Forget what was seen, and look at no image from before."""
        with self._working:
            self._until = convert.time_from_ros(message.stamp)
            self._perception.reset()

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
            late = unknown and fault and waited > TRANSFORM_PATIENCE_S
            self._drop("dropped", (unknown if late else fault or unknown) or "")
            return None
        return view

    def _stamp_fault(self, stamp: float) -> str | None:
        if not stamp:
            return "it has no stamp"
        if stamp <= self._until <= self._now() + BACK:
            return "it shows the world before it was reset"
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
        self._outputs.costs.append((time.perf_counter() - began) * 1e3)
        self._outputs.tell(frame, detections, view, lens)

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

    def _watch(self) -> None:
        """Say so where no image comes, and end the waiting for a transform."""
        silent = time.monotonic() - self._heard
        self._viewpoints.rest(silent > NO_CAMERA_S)
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
