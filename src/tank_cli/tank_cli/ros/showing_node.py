"""The page of a recording that is shown."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rclpy.context import Context
from rclpy.parameter import Parameter

from tank_cockpit.cockpit_node import CockpitNode
from tank_cockpit.protocol import Message, PlayMessage, SeekMessage
from tank_core.exceptions import TankError
from tank_core.ros.runtime.executor import GroupExecutor
from tank_recording.playback import Transport

DEAF = "this is a recording: it shows what was, and hears nothing"


class ShowingNode(CockpitNode):
    """A cockpit that shows a recording: its page moves only the time line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._asked: queue.SimpleQueue[PlayMessage | SeekMessage] = queue.SimpleQueue()
        self._told: dict[str, Any] = {}

    def act(self, message: Message) -> None:
        if isinstance(message, PlayMessage | SeekMessage):
            self._asked.put(message)
        else:
            self.board.tell({"t": "refused", "why": DEAF})

    def obey(self, shown: Transport, now: float) -> None:
        """Do what the pages asked for since the last call."""
        while not self._asked.empty():
            match self._asked.get():
                case PlayMessage(on):
                    shown.play(on, now)
                case SeekMessage(at):
                    shown.seek(at, now)

    def tell(self, shown: Transport, length: float, now: float) -> None:
        """Tell the pages where it is."""
        letter = {
            "t": "replay", "at": round(shown.position(now), 1), "length": round(length, 1),
            "playing": shown.playing,
        }  # fmt: skip
        if letter != self._told:
            self._told = letter
            self._soon(self.board.keep, letter)


@contextmanager
def page(context: Context, namespace: str, host: str, port: int) -> Iterator[ShowingNode]:
    """The cockpit, in the recording's namespace, where it can reach no robot.

    Raises TankError where the page cannot be opened.
    """
    given = {"page_host": host, "page_port": port}
    node = ShowingNode(
        context=context,
        namespace=namespace,
        parameter_overrides=[Parameter(name, value=value) for name, value in given.items()],
    )
    executor = GroupExecutor(context=context)
    executor.add_node(node)
    executor.start()
    try:
        for transition in (node.trigger_configure, node.trigger_activate):
            transition()
            if node.failure:
                raise TankError(f"the page was not opened: {node.failure}")
        yield node
    finally:
        node.trigger_shutdown()
        executor.shutdown()
        node.destroy_node()
