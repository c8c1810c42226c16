"""The images of a topic, the newest each time."""

from __future__ import annotations

import queue
from collections.abc import Generator
from typing import Any

import numpy as np
import numpy.typing as npt
from sensor_msgs.msg import Image

from tank_client.client_node import StackClient
from tank_core.exceptions import TankError
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import image_from_ros
from tank_core.ros.runtime.discovery import speed_up_discovery

WAIT_S = 10.0  # for the first image, and for the next


def images(topic: str) -> Generator[npt.NDArray[np.uint8], None, None]:
    """RGB images (height, width, 3) of a topic, without end.

    Close it when done.

    Raises TankError where none comes, or one cannot be read.

    """
    speed_up_discovery()  # before the first node
    newest: queue.Queue[Any] = queue.Queue(maxsize=1)
    with StackClient() as client:
        client.listen(Image, topic, lambda message: _replace(newest, message), names.SENSOR_DATA)
        while True:
            try:
                message = newest.get(timeout=WAIT_S)
            except queue.Empty:
                raise TankError(
                    f"no image came on {topic} within {WAIT_S:g} s; start a robot, or ./tank sim, "
                    "or name another topic"
                ) from None
            try:
                yield image_from_ros(message).rgb
            except ValueError as error:
                raise TankError(f"{topic}: {error}") from None


def _replace(newest: queue.Queue[Any], item: object) -> None:
    """Put the newest in; one that nobody has taken goes.

    Only one thread puts.
    """
    while True:
        try:
            newest.put_nowait(item)
        except queue.Full:
            try:
                newest.get_nowait()
            except queue.Empty:
                continue
        else:
            return
