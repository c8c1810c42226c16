"""The simulated robot: ros2 launch tank_bringup sim.launch.py viewer:=web world:=playground."""

from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import PathJoinSubstitution
from launch_ros.substitutions import FindPackageShare

from launch import LaunchDescription


def generate_launch_description() -> LaunchDescription:
    """The shared stack, whose robot is the simulator; it declares the arguments."""
    stack = PathJoinSubstitution([FindPackageShare("tank_bringup"), "launch", "stack.launch.py"])
    return LaunchDescription([IncludeLaunchDescription(PythonLaunchDescriptionSource(stack))])
