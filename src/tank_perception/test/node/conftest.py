"""A perception node on real ROS whose perception is scripted."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from tank_core.robot import Robot

if TYPE_CHECKING:
    from perception_topics import RobotTopics, Start


@pytest.fixture
def start(ros: ModuleType, robot: Robot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Make an active node with some settings; gives its robot's topics."""
    # what needs ROS 2 is imported when it is known to be there
    from perception_topics import RobotTopics, ScriptedPerception, make

    from tank_core.ros.testing import Bench

    monkeypatch.setattr("tank_perception.perception_node.Perception", ScriptedPerception)
    benches: list[Bench] = []

    def start_one(**settings: Any) -> RobotTopics:
        node = make(**settings)
        benches.append(Bench(node))
        node.trigger_configure()
        node.trigger_activate()
        return RobotTopics(node, benches[-1], robot)

    yield start_one
    for bench in benches:
        bench.close()
