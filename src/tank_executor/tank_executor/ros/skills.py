"""Learned skills in the node: their thread, and images while wanted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from typing import Any

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from sensor_msgs.msg import CompressedImage, Image

from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import image_from_ros, jpeg_from_ros
from tank_core.ros.runtime.link import Near
from tank_core.ros.subscription import OpenSubscription
from tank_core.ros.tank_node import TankNode
from tank_core.skill import Chunk, Observation, Skill
from tank_core.state import CameraFrame
from tank_executor.learned import Thought, think
from tank_executor.plan_runner import PlanRunner

PART = "skills"  # of the diagnostics
MOMENT_S = 0.005  # of wall time that a stop may have to wait at most
_KINDS: dict[str, tuple[type, Callable[[Any], CameraFrame]]] = {
    names.IMAGE: (Image, image_from_ros),
    names.COMPRESSED_IMAGE: (CompressedImage, jpeg_from_ros),
}


class SkillThread:
    """Lets skills think in a thread of its own, so that no stop waits for them.

    One thought after the other. What comes out of one that nobody waits for any more is dropped. A
    skill that looks at no image has little to think about, and acts by what is now: its answer is
    waited for a moment, and mostly there in the same tick.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="skill")

    def think(self, skill: Skill, seen: Observation, anew: bool) -> Thought:
        """Begin a thought; the answer is None until it is ready."""
        future: Future[Chunk] = self._pool.submit(think, skill, seen, anew)
        if skill.card.image is None:
            wait([future], MOMENT_S)
        return lambda: future.result() if future.done() else None

    def close(self) -> None:
        """Take no more thoughts, and do not wait for one that is being had."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class Views:
    """Hands the camera's images to a runner, as long as it wants some.

    The raw ones; where nobody publishes those, the JPEGs. Their stamps are those of the camera.
    """

    def __init__(
        self, node: TankNode, lock: AbstractContextManager[Any], runner: PlanRunner
    ) -> None:
        self._node, self._lock, self._runner = node, lock, runner
        self._heard: OpenSubscription | None = None
        self._group = MutuallyExclusiveCallbackGroup()

    def watch(self) -> None:
        """Hear the camera while images are wanted; to be called often.

        Not with the lock held: a subscription takes a while.
        """
        with self._lock:
            wanted = self._runner.view_wanted
        if not wanted:
            self.close()
        elif self._heard is None:
            topic = next((one for one in _KINDS if self._node.count_publishers(one)), None)
            if topic is not None:
                kind, convert = _KINDS[topic]
                self._heard = self._node.hear(
                    kind,
                    topic,
                    lambda message: self._take(convert, message),
                    names.NEWEST_HEARD,
                    self._group,
                    part=PART,
                    near=Near.IN_TURN,
                )

    def close(self) -> None:
        """Hear no image any more. Idempotent."""
        heard, self._heard = self._heard, None
        if heard is not None:
            heard.close()

    def _take(self, convert: Callable[[Any], CameraFrame], message: Any) -> None:
        try:
            frame = convert(message)
        except ValueError as error:
            self._node.diagnostics.warn(PART, "refused", str(error))
            return
        with self._lock:
            self._runner.saw(frame)
