"""The launch files, read by the real launch: every argument is described, and the processes are those of the stack."""

from pathlib import Path

import pytest
import yaml

launch = pytest.importorskip("launch", reason="launch is not installed (it comes with a ROS 2 installation)")
pytest.importorskip("launch_ros", reason="launch_ros is not installed (it comes with a ROS 2 installation)")

from launch.actions import DeclareLaunchArgument, ExecuteProcess  # noqa: E402
from launch.launch_description_sources import PythonLaunchDescriptionSource  # noqa: E402
from launch_ros.actions import Node  # noqa: E402

from launch import LaunchContext, LaunchDescription  # noqa: E402 - after the check for launch
from tank_core.stack import RASPTANK, SIM, load_stack  # noqa: E402

FOLDER = Path(__file__).parents[3] / "launch"


def describe(name: str) -> LaunchDescription:
    return PythonLaunchDescriptionSource(str(FOLDER / name)).get_launch_description(LaunchContext())


COMMON = {"namespace", "params_file", "use_rviz", "log_level"}


@pytest.mark.parametrize("name", [SIM, RASPTANK])
def test_every_argument_is_described(name: str) -> None:
    arguments = [entity for entity in describe(f"{name}.launch.py").entities if isinstance(entity, DeclareLaunchArgument)]
    assert {argument.name for argument in arguments} == COMMON | {argument.name for argument in load_stack(name).arguments}
    assert all(len(argument.description) > 5 for argument in arguments)


@pytest.mark.parametrize("name", [SIM, RASPTANK])
@pytest.mark.parametrize("said", ["true", "false"])
def test_each_process_of_the_stack_is_one_action(name: str, said: str) -> None:
    context, stack = LaunchContext(), load_stack(name)
    for entity in describe(f"{name}.launch.py").entities:
        if isinstance(entity, DeclareLaunchArgument):
            entity.execute(context)
    context.launch_configurations["mock_hardware"] = said
    (function,) = [entity for entity in describe(f"{name}.launch.py").entities if type(entity).__name__ == "OpaqueFunction"]
    started = stack.started(stack.settings({"mock_hardware": said == "true"}))
    assert [type(action) for action in function.execute(context)] == [ExecuteProcess if process.module else Node for process in started]


def test_rviz_shows_model_frames_odometry_camera_and_status() -> None:
    shown = yaml.safe_load((FOLDER / "rviz" / "tank.rviz").read_text())["Visualization Manager"]["Displays"]
    assert {"Robot", "Frames", "Odometry", "Camera", "Status"} <= {display["Name"] for display in shown}


def test_the_parameter_file_names_real_nodes() -> None:
    given = yaml.safe_load((FOLDER / "config" / "params.yaml").read_text())
    assert {name.removeprefix("/**/") for name in given} <= {*load_stack(SIM).node_names, *load_stack(RASPTANK).node_names}
