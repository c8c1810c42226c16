"""The launch description of a stack.

Its arguments, its processes, and rviz beside them if asked. The launch files are made of it.
"""

from __future__ import annotations

import atexit
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from launch.actions import (
    DeclareLaunchArgument,
    ExecuteProcess,
    OpaqueFunction,
    SetEnvironmentVariable,
)
from launch.conditions import IfCondition
from launch.substitutions import EnvironmentVariable, LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterFile, ParameterValue
from launch_ros.substitutions import FindPackageShare

from launch import LaunchContext, LaunchDescription, LaunchDescriptionEntity
from tank_core.io.yaml_files import read_text, read_yaml
from tank_core.ros.interfaces import TF, TF_STATIC
from tank_core.ros.runtime.environment import RANGE
from tank_stack.arguments import Argument, Value
from tank_stack.rviz_config import FRAMES, with_frames
from tank_stack.stack import BRINGUP, Process, Stack, load_stack

LEVELS = ["debug", "info", "warn", "error", "fatal"]
RESPAWN_DELAY_S = 2.0


def describe(name: str) -> LaunchDescription:
    """Describe a stack for ROS 2's launch.

    On this machine alone, unless ROS_AUTOMATIC_DISCOVERY_RANGE says otherwise.
    """
    stack, share = load_stack(name), FindPackageShare(BRINGUP)
    params = PathJoinSubstitution([share, "config", "params.yaml"])
    return LaunchDescription([
        DeclareLaunchArgument("namespace", default_value="",
        description="namespace of every node and topic"),
        DeclareLaunchArgument(
            "params_file", default_value=params,
            description="YAML file with parameters of the nodes; the arguments here win over it"
        ),
        DeclareLaunchArgument("use_rviz", default_value="false", choices=["true", "false"],
        description="start rviz2, too"),
        DeclareLaunchArgument("log_level", default_value="info", choices=LEVELS,
        description="of every node"),
        *map(_declare, stack.arguments),
        SetEnvironmentVariable(RANGE, EnvironmentVariable(RANGE, default_value="LOCALHOST")),
        OpaqueFunction(function=_start, args=[stack]),
        OpaqueFunction(function=_rviz, args=[stack],
        condition=IfCondition(LaunchConfiguration("use_rviz"))),
    ])  # fmt: skip


def _declare(argument: Argument) -> DeclareLaunchArgument:
    choices = (
        ["true", "false"] if isinstance(argument.default, bool) else list(argument.choices) or None
    )
    return DeclareLaunchArgument(
        argument.name,
        default_value=str(argument.default).lower() if choices else str(argument.default),
        choices=choices,
        description=argument.description,
    )  # fmt: skip


def _start(context: LaunchContext, stack: Stack) -> list[LaunchDescriptionEntity]:
    _params(context)  # what is wrong with the file is told in one line, before anything starts
    settings = _settings(context, stack)
    return [
        _module(process, settings) if process.module else _nodes(process, settings)
        for process in stack.started(settings)
    ]


def _settings(context: LaunchContext, stack: Stack) -> dict[str, Value]:
    given = {
        argument.name: argument.read(LaunchConfiguration(argument.name).perform(context))
        for argument in stack.arguments
    }
    return stack.settings(given)


def _params(context: LaunchContext) -> Any:
    """The parameter file as plain data. Raises ConfigFileError."""
    path = LaunchConfiguration("params_file").perform(context)
    return read_yaml(read_text(path, "parameter file"), path)


def _rviz(context: LaunchContext, stack: Stack) -> list[LaunchDescriptionEntity]:
    """Describe rviz on this stack's clock, in its namespace and frames.

    Its tf is in the namespace, too.
    """
    settings = _settings(context, stack)
    frames = {name: str(settings[name]) for name in FRAMES}
    own = PathJoinSubstitution([FindPackageShare(BRINGUP), "rviz", "tank.rviz"]).perform(context)
    with NamedTemporaryFile(
        "w", prefix="tank_", suffix=".rviz", encoding="utf-8", delete=False
    ) as config:
        config.write(with_frames(Path(own).read_text(encoding="utf-8"), **frames))
    atexit.register(Path(config.name).unlink, missing_ok=True)
    return [
        Node(
            package="rviz2",
            executable="rviz2",
            namespace=LaunchConfiguration("namespace"),
            arguments=["-d", config.name],
            remappings=[(f"/{topic}", topic) for topic in (TF, TF_STATIC)],
            parameters=[
                {
                    "use_sim_time": any(
                        process.fixed.get("use_sim_time") is True for process in stack.processes
                    )
                }
            ],
        )
    ]


def _module(process: Process, settings: dict[str, Value]) -> ExecuteProcess:
    command = process.command(settings)
    return ExecuteProcess(
        cmd=command,
        name=process.name,
        output="screen",
        emulate_tty=True,
        respawn=True,
        respawn_delay=RESPAWN_DELAY_S,
    )


def _nodes(process: Process, settings: dict[str, Value]) -> Node:
    """Describe a launch_ros Node for each process.

    The executable tank_nodes runs several nodes in one.
    """
    return Node(
        package="tank_core",
        executable="tank_nodes",
        arguments=list(process.nodes_in(settings)),
        namespace=LaunchConfiguration("namespace"),
        parameters=[
            ParameterFile(LaunchConfiguration("params_file"), allow_substs=True),
            {
                name: ParameterValue(value, value_type=type(value))
                for name, value in process.settings(settings).items()
            },
        ],
        ros_arguments=["--log-level", LaunchConfiguration("log_level")],
        output="screen",
        emulate_tty=True,
        respawn=True,
        respawn_delay=RESPAWN_DELAY_S,
    )
