"""The simulated robot: ros2 launch tank_bringup sim.launch.py viewer:=web world:=playground."""

from launch import LaunchDescription
from tank_core.ros_launch import describe
from tank_core.stack import SIM


def generate_launch_description() -> LaunchDescription:
    return describe(SIM)
