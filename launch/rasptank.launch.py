"""The real robot: ros2 launch tank_bringup rasptank.launch.py; without one: mock_hardware:=true."""

from launch import LaunchDescription
from tank_core.ros_launch import describe
from tank_core.stack import RASPTANK


def generate_launch_description() -> LaunchDescription:
    return describe(RASPTANK)
