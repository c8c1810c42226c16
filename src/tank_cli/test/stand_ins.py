"""A language model that answers from a table, and nodes of a stack made of it.

The nodes run in a process of their own: ``python -m tank_core.ros.runtime.run_nodes
stand_ins:TableLanguageNode ...``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rclpy.parameter import Parameter

from tank_core.ros.mock_robot_node import MockRobotNode
from tank_language.language_node import LanguageNode
from tank_language.prompt import Form
from tank_llama.answer import RawAnswer, never

MEANINGS: dict[str, list[dict[str, Any]]] = {
    "drive forward one meter": [{"action": "move", "direction": "forward", "distance_m": 1.0}],
    "turn left": [{"action": "turn", "direction": "left", "angle_deg": 90.0}],
    "pick up the cube": [{"action": "grasp", "shape": "cube"}],
    "look at the red cube": [{"action": "face", "color": "red", "shape": "cube"}],
    "pick up the thing on your left": [{"action": "grasp", "cell": "left"}],
}


class TableModel:
    """Knows the sentences of MEANINGS by heart; anything else means nothing."""

    form = Form.JSON
    name = "table"

    def answer(self, instruction: str, cancelled: Callable[[], bool] = never) -> RawAnswer:
        return RawAnswer(json.dumps({"commands": MEANINGS.get(instruction, [])}), tokens=1)

    def close(self) -> None:
        """Nothing to let go of."""


class TableLanguageNode(LanguageNode):
    """language_node with that model."""

    def __init__(self) -> None:
        super().__init__(load=TableModel)


class UnsureModel(TableModel):
    """That model, and never sure."""

    def answer(self, instruction: str, cancelled: Callable[[], bool] = never) -> RawAnswer:
        return replace(super().answer(instruction, cancelled), confidence=0.5)


class UnsureLanguageNode(LanguageNode):
    """language_node that asks back."""

    def __init__(self) -> None:
        asks = [Parameter("confirm_below", value=0.7)]
        super().__init__(load=UnsureModel, parameter_overrides=asks)


class MockDriverNode(MockRobotNode):
    """A robot with perfect kinematics under the real driver's name."""

    def __init__(self) -> None:
        super().__init__("driver_node")
