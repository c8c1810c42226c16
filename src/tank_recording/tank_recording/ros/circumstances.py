"""Asks a simulation which it is, so that its recording can be done again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from rcl_interfaces.srv import GetParameters
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import parameter_value_to_python

from tank_core.ros import interfaces as names
from tank_core.ros.runtime.executor import GroupExecutor
from tank_recording.said import ASKED_OF_EXECUTOR, ASKED_OF_SIMULATION

AGAIN_S = 2.0  # [s] between two questions: somebody may choose another world


class CircumstanceReader:
    """Answers of simulation and executor about themselves, asked repeatedly.

    A real robot answers nothing, for there is no simulation. Use ``look`` from one thread.
    """

    def __init__(self, context: Context, namespace: str) -> None:
        """``namespace``: the robot's, "" for none."""
        self._node = Node(
            "recorder_asks",
            context=context,
            namespace=namespace,
            start_parameter_services=False,
            enable_rosout=False,
        )
        self._executor = GroupExecutor(context=context, on_error=lambda _: None)
        self._executor.add_node(self._node)
        self._executor.start()
        self._questions = [
            _Question(self._node, names.SIM_NODE, ASKED_OF_SIMULATION),
            _Question(self._node, names.EXECUTOR_NODE, ASKED_OF_EXECUTOR),
        ]
        self._known: dict[str, str] = {}

    def look(self, now: float) -> dict[str, str] | None:
        """All that was asked, as text, if news at ``now`` [s]. Does not wait."""
        for question in self._questions:
            question.look(now)
        if not all(question.answer for question in self._questions):
            return None
        said = {key: value for one in self._questions for key, value in one.answer.items()}
        if said == self._known:
            return None
        self._known = said
        return said

    def close(self) -> None:
        """Ask no more. Idempotent."""
        self._executor.shutdown()
        self._node.destroy_node()


class _Question:
    def __init__(self, node: Node, asked: str, parameters: Sequence[str]) -> None:
        self._client = node.create_client(GetParameters, f"{asked}/get_parameters")
        self._parameters = list(parameters)
        self._future: Any = None
        self._next = 0.0
        self.answer: dict[str, str] = {}

    def look(self, now: float) -> None:
        if self._future is not None and self._future.done():
            with suppress(Exception):  # of the service's own; it is asked again
                values = map(parameter_value_to_python, self._future.result().values)
                self.answer = {
                    name: str(value).lower() if isinstance(value, bool) else str(value)
                    for name, value in zip(self._parameters, values, strict=True)
                }
            self._future = None
        if now >= self._next and self._client.service_is_ready():
            self._next = now + AGAIN_S
            if self._future is not None:
                self._client.remove_pending_request(self._future)
            request = GetParameters.Request(names=self._parameters)
            self._future = self._client.call_async(request)
