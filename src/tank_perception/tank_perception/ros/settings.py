"""The parameters of perception's node."""

from __future__ import annotations

from sensor_msgs.msg import CompressedImage, Image

from tank_core.robot.frame_names import name_fault
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import image_from_ros, jpeg_from_ros
from tank_core.ros.parameters import Setting
from tank_perception import PERCEPTION_RATE

# of each transport: the message, its topic, and how it is read
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
    Setting(
        "halve_while_moving",
        False,
        "look at images taken while the robot moves with half of their pixels across and down: for "
        "a small processor",
    ),
    Setting("max_age", 1.0, "[s] age of an image beyond which it is dropped", 0.05, 10.0),
    Setting("annotate", True, f"draw {names.DETECTIONS_IMAGE} while somebody looks at it"),
)
