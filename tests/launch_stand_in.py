"""A stand-in for what Tank uses of launch 3.4.3 and launch_ros 0.26.6.

They are those of ROS 2 Jazzy. Neither comes as a wheel. Every signature here is the real one's,
from its sources, so that a wrong keyword fails as it would there; they are kept in
launch_signatures.yaml, and test_launch_files.py compares.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BRINGUP = Path(__file__).parents[1] / "launch"  # what is installed as the share of tank_bringup


def is_real() -> bool:
    """Whether launch and launch_ros are installed.

    The folder launch/ of a checkout is neither.
    """
    spec = find_spec("launch")
    return spec is not None and spec.origin is not None and find_spec("launch_ros") is not None


def text_of(context: Any, value: Any) -> str:
    """A text of texts and substitutions."""
    if isinstance(value, str):
        return value
    return (
        value.perform(context)
        if hasattr(value, "perform")
        else "".join(text_of(context, part) for part in value)
    )


class LaunchContext:
    def __init__(self, *, argv: Any = None, noninteractive: bool = False) -> None:
        self.launch_configurations: dict[str, str] = {}
        self.environment = dict(os.environ)


class LaunchDescriptionEntity:
    pass


class LaunchDescription(LaunchDescriptionEntity):
    def __init__(self, initial_entities: Any = None, *, deprecated_reason: Any = None) -> None:
        self.entities = list(initial_entities or ())
        assert all(isinstance(entity, LaunchDescriptionEntity) for entity in self.entities)


class Action(LaunchDescriptionEntity):
    def __init__(self, *, condition: Any = None) -> None:
        self.condition = condition

    def execute(self, context: LaunchContext) -> Any:
        return None


class DeclareLaunchArgument(Action):
    def __init__(
        self,
        name: str,
        *,
        default_value: Any = None,
        description: str | None = None,
        choices: list[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.name, self.default_value, self.choices = name, default_value, choices
        self.description = description or "no description given"
        # as the real one
        if choices is not None and (not choices or default_value not in (None, *choices)):
            raise RuntimeError(f"{default_value!r} is not one of {choices}")

    def execute(self, context: LaunchContext) -> None:
        context.launch_configurations.setdefault(self.name, text_of(context, self.default_value))


class SetEnvironmentVariable(Action):
    def __init__(self, name: Any, value: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.name, self.value = name, value

    def execute(self, context: LaunchContext) -> None:
        context.environment[text_of(context, self.name)] = text_of(context, self.value)


class OpaqueFunction(Action):
    def __init__(
        self,
        *,
        function: Callable[..., Any],
        args: Any = None,
        kwargs: Any = None,
        **left_over_kwargs: Any,
    ) -> None:
        super().__init__(**left_over_kwargs)
        self._call = lambda context: function(context, *(args or ()), **(kwargs or {}))

    def execute(self, context: LaunchContext) -> Any:
        return self._call(context)


class ExecuteLocal(Action):
    def __init__(
        self,
        *,
        process_description: Any,
        shell: bool = False,
        sigterm_timeout: Any = "5",
        sigkill_timeout: Any = "5",
        emulate_tty: bool = False,
        output: Any = "log",
        output_format: str = "",
        cached_output: bool = False,
        log_cmd: bool = False,
        on_exit: Any = None,
        respawn: Any = False,
        respawn_delay: float | None = None,
        respawn_max_retries: int = -1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)


class ExecuteProcess(ExecuteLocal):
    def __init__(
        self,
        *,
        cmd: Any,
        prefix: Any = None,
        name: Any = None,
        cwd: Any = None,
        env: Any = None,
        additional_env: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(process_description=cmd, **kwargs)


class Node(ExecuteProcess):
    def __init__(
        self,
        *,
        executable: Any,
        package: Any = None,
        name: Any = None,
        namespace: Any = None,
        exec_name: Any = None,
        parameters: Any = None,
        remappings: Any = None,
        ros_arguments: Any = None,
        arguments: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(cmd=[executable], **kwargs)


class IfCondition:
    def __init__(self, predicate_expression: Any) -> None:
        self._expression = predicate_expression

    def evaluate(self, context: LaunchContext) -> bool:
        return text_of(context, self._expression).lower() in ("true", "1")


class EnvironmentVariable:
    def __init__(self, name: Any, *, default_value: Any = None) -> None:
        self._name, self._default = name, default_value

    def perform(self, context: LaunchContext) -> str:
        return context.environment.get(self._name, self._default)


class LaunchConfiguration:
    def __init__(self, variable_name: Any, *, default: Any = None) -> None:
        self._name = variable_name

    def perform(self, context: LaunchContext) -> str:
        return context.launch_configurations[self._name]


class PathJoinSubstitution:
    def __init__(self, substitutions: Any) -> None:
        self._parts = substitutions

    def perform(self, context: LaunchContext) -> str:
        return str(Path(*(text_of(context, part) for part in self._parts)))


class FindPackageShare:
    def __init__(self, package: Any) -> None:
        assert package == "tank_bringup", f"Tank's launch files have no files in {package}"

    def perform(self, context: LaunchContext) -> str:
        return str(BRINGUP)


class ParameterFile:
    def __init__(self, param_file: Any, *, allow_substs: Any = False) -> None:
        pass


class ParameterValue:
    def __init__(self, value: Any, *, value_type: Any = None) -> None:
        self.value, self.value_type = value, value_type


CLASSES: dict[str, tuple[type, ...]] = {
    "launch": (LaunchContext, LaunchDescription, LaunchDescriptionEntity),
    "launch.action": (Action,),
    "launch.actions": (
        DeclareLaunchArgument,
        ExecuteLocal,
        ExecuteProcess,
        OpaqueFunction,
        SetEnvironmentVariable,
    ),
    "launch.conditions": (IfCondition,),
    "launch.substitutions": (EnvironmentVariable, LaunchConfiguration, PathJoinSubstitution),
    "launch_ros": (),
    "launch_ros.actions": (Node,),
    "launch_ros.parameter_descriptions": (ParameterFile, ParameterValue),
    "launch_ros.substitutions": (FindPackageShare,),
}


@contextmanager
def stand_in() -> Iterator[None]:
    """Launch is this meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        for name, classes in CLASSES.items():
            module = ModuleType(name)
            vars(module).update({one.__name__: one for one in classes})
            patch.setitem(sys.modules, name, module)
        yield
