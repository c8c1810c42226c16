"""A stack around a cockpit: a robot, the executor, and who knows sentences.

All in this process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import rclpy.parameter
from rclpy.node import Node
from std_msgs.msg import String

from tank_cockpit.cockpit_node import CockpitNode
from tank_core.commands import command_from_dict
from tank_core.commands.wording import did_you_mean
from tank_core.robot.urdf import build_urdf
from tank_core.ros import interfaces as names
from tank_core.ros.conversions import header
from tank_core.ros.mock_robot_node import MockRobotNode
from tank_core.ros.tank_messages import command_to_ros
from tank_core.ros.testing import Bench
from tank_executor.executor_node import ExecutorNode
from tank_msgs.msg import CommandList, DetectedObject, DetectedObjectArray

MEANINGS: dict[str, list[dict[str, Any]]] = {
    "drive forward one meter": [{"action": "move", "direction": "forward", "distance_m": 1.0}],
    "a long way, then left": [
        {"action": "move", "direction": "forward", "distance_m": 50.0},
        {"action": "turn", "direction": "left", "angle_deg": 90.0},
    ],
    "take a picture": [{"action": "photo"}],
    "this is the desk": [{"action": "remember", "place": "desk"}],
    "go to the desk": [{"action": "go_to", "place": "desk"}],
    "yes": [{"action": "turn", "direction": "left", "angle_deg": 90.0}],
    "out and round": [
        {"action": "move", "direction": "forward", "distance_m": 1.0},
        {"action": "turn", "direction": "left", "angle_deg": 90.0},
        {"action": "move", "direction": "forward", "distance_m": 0.5},
    ],
    "where are you": [{"action": "report", "what": "position"}],
}


UNKNOWN = "nothing that this robot knows how to do"
TURN = command_from_dict({"action": "turn", "direction": "left", "angle_deg": 90.0})
REASONS = {"kind of left": did_you_mean([TURN])}


class DescribedRobotNode(MockRobotNode):
    """A robot with perfect kinematics that says what it looks like."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("driver_node", **kwargs)

    def make_urdf(self) -> str:
        return build_urdf(self.robot)


class TableNode(Node):
    """Knows the sentences of MEANINGS by heart, and sees a red cube."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(names.LANGUAGE_NODE, **kwargs)
        self._commands = self.create_publisher(CommandList, names.COMMANDS, names.RELIABLE)
        self._seen = self.create_publisher(DetectedObjectArray, names.DETECTIONS, names.RELIABLE)
        self._rehearsed = self.create_publisher(CommandList, names.REHEARSED, names.RELIABLE)
        for topic, answer in (
            (names.INSTRUCTION, self._commands),
            (names.REHEARSE, self._rehearsed),
        ):
            say = partial(self._on_instruction, answer)
            self.create_subscription(String, topic, say, names.RELIABLE)
        self.create_timer(0.3, self._see)

    def _on_instruction(self, publisher: Any, message: String) -> None:
        meaning = MEANINGS.get(message.data)
        answer = CommandList(header=header(self._now(), ""), instruction=message.data)
        answer.verdict = CommandList.EMPTY if meaning is None else CommandList.OK
        answer.reason = "" if meaning else REASONS.get(message.data, UNKNOWN)
        answer.commands = [command_to_ros(command_from_dict(each)) for each in meaning or []]
        publisher.publish(answer)

    def _see(self) -> None:
        cube = DetectedObject(id=1, color="red", shape="cube", confidence=1.0)
        cube.pose.pose.position.x, cube.pose.pose.position.y = 0.6, 0.1
        cube.size.x = cube.size.y = cube.size.z = 0.04
        cube.box_x, cube.box_y, cube.box_width, cube.box_height = 300, 200, 40, 40
        here = header(self._now(), "base_link")
        self._seen.publish(DetectedObjectArray(header=here, objects=[cube]))

    def _now(self) -> float:
        return float(self.get_clock().now().nanoseconds * 1e-9)


class Rig:
    """The nodes, on one executor."""

    def __init__(
        self, robot: Any = None, language: Any = None, space: str = "", **parameters: Any
    ) -> None:
        given = {"page_port": 24000, **parameters}
        overrides = [rclpy.parameter.Parameter(name, value=given[name]) for name in given]
        where = {"namespace": space}
        self.robot = robot or DescribedRobotNode(**where)
        self.executor = ExecutorNode(**where)
        self.cockpit = CockpitNode(parameter_overrides=overrides, **where)
        self.bench = Bench(language or TableNode(**where), self.robot, self.executor, self.cockpit)
        for node in (self.robot, self.executor, self.cockpit):
            node.trigger_configure()
            node.trigger_activate()
            assert not node.failure, node.failure
        self.wait = self.bench.wait
        self.wait(lambda: self.cockpit.asking.heard, "somebody who hears sentences")

    @property
    def address(self) -> str:
        assert self.cockpit.door is not None
        return self.cockpit.door.address("127.0.0.1")

    @property
    def moving(self) -> bool:
        """Whether the robot's wheels turn."""
        with self.robot.lock:
            return abs(self.robot.mock.read().odometry.twist.linear) > 1e-3


@contextmanager
def rig(folder: Path, monkeypatch: Any, **parameters: Any) -> Iterator[Rig]:
    """A rig that keeps what it keeps in a folder, and ends."""
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    made = Rig(**parameters)
    try:
        yield made
    finally:
        made.bench.close()
