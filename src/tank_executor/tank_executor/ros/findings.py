"""Converts answers and pictures. Pairs that undo each other."""

from __future__ import annotations

import math

from nav_msgs.msg import Odometry as OdometryMsg
from sensor_msgs.msg import CompressedImage

from tank_core.commands import Topic
from tank_core.geometry import Pose2D
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import octets
from tank_core.ros.tank_messages import detections_from_ros, detections_to_ros
from tank_core.state import Detections, Odometry
from tank_executor.findings import Answer, Photo
from tank_msgs.msg import Answer as AnswerMsg
from tank_msgs.msg import DetectedObjectArray
from tank_msgs.msg import Photo as PhotoMsg

UNKNOWN_HEADING = -1.0


def answer_to_ros(answer: Answer, base_frame: str = names.BASE_FRAME) -> AnswerMsg:
    """Convert an answer, whose objects are in ``base_frame``."""
    seen = detections_to_ros(Detections(answer.time, answer.objects), base_frame)
    message = AnswerMsg(
        header=seen.header,
        what=str(answer.what),
        text=answer.text,
        objects=seen.objects,
        way=answer.way,
        heading_deg=_heading_to_ros(answer.heading_deg),
        held=answer.held,
        voltage=math.nan if answer.voltage is None else answer.voltage,
    )
    if answer.pose is not None:
        odometry = Odometry(answer.pose, variance=answer.variance)
        message.pose = convert.odometry_to_ros(odometry, 0.0, "", "").pose
    return message


def answer_from_ros(message: AnswerMsg) -> Answer:
    """Convert an answer.

    Raises ValueError for a question that is none.
    """
    seen = detections_from_ros(DetectedObjectArray(header=message.header, objects=message.objects))
    what, pose, variance = Topic(message.what), None, (0.0, 0.0, 0.0)
    if what is Topic.POSITION:
        odometry = convert.odometry_from_ros(OdometryMsg(pose=message.pose))
        pose, variance = odometry.pose, odometry.variance
    return Answer(
        what,
        message.text,
        seen.time,
        seen.objects,
        pose,
        variance,
        message.way,
        _heading_from_ros(message.heading_deg),
        message.held,
        None if math.isnan(message.voltage) else message.voltage,
    )


def photo_to_ros(photo: Photo, jpeg: bytes) -> PhotoMsg:
    """Convert a picture, with the bytes of its file."""
    pose = photo.pose or Pose2D()
    message = PhotoMsg(
        header=convert.header(photo.time or 0.0, names.ODOM_FRAME),
        path=photo.path,
        heading_deg=_heading_to_ros(photo.heading_deg),
    )
    message.pose = convert.odometry_to_ros(Odometry(pose), 0.0, "", "").pose.pose
    message.image = CompressedImage(header=message.header, format="jpeg", data=octets(jpeg))
    return message


def photo_from_ros(message: PhotoMsg) -> tuple[Photo, bytes]:
    """Convert a picture; returns it with the bytes of its file."""
    place = message.pose.position
    pose = Pose2D(place.x, place.y, convert.yaw_from_ros(message.pose.orientation))
    time = convert.time_from_ros(message.header.stamp)
    photo = Photo(message.path, time, pose, _heading_from_ros(message.heading_deg))
    return photo, bytes(message.image.data)


def _heading_to_ros(heading: float | None) -> float:
    return UNKNOWN_HEADING if heading is None else heading


def _heading_from_ros(heading: float) -> float | None:
    return None if heading < 0.0 else heading
