"""Cameras: V4L2, picamera2, and films.

V4L2 is a fake of OpenCV's VideoCapture, picamera2 a fake module; films are really read.
"""

import sys
import time
import types
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tank_core.robot import load_robot
from tank_core.testing.waiting import wait_for
from tank_hw_driver.hardware import BoardFileError
from tank_hw_driver.sensors import camera_source
from tank_hw_driver.sensors.camera_source import (
    PiCamera,
    RecordedCamera,
    V4l2Camera,
    believed,
    fitted,
    open_any,
    open_camera,
)
from tank_hw_driver.sensors.latest_value import SensorError

CAMERA = replace(load_robot("rasptank").camera, width=64, height=48, rate=50.0)


class FakeCapture:
    """cv2.VideoCapture of a camera that is red.

    ``connected`` is shared by all of them.
    """

    connected = True
    made = []  # noqa: RUF012
    stamp = 0.0
    size = (64, 48)

    def __init__(self, device, backend):
        self.device, self.backend, self.settings, self.released = device, backend, {}, False
        FakeCapture.made.append(self)

    def isOpened(self):  # noqa: N802
        return FakeCapture.connected

    def set(self, key, value):
        self.settings[key] = value

    def get(self, key):
        return FakeCapture.stamp

    def grab(self):
        time.sleep(0.005)
        return FakeCapture.connected

    def retrieve(self):
        return True, np.full((FakeCapture.size[1], FakeCapture.size[0], 3), (0, 0, 255), np.uint8)

    def release(self):
        self.released = True


@pytest.fixture
def capture(monkeypatch):
    monkeypatch.setattr(camera_source.cv2, "VideoCapture", FakeCapture)
    for name, value in (("connected", True), ("made", []), ("stamp", 0.0), ("size", (64, 48))):
        monkeypatch.setattr(FakeCapture, name, value)
    return FakeCapture


class FakeRequest:
    def __init__(self, stamp):
        self.stamp, self.released = stamp, False

    def get_metadata(self):
        return {"SensorTimestamp": self.stamp}

    def make_array(self, name):
        return np.full((48, 64, 3), (255, 0, 0), np.uint8)

    def release(self):
        self.released = True


@pytest.fixture
def picamera(monkeypatch):
    """A picamera2 module with as many cameras as the list that it returns."""
    cameras = [{"Num": 0}]

    class Picamera2:
        made = []  # noqa: RUF012

        def __init__(self):
            self.closed = self.started = False
            self.requests = []
            Picamera2.made.append(self)

        @staticmethod
        def global_camera_info():
            return cameras

        def create_video_configuration(self, **settings):
            return settings

        def configure(self, settings):
            self.settings = settings

        def start(self):
            self.started = True

        def capture_request(self, wait):
            self.requests.append(FakeRequest(99_980_000_000))
            return self.requests[-1]

        def close(self):
            self.closed = True

    module = types.ModuleType("picamera2")
    module.Picamera2 = Picamera2
    module.cameras = cameras
    monkeypatch.setitem(sys.modules, "picamera2", module)
    return module


@pytest.fixture
def no_picamera(monkeypatch):
    monkeypatch.setitem(sys.modules, "picamera2", None)


def test_v4l2_is_asked_for_the_robot_s_size_and_gives_rgb(capture):
    camera = V4l2Camera("/dev/video7", CAMERA)
    frame = camera.read()
    made = capture.made[0]
    assert (made.device, made.backend) == ("/dev/video7", cv2.CAP_V4L2)
    assert made.settings == {
        cv2.CAP_PROP_FRAME_WIDTH: 64,
        cv2.CAP_PROP_FRAME_HEIGHT: 48,
        cv2.CAP_PROP_FPS: 50.0,
    }
    assert frame.rgb.shape == (48, 64, 3) and tuple(frame.rgb[0, 0]) == (255, 0, 0)
    camera.close()
    assert made.released


def test_a_frame_has_the_time_of_the_driver_s_buffer(capture, monkeypatch, stepped_clock):
    monkeypatch.setattr(capture, "stamp", 99.95 * 1000.0)
    assert V4l2Camera("/dev/video0", CAMERA, stepped_clock).read().time == pytest.approx(99.95)
    monkeypatch.setattr(capture, "stamp", 12.0)
    assert V4l2Camera("/dev/video0", CAMERA, stepped_clock).read().time == 100.0


def test_a_time_of_another_clock_is_not_believed():
    assert believed(99.9, 100.0) == 99.9
    assert believed(100.1, 100.0) == believed(1.7e9, 100.0) == believed(0.0, 100.0) == 100.0


