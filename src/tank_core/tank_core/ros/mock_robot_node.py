"""A RobotNode without a robot, for tests and for trying the stack.

``tank_nodes tank_core.ros.mock_robot_node:MockRobotNode`` runs it.
"""

from __future__ import annotations

from typing import Any

from tank_core.mock_backend import MockBackend
from tank_core.ros.robot_node import RobotNode


class MockRobotNode(RobotNode):
    """A RobotNode over MockBackend, which it keeps as ``mock``.

    ``urdf`` is what it describes itself with.
    """

    urdf = ""

    def __init__(self, name: str = "mock_node", **kwargs: Any) -> None:
        super().__init__(name, **kwargs)

    def make_backend(self) -> MockBackend:
        self.mock = MockBackend(self.robot, camera=True)
        return self.mock

    def make_urdf(self) -> str:
        return self.urdf
