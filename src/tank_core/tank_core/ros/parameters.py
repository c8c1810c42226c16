"""Parameters with a description and a range, refused with a sentence.

They are fixed while the node lives, but for those that its node knows how to change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node

Value = bool | int | float | str


@dataclass(frozen=True)
class Setting:
    """A parameter, whose type is its default's.

    ``low`` and ``high``, ``choices`` or ``check`` say what is allowed. ``check`` gets a value of
    the type and returns what is wrong with it, or None. ``fixed``: it cannot be set later.
    """

    name: str
    default: Value
    description: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    check: Callable[[Any], str | None] | None = None
    fixed: bool = True

    def fault(self, value: object) -> str | None:
        """The reason why a value is refused; None when it is fine."""
        kind = type(self.default)
        if type(value) is not kind or (isinstance(value, float) and not math.isfinite(value)):
            return (
                f"parameter {self.name} is {value!r}; it must be {_KINDS[kind]}, such as "
                f"{self.default!r}"
            )
        if self.choices and value not in self.choices:
            return f"parameter {self.name} is {value!r}; say one of {', '.join(self.choices)}"
        limited = self.low is not None and self.high is not None
        if limited and not self.low <= value <= self.high:  # type: ignore[operator]
            return (
                f"parameter {self.name} is {value:g}; it must be between {self.low:g} and "
                f"{self.high:g}"
            )
        fault = self.check(value) if self.check else None
        return (
            f"parameter {self.name} is {value!r}; {fault}; such as {self.default!r}"
            if fault
            else None
        )

    def descriptor(self) -> ParameterDescriptor:
        """The descriptor that `ros2 param describe` shows."""
        descriptor = ParameterDescriptor(description=self.description, read_only=self.fixed)
        if self.choices:
            descriptor.additional_constraints = "one of " + ", ".join(self.choices)
        if self.low is not None and self.high is not None:
            if isinstance(self.default, float):
                descriptor.floating_point_range = [
                    FloatingPointRange(from_value=float(self.low), to_value=float(self.high))
                ]
            else:
                descriptor.integer_range = [
                    IntegerRange(from_value=int(self.low), to_value=int(self.high), step=1)
                ]
        return descriptor


_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a finite number",
    str: "a text",
}


def read_settings(node: Node, settings: Iterable[Setting]) -> tuple[dict[str, Any], list[str]]:
    """Declares each setting; returns the values by name, and the faults.

    A faulty one is declared with its default.
    """
    values: dict[str, Any] = {}
    faults: list[str] = []
    for setting in settings:
        value = _given(node, setting)
        fault = setting.fault(value)
        if fault:
            faults.append(fault)
            value = setting.default
        node.declare_parameter(setting.name, value, setting.descriptor(), ignore_override=True)
        values[setting.name] = value
    return values, faults


def _given(node: Node, setting: Setting) -> Any:
    """The value from launch or command line, of whatever type.

    Declaring it loosely first lets us word the refusal.

    A whole number counts as a float where a float is wanted, which rclpy's own check refuses.

    """
    value = node.declare_parameter(
        setting.name, setting.default, ParameterDescriptor(dynamic_typing=True)
    ).value
    node.undeclare_parameter(setting.name)
    return float(value) if isinstance(setting.default, float) and type(value) is int else value
