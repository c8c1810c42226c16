"""Asks other nodes for their parameters."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from rclpy.node import Node
from rclpy.parameter import parameter_value_to_python
from rclpy.parameter_client import AsyncParameterClient


def ask_parameters(node: Node, of: str, wanted: Sequence[str], timeout: float) -> dict[str, Any]:
    """The values of parameters of the node ``of``; {} where it does not answer.

    Within ``timeout`` [s]. A parameter that it has not is left out. ``node`` is spun by another
    thread.
    """
    asking = AsyncParameterClient(node, of)
    if not asking.wait_for_services(timeout):
        return {}
    answered = threading.Event()
    future = asking.get_parameters(list(wanted))
    future.add_done_callback(lambda _: answered.set())
    if not answered.wait(timeout):
        return {}
    values = map(parameter_value_to_python, future.result().values)
    found = dict(zip(wanted, values, strict=True))
    return {name: value for name, value in found.items() if value is not None}
