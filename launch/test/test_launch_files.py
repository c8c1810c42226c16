"""The launch files, read by the real launch.

Every argument is described, and the processes are those of the stack.
"""

import os
from pathlib import Path

import pytest
import yaml

launch = pytest.importorskip(
    "launch", reason="launch is not installed (it comes with a ROS 2 installation)"
)
pytest.importorskip(
    "launch_ros", reason="launch_ros is not installed (it comes with a ROS 2 installation)"
)

from launch.actions import DeclareLaunchArgument, ExecuteProcess
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import TextSubstitution
from launch_ros.actions import Node

from launch import LaunchContext, LaunchDescription
from tank_core.exceptions import RobotFileError
from tank_stack.stack import RASPTANK, SIM, load_stack

FOLDER = Path(__file__).parents[2] / "launch"


def describe(name: str) -> LaunchDescription:
    return PythonLaunchDescriptionSource(str(FOLDER / name)).get_launch_description(LaunchContext())


COMMON = {"namespace", "params_file", "use_rviz", "log_level"}


@pytest.mark.parametrize("name", [SIM, RASPTANK])
def test_every_argument_is_described(name: str) -> None:
    arguments = [
        entity
        for entity in describe(f"{name}.launch.py").entities
        if isinstance(entity, DeclareLaunchArgument)
    ]
    assert {argument.name for argument in arguments} == COMMON | {
        argument.name for argument in load_stack(name).arguments
    }
    assert all(len(argument.description) > 5 for argument in arguments)


@pytest.mark.parametrize("name", [SIM, RASPTANK])
@pytest.mark.parametrize("said", ["true", "false"])
def test_each_process_of_the_stack_is_one_action(name: str, said: str) -> None:
    context, stack = LaunchContext(), load_stack(name)
    for entity in describe(f"{name}.launch.py").entities:
        if isinstance(entity, DeclareLaunchArgument):
            entity.execute(context)
    context.launch_configurations["mock_hardware"] = said
    function = next(
        entity
        for entity in describe(f"{name}.launch.py").entities
        if type(entity).__name__ == "OpaqueFunction"
    )
    started = stack.started(stack.settings({"mock_hardware": said == "true"}))
    assert [type(action) for action in function.execute(context)] == [
        ExecuteProcess if process.module else Node for process in started
    ]


@pytest.mark.parametrize("name", [SIM, RASPTANK])
def test_rviz_hears_tf_in_its_namespace_and_has_the_clock_and_the_frames_of_the_stack(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As launch would start it: an rviz2 that is found need not be one."""
    for path in ("share/ament_index/resource_index/packages/rviz2", "lib/rviz2/rviz2"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).touch(0o755)
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path), prepend=os.pathsep)
    context = LaunchContext()
    entities = describe(f"{name}.launch.py").entities
    for entity in entities:
        if isinstance(entity, DeclareLaunchArgument):
            entity.execute(context)
    context.launch_configurations.update(use_rviz="true", base_frame="robot_a/base")
    (rviz,) = [entity for entity in entities if type(entity).__name__ == "OpaqueFunction"][
        1
    ].execute(context)
    rviz._perform_substitutions(context)
    assert {("/tf", "tf"), ("/tf_static", "tf_static")} <= set(rviz.expanded_remapping_rules)
    command = [
        part.text for word in rviz.cmd for part in word if isinstance(part, TextSubstitution)
    ]
    shown = yaml.safe_load(Path(command[command.index("-d") + 1]).read_text())[
        "Visualization Manager"
    ]
    assert (shown["Global Options"]["Fixed Frame"], shown["Views"]["Current"]["Target Frame"]) == (
        "odom",
        "robot_a/base",
    )
    given = yaml.safe_load(Path(rviz._Node__expanded_parameter_arguments[0][0]).read_text())
    assert given["/**"]["ros__parameters"]["use_sim_time"] is (name == SIM)


@pytest.mark.parametrize("bad", ["none.yaml", "folder"])
def test_a_parameter_file_that_cannot_be_read_is_told_in_one_line(tmp_path: Path, bad: str) -> None:
    (tmp_path / "folder").mkdir()
    context, entities = LaunchContext(), describe("sim.launch.py").entities
    for entity in entities:
        if isinstance(entity, DeclareLaunchArgument):
            entity.execute(context)
    context.launch_configurations["params_file"] = str(tmp_path / bad)
    with pytest.raises(RobotFileError, match=r"parameter file .*; give the path of a YAML file"):
        next(entity for entity in entities if type(entity).__name__ == "OpaqueFunction").execute(
            context
        )


def test_the_parameter_file_names_real_nodes() -> None:
    given = yaml.safe_load((FOLDER / "config" / "params.yaml").read_text())
    assert {name.removeprefix("/**/") for name in given} <= {
        *load_stack(SIM).node_names,
        *load_stack(RASPTANK).node_names,
    }
