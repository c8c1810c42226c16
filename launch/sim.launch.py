"""The simulated robot.

Ros2 launch tank_bringup sim.launch.py viewer:=web world:=playground.
"""

from launch import LaunchDescription
from tank_stack.ros.launch_description import describe
from tank_stack.stack import SIM


def generate_launch_description() -> LaunchDescription:
    return describe(SIM)
