"""Cameras: picamera2, V4L2 by OpenCV, or a film that is shown over and over.

Each is a Source of frames, read in a thread.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.robot import Camera
from tank_core.state import CameraFrame
from tank_hw_driver.hardware import BoardFileError
from tank_hw_driver.sensors.latest_value import RETRY_S, LatestValue, SensorError, Source

NONE, AUTO, PICAMERA, FILE, DEVICE = "none", "auto", "picamera2", "file:", "/dev/video"
FIRST_DEVICE = f"{DEVICE}0"
STALE_S = 2.0  # [s] a camera that gives nothing for so long is lost
BELIEVED_S = 1.0  # [s] a frame's own time stamp is believed when it is younger than this


Clock = Callable[[], float]  # [s], monotonic


def open_camera(
    source: str, camera: Camera, retry: float = RETRY_S
) -> LatestValue[CameraFrame] | None:
    """The camera of a name, in a thread of its own; None for "none".

    Raises BoardFileError for a name that is none.
    """
    if source == NONE:
        return None
    openers: dict[str, Callable[[Camera], Source[CameraFrame]]] = {
        AUTO: open_any,
        PICAMERA: PiCamera,
    }
    if source.startswith(DEVICE):
        openers[source] = partial(V4l2Camera, source)
    elif source.startswith(FILE):
        openers[source] = partial(RecordedCamera, Path(source.removeprefix(FILE)))
    if source not in openers:
        raise BoardFileError(
            f"camera source {source!r} is not known; say {AUTO}, {PICAMERA}, {NONE}, "
            f"{FIRST_DEVICE} or {FILE}PATH"
        )
    # The first frame may take its time, and so may a picture once a second.
    return LatestValue(
        "camera",
        partial(openers[source], camera),
        stale=max(STALE_S, 5.0 / camera.rate),
        retry=retry,
    )


def open_any(camera: Camera) -> Source[CameraFrame]:
    """The Pi's camera where there is one, else the first V4L2 device.

    Raises SensorError that says what is missing.
    """
    try:
        return PiCamera(camera)
    except SensorError as error:
        if Path(FIRST_DEVICE).exists():
            return V4l2Camera(FIRST_DEVICE, camera)
        raise SensorError(
            f"no camera: {error}; and there is no {FIRST_DEVICE}. Connect one, or say "
            f"camera_source {NONE}"
        ) from None


class V4l2Camera:
    """A USB camera, or whatever else is a V4L2 device."""

    def __init__(self, device: str, camera: Camera, clock: Clock = time.monotonic) -> None:
        """Raises SensorError that names the device."""
        self._device, self._camera, self._clock = device, camera, clock
        # OpenCV would wait 10 s for a frame of a camera that is gone. It reads this at its first
        # frame.
        os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")
        self._capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
        if not self._capture.isOpened():
            self._capture.release()
            raise SensorError(
                f"camera {device} cannot be opened: is it connected, is it in use, are you in the "
                "group video?"
            )
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, camera.width)
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, camera.height)
        self._capture.set(cv2.CAP_PROP_FPS, camera.rate)

    def read(self) -> CameraFrame:
        """The next frame, with the time stamp of the driver's buffer.

        Where that is not on the monotonic clock, with the time of reading.
        """
        grabbed = self._capture.grab()
        now = self._clock()
        stamp = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0
        okay, bgr = self._capture.retrieve() if grabbed else (False, None)
        if not okay:
            raise SensorError(f"camera {self._device} was lost: it gives no more frames")
        return CameraFrame(
            believed(stamp, now),
            fitted(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), self._camera, self._device),
        )

    def close(self) -> None:
        """Let go of the device."""
        self._capture.release()


class PiCamera:
    """The Pi's own camera, by picamera2.

    That comes with Raspberry Pi OS: apt install python3-picamera2.
    """

    def __init__(self, camera: Camera, clock: Clock = time.monotonic) -> None:
        """Raises SensorError that says what is missing."""
        try:
            from picamera2 import Picamera2
        except ImportError as error:
            raise SensorError(f"picamera2 cannot be imported ({error})") from None
        if not Picamera2.global_camera_info():
            raise SensorError("picamera2 finds no camera: check the ribbon cable")
        self._camera, self._clock = camera, clock
        self._pi: Any = Picamera2()
        try:
            # "BGR888" is libcamera's name for bytes in the order R, G, B. Frame duration is in
            # microseconds.
            duration = round(1e6 / camera.rate)
            main = {"format": "BGR888", "size": (camera.width, camera.height)}
            controls = {"FrameDurationLimits": (duration, duration)}
            self._pi.configure(
                self._pi.create_video_configuration(main=main, controls=controls, buffer_count=3)
            )
            self._pi.start()
        except Exception:
            self.close()
            raise

    def read(self) -> CameraFrame:
        """The next frame, with the sensor's own time stamp.

        It is on the monotonic clock, in nanoseconds.
        """
        request = self._pi.capture_request(wait=STALE_S)  # raises where the cable came off
        now = self._clock()
        try:
            stamp = request.get_metadata().get("SensorTimestamp", 0) * 1e-9
            return CameraFrame(
                believed(stamp, now), fitted(request.make_array("main"), self._camera, PICAMERA)
            )
        finally:
            request.release()

    def close(self) -> None:
        """Let go of the camera, so that it can be opened again."""
        self._pi.close()


class RecordedCamera:
    """A film, or a picture, over and over at the robot's rate.

    The camera of a robot that is a model.
    """

    def __init__(
        self,
        path: Path,
        camera: Camera,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises SensorError that names the file."""
        if not path.is_file():
            raise SensorError(
                f"camera film {path} does not exist; give the path of a film or a picture"
            )
        self._path, self._camera, self._clock, self._sleep = path, camera, clock, sleep
        self._picture = cv2.imread(str(path))
        self._film = None if self._picture is not None else cv2.VideoCapture(str(path))
        self._next = clock()
        if self._film is not None and not self._film.isOpened():
            raise SensorError(
                f"camera film {path} cannot be read; give a film or a picture that OpenCV knows"
            )

    def read(self) -> CameraFrame:
        """The next frame when its time has come."""
        self._sleep(max(0.0, self._next - self._clock()))
        now = self._clock()
        self._next = max(self._next, now - 1.0) + 1.0 / self._camera.rate
        bgr = self._picture if self._film is None else self._next_of(self._film)
        return CameraFrame(
            now, fitted(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), self._camera, str(self._path))
        )

    def _next_of(self, film: Any) -> Any:
        okay, bgr = film.read()
        if not okay:
            film.set(cv2.CAP_PROP_POS_FRAMES, 0)
            okay, bgr = film.read()
        if not okay:
            raise SensorError(f"camera film {self._path} has no frame that can be read")
        return bgr

    def close(self) -> None:
        """Let go of the file."""
        if self._film is not None:
            self._film.release()


def believed(stamp: float, now: float) -> float:
    """The time of a frame [s, monotonic].

    Its own stamp, or ``now`` where that is on another clock or nonsense.
    """
    return stamp if 0.0 <= now - stamp <= BELIEVED_S else now


def fitted(rgb: npt.NDArray[np.uint8], camera: Camera, name: str) -> npt.NDArray[np.uint8]:
    """The image (height, width, 3) at the size that the robot file says.

    Raises SensorError where its sides have another ratio: it would be squeezed.
    """
    height, width = rgb.shape[:2]
    if (width, height) == (camera.width, camera.height):
        return rgb
    if abs(width * camera.height - height * camera.width) > max(width, height) * 2:
        raise SensorError(
            f"camera {name} gives {width} x {height} pixels, and the robot file says "
            f"{camera.width} x {camera.height}: "
            "put one of the same ratio into the robot file"
        )
    return np.asarray(
        cv2.resize(rgb, (camera.width, camera.height), interpolation=cv2.INTER_AREA), np.uint8
    )
