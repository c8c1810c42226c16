"""Between images as Tank has them and messages.

Pairs ``x_to_ros`` / ``x_from_ros`` that undo each other, a JPEG's losses aside.
"""

from __future__ import annotations

import array

import numpy as np
from sensor_msgs.msg import CompressedImage, Image

from tank_core.ros.conversions import header, time_from_ros
from tank_core.ros.images.encodings import decode, decode_file, encode_jpeg
from tank_core.state import CameraFrame

JPEG_FORMAT = "rgb8; jpeg compressed bgr8"  # as image_transport's compressed plugin says it


def image_to_ros(frame: CameraFrame, seconds: float, frame_id: str) -> Image:
    height, width, _ = frame.rgb.shape
    message = Image(
        header=header(seconds, frame_id),
        height=height,
        width=width,
        encoding="rgb8",
        step=3 * width,
    )
    message.data = octets(frame.rgb.tobytes())
    return message


def image_from_ros(message: Image) -> CameraFrame:
    """Convert from an Image.

    Raises ValueError, in one line, for what ``encodings.decode`` refuses.
    """
    data = np.frombuffer(message.data, np.uint8)  # no copy: the message's own bytes
    rgb = decode(
        message.encoding,
        message.width,
        message.height,
        message.step,
        data,
        bool(message.is_bigendian),
    )
    return CameraFrame(time_from_ros(message.header.stamp), rgb)


def jpeg_to_ros(frame: CameraFrame, seconds: float, frame_id: str, quality: int) -> CompressedImage:
    """Convert to a JPEG message as image_transport's compressed plugin does.

    So its subscribers can read it.
    """
    message = CompressedImage(header=header(seconds, frame_id), format=JPEG_FORMAT)
    message.data = octets(encode_jpeg(frame.rgb, quality))
    return message


def jpeg_from_ros(message: CompressedImage) -> CameraFrame:
    """Convert from a JPEG message.

    Raises ValueError, in one line, for what ``encodings.decode_file`` refuses.
    """
    rgb = decode_file(message.format, np.frombuffer(bytes(message.data), np.uint8))
    return CameraFrame(time_from_ros(message.header.stamp), rgb)


def octets(data: bytes) -> array.array[int]:
    """Bytes as a message takes them fast."""
    # rclpy checks each element of anything but an array of type B, which takes a second for one
    # image.
    return array.array("B", data)