def test_a_camera_that_is_lost_comes_back(capture):
    reader = open_camera("/dev/video0", CAMERA, retry=0.01)
    try:
        wait_for(lambda: reader.read() is not None)
        assert reader.problem == ""
        capture.connected = False
        wait_for(lambda: "lost" in reader.problem or "cannot be opened" in reader.problem)
        assert reader.read() is None
        wait_for(lambda: "/dev/video0 cannot be opened" in reader.problem)
        capture.connected = True
        wait_for(lambda: reader.read() is not None)
        assert reader.problem == "" and capture.made[0].released
    finally:
        reader.close()


def test_no_camera_is_a_sentence(capture):
    capture.connected = False
    with pytest.raises(SensorError, match="/dev/video3 cannot be opened"):
        V4l2Camera("/dev/video3", CAMERA)


def test_picamera_gives_rgb_with_the_sensor_s_time(picamera, stepped_clock):
    camera = PiCamera(CAMERA, stepped_clock)
    frame = camera.read()
    pi = picamera.Picamera2.made[0]
    assert pi.started and pi.settings["main"] == {"format": "BGR888", "size": (64, 48)}
    assert pi.settings["controls"] == {"FrameDurationLimits": (20000, 20000)}
    assert tuple(frame.rgb[0, 0]) == (255, 0, 0) and frame.time == pytest.approx(99.98)
    assert pi.requests[0].released
    camera.close()
    assert pi.closed


def test_auto_takes_picamera_first(picamera, capture):
    assert isinstance(open_any(CAMERA), PiCamera)


def test_auto_takes_v4l2_where_picamera_has_no_camera(picamera, capture, tmp_path, monkeypatch):
    picamera.cameras.clear()
    device = tmp_path / "video0"
    device.touch()
    monkeypatch.setattr(camera_source, "FIRST_DEVICE", str(device))
    assert isinstance(open_any(CAMERA), V4l2Camera)


def test_auto_says_what_is_missing(no_picamera, tmp_path, monkeypatch):
    monkeypatch.setattr(camera_source, "FIRST_DEVICE", str(tmp_path / "video0"))
    with pytest.raises(
        SensorError,
        match=r"no camera: picamera2 cannot be imported .* there is no .*video0\. "
        r"Connect one, or say",
    ):
        open_any(CAMERA)


def test_none_is_no_camera_and_other_names_are_refused():
    assert open_camera("none", CAMERA) is None
    with pytest.raises(BoardFileError, match="'webcam' is not known; say auto, picamera2, none"):
        open_camera("webcam", CAMERA)


def test_a_film_runs_over_and_over(tmp_path, stepped_clock):
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (64, 48))
    for level in (40, 120, 200):
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()
    clock = stepped_clock
    film = RecordedCamera(path, CAMERA, clock, clock.sleep)
    frames = [film.read() for _ in range(7)]
    levels = [int(frame.rgb.mean()) for frame in frames]
    assert levels == pytest.approx([40, 120, 200, 40, 120, 200, 40], abs=4)
    assert [frame.time for frame in frames] == pytest.approx(
        [100.0 + number / CAMERA.rate for number in range(7)]
    )
    # one who was late is shown the next ones at once, until the film is in time again
    clock.now += 0.5
    assert [film.read().time for _ in range(3)] == [clock.now] * 3
    film.close()


def test_a_picture_stands_still_at_the_robot_s_size(tmp_path):
    path = tmp_path / "picture.png"
    cv2.imwrite(str(path), np.full((96, 128, 3), (0, 0, 255), np.uint8))
    reader = open_camera(f"file:{path}", CAMERA)
    try:
        wait_for(lambda: reader.read() is not None)
        frame = reader.read()
        assert frame.rgb.shape == (48, 64, 3) and tuple(frame.rgb[0, 0]) == (255, 0, 0)
        wait_for(lambda: reader.read().time > frame.time)
    finally:
        reader.close()


@pytest.mark.parametrize(
    "content, word", [(None, "does not exist"), (b"no film", "cannot be read")]
)
def test_a_film_that_is_none(tmp_path, content, word):
    path = tmp_path / "film.mp4"
    if content:
        path.write_bytes(content)
    with pytest.raises(SensorError, match=word):
        RecordedCamera(path, CAMERA)


def test_an_image_of_another_ratio_is_not_squeezed():
    with pytest.raises(SensorError, match="gives 128 x 48 pixels, and the robot file says 64 x 48"):
        fitted(np.zeros((48, 128, 3), np.uint8), CAMERA, "it")
