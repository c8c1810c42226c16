"""Images as messages: what goes out comes back."""

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from sensor_msgs.msg import CompressedImage, Image

from tank_core.ros.images.conversions import (
    image_from_ros,
    image_to_ros,
    jpeg_from_ros,
    jpeg_to_ros,
)
from tank_core.state import CameraFrame


@pytest.fixture
def frame():
    rgb = np.random.default_rng(0).integers(0, 255, (4, 6, 3), np.uint8)
    return CameraFrame(1.5, rgb)


def test_images(frame):
    message = image_to_ros(frame, 1.5, "camera_optical_frame")
    back = image_from_ros(message)
    assert (message.width, message.height, message.step, message.encoding) == (6, 4, 18, "rgb8")
    assert back.time == 1.5 and np.array_equal(back.rgb, frame.rgb)


def test_an_image_of_a_bgr_camera_with_padded_rows_is_read_too(frame):
    rows = np.zeros((4, 20), np.uint8)
    rows[:, :18] = frame.rgb[:, :, ::-1].reshape(4, 18)
    message = Image(width=6, height=4, step=20, encoding="bgr8", data=rows.tobytes())
    assert np.array_equal(image_from_ros(message).rgb, frame.rgb)


@pytest.mark.parametrize(
    "change", [{"encoding": "mono8"}, {"data": b"123"}, {"step": 3}, {"height": 1000}]
)
def test_an_image_that_is_none_is_refused(frame, change):
    message = image_to_ros(frame, 1.5, "camera")
    for name, value in change.items():
        setattr(message, name, value)
    with pytest.raises(ValueError, match="image"):
        image_from_ros(message)


def test_jpegs_come_back_nearly_the_same():
    ramp = np.broadcast_to(
        np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], (48, 64, 3)
    ).copy()
    ramp[:, :, 2] = 30  # so that red and blue cannot be taken for one another
    back = jpeg_from_ros(jpeg_to_ros(CameraFrame(0.0, ramp), 2.0, "camera", 95))
    assert back.time == 2.0 and back.rgb.shape == ramp.shape
    assert np.abs(back.rgb.astype(int) - ramp).mean() < 5


@pytest.mark.parametrize("data", [b"", b"not a picture"])
def test_a_jpeg_that_is_none_is_refused(data):
    with pytest.raises(ValueError, match="cannot be decoded"):
        jpeg_from_ros(CompressedImage(format="jpeg", data=data))
