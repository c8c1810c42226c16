"""A plain rclpy node with the topics of a robot, which says nothing.

What it costs is rclpy's and DDS's: what the robot's process costs beyond it is Tank's own. Run as a
process: ``python -m tank_bench.ros.bare_node RATE``.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import TransformStamped, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.node import Node
from sensor_msgs.msg import BatteryState, JointState, Range
from std_srvs.srv import Trigger
from tf2_msgs.msg import TFMessage
from trajectory_msgs.msg import JointTrajectory

from tank_bench.ros.robot_memory import processor_s
from tank_core.ros import interfaces as names

SETTLE_S = 4.0


def bare_node(rate: float) -> Node:
    """A node that publishes what a robot does at a rate [Hz], by one timer."""
    node = Node("bare_node")
    every = [
        (node.create_publisher(kind, topic, names.STREAM), kind)
        for kind, topic in (
            (Odometry, names.ODOM),
            (JointState, names.JOINT_STATES),
            (BatteryState, names.BATTERY_STATE),
            (Range, names.RANGE),
            (TFMessage, names.TF),
        )
    ]
    diagnostics = node.create_publisher(DiagnosticArray, names.DIAGNOSTICS, names.RELIABLE)
    for kind, topic in ((TwistStamped, names.CMD_VEL), (JointTrajectory, names.JOINT_TRAJECTORY)):
        node.create_subscription(kind, topic, lambda _: None, names.STREAM)
    for service in (names.ROBOT_STOP, names.ROBOT_RESET_STOP):
        node.create_service(Trigger, service, lambda _, response: response)

    def publish() -> None:
        stamp = node.get_clock().now().to_msg()
        for publisher, kind in every:
            message = kind()
            if kind is TFMessage:
                message.transforms = [TransformStamped()]
            else:
                message.header.stamp = stamp
            publisher.publish(message)

    node.create_timer(1.0 / rate, publish)
    node.create_timer(1.0, lambda: diagnostics.publish(DiagnosticArray()))
    return node


@contextmanager
def _running(rate: float) -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-m", "tank_bench.ros.bare_node", str(rate)])
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def bare_cores(rate: float, seconds: float) -> float:
    """The cores that such a node keeps busy in a process of its own.

    At a rate [Hz].
    """
    with _running(rate) as pid:
        time.sleep(SETTLE_S)
        began, used = time.monotonic(), processor_s(pid)
        time.sleep(seconds)
        return (processor_s(pid) - used) / (time.monotonic() - began)


def main() -> None:
    """Spin by rclpy's own executor, until it is killed."""
    rclpy.init()
    rclpy.spin(bare_node(float(sys.argv[1])))


if __name__ == "__main__":
    main()
