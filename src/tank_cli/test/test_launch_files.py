"""The launch files, read by the real launch: every argument is described, and the processes are those of stack.yaml."""

from pathlib import Path

import pytest
import yaml

launch = pytest.importorskip("launch", reason="launch is not installed (it comes with a ROS 2 installation)")
pytest.importorskip("launch_ros", reason="launch_ros is not installed (it comes with a ROS 2 installation)")

from launch.actions import DeclareLaunchArgument  # noqa: E402
from launch.launch_description_sources import PythonLaunchDescriptionSource  # noqa: E402
from launch_ros.actions import Node  # noqa: E402

from launch import LaunchContext, LaunchDescription  # noqa: E402 - after the check for launch
from tank_core.stack import load_stack  # noqa: E402

FOLDER = Path(__file__).parents[3] / "launch"


def describe(name: str) -> LaunchDescription:
    return PythonLaunchDescriptionSource(str(FOLDER / name)).get_launch_description(LaunchContext())


def test_every_argument_is_described() -> None:
    arguments = [entity for entity in describe("stack.launch.py").entities if isinstance(entity, DeclareLaunchArgument)]
    assert {"namespace", "params_file", "model", "viewer", "world", "headless", "use_rviz", "log_level", "robot"} <= {
        a.name for a in arguments
    }
    assert all(len(argument.description) > 5 for argument in arguments)


@pytest.mark.parametrize("name", ["stack.launch.py", "sim.launch.py"])
def test_a_launch_file_can_be_read(name: str) -> None:
    assert describe(name).entities


def test_each_process_of_the_stack_is_one_node_action() -> None:
    context = LaunchContext()
    for entity in describe("stack.launch.py").entities:
        if isinstance(entity, DeclareLaunchArgument):
            entity.execute(context)
    (function,) = [entity for entity in describe("stack.launch.py").entities if type(entity).__name__ == "OpaqueFunction"]
    nodes = function.execute(context)
    assert [type(node) for node in nodes] == [Node] * len(load_stack().processes)


def test_rviz_shows_model_frames_odometry_camera_and_status() -> None:
    shown = yaml.safe_load((FOLDER / "rviz" / "tank.rviz").read_text())["Visualization Manager"]["Displays"]
    assert {"Robot", "Frames", "Odometry", "Camera", "Status"} <= {display["Name"] for display in shown}


def test_the_parameter_file_names_real_nodes() -> None:
    given = yaml.safe_load((FOLDER / "config" / "params.yaml").read_text())
    assert {name.removeprefix("/**/") for name in given} <= set(load_stack().node_names)
