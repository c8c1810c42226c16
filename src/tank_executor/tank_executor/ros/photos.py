"""Takes pictures from the camera's topics, only while one is wanted."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import numpy as np
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from sensor_msgs.msg import CompressedImage, Image

from tank_core.ros import interfaces as names
from tank_core.ros.conversions import time_from_ros
from tank_core.ros.images.conversions import image_from_ros
from tank_core.ros.images.encodings import decode_file, encode_jpeg
from tank_core.ros.subscription import OpenSubscription
from tank_core.ros.tank_node import TankNode
from tank_core.state import RobotState
from tank_executor.findings import PhotoRequest
from tank_executor.photo_keeper import PHOTO_QUALITY, PhotoKeeper, is_jpeg, is_whole
from tank_executor.plan_runner import PlanRunner
from tank_executor.ros.findings import photo_to_ros
from tank_msgs.msg import Photo as PhotoMsg

NOBODY_S = 1.0  # [s] of wall time in which a camera that is there is found
RAW_S = 2.0  # [s] of wall time without a JPEG, after which the raw image is heard, too
NOBODY = (
    f"no camera: nobody publishes {names.IMAGE} or {names.COMPRESSED_IMAGE}; see that a camera is "
    "connected and started (./tank doctor tells)"
)


class Photos:
    """Takes the pictures that a runner wants, and publishes them.

    Between two pictures it hears no image: a small computer has better things to do than to take in
    a camera's images. A JPEG is kept as the camera sent it; only where none comes, the raw image is
    encoded. Nothing here happens under the executor's ``lock`` but a look at the runner.
    """

    def __init__(
        self,
        node: TankNode,
        lock: AbstractContextManager[Any],
        runner: PlanRunner,
        state: Callable[[], RobotState | None],
        keeper: PhotoKeeper,
    ) -> None:
        """``state()`` is the newest that odometry told."""
        self._node, self._lock, self._runner, self._state = node, lock, runner, state
        self._keeper = keeper
        self._publisher = node.create_publisher(PhotoMsg, names.PHOTOS, names.LAST_PHOTOS)
        self._request: PhotoRequest | None = None
        self._began = 0.0  # wall time at which it was found to be wanted
        self._heard: dict[str, OpenSubscription] = {}  # by topic
        self._group = MutuallyExclusiveCallbackGroup()

    def watch(self) -> None:
        """Hear the camera while a picture is wanted; to be called often.

        Not with the lock held: a subscription takes a while.
        """
        with self._lock:
            wanted = self._runner.photo_wanted
        if wanted is not self._request:
            self._request, self._began = wanted, time.monotonic()
            self._hear_nothing()
        if wanted is None:
            return
        kinds: dict[str, tuple[type, Callable[[Any], bytes | None]]] = {
            names.COMPRESSED_IMAGE: (CompressedImage, _jpeg),
            names.IMAGE: (Image, _encoded),
        }
        there = [topic for topic in kinds if self._node.count_publishers(topic)]
        waited = time.monotonic() - self._began
        if not there and waited > NOBODY_S:
            self._tell(wanted, NOBODY)
        for topic in there[: 2 if waited > RAW_S else 1]:
            if topic not in self._heard:
                kind, convert = kinds[topic]
                take = partial(self._take, convert)
                self._heard[topic] = self._node.hear(
                    kind, topic, take, names.SENSOR_DATA, self._group, part=names.PHOTOS
                )

    def close(self) -> None:
        """Let go of subscriptions and publisher."""
        self._hear_nothing()
        self._node.destroy_publisher(self._publisher)

    def _hear_nothing(self) -> None:
        while self._heard:
            self._heard.popitem()[1].close()

    def _take(self, convert: Callable[[Any], bytes | None], message: Any) -> None:
        """Keep the first whole image of a robot that stands as asked."""
        request, stamp = self._request, time_from_ros(message.header.stamp)
        if request is None or stamp <= request.after or not self._wanted(request):
            return
        try:
            jpeg = convert(message)
        except ValueError as error:
            self._tell(request, f"no picture: {error}")
            return
        if jpeg is None:
            return  # it is cut off; the next one comes
        kept = self._keeper.keep(jpeg, stamp, request)
        if isinstance(kept, str):
            self._tell(request, kept)
        elif self._tell(request, kept[0]):
            self._publisher.publish(photo_to_ros(*kept))

    def _wanted(self, request: PhotoRequest) -> bool:
        with self._lock:
            state = self._state()
            here = state is not None and request.stands(state.odometry.pose)
            return here and self._runner.photo_wanted is request

    def _tell(self, request: PhotoRequest, taken: Any) -> bool:
        """Tell the runner, unless a stop or something else came before."""
        with self._lock:
            if self._runner.photo_wanted is not request:
                return False
            self._runner.photo_taken(taken)
            return True


def _jpeg(message: CompressedImage) -> bytes | None:
    """The JPEG of a message as it came; None where it is cut off.

    Raises ValueError for another kind that cannot be decoded.
    """
    data = bytes(message.data)
    if is_jpeg(data):
        return data if is_whole(data) else None
    return encode_jpeg(decode_file(message.format, np.frombuffer(data, np.uint8)), PHOTO_QUALITY)


def _encoded(message: Image) -> bytes:
    return encode_jpeg(image_from_ros(message).rgb, PHOTO_QUALITY)
