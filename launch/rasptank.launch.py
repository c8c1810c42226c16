"""The real robot: ros2 launch tank_bringup rasptank.launch.py.

Without one: mock_hardware:=true.
"""

from launch import LaunchDescription
from tank_stack.ros.launch_description import describe
from tank_stack.stack import RASPTANK


def generate_launch_description() -> LaunchDescription:
    return describe(RASPTANK)
