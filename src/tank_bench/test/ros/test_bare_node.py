"""The bare node says on the robot's topics what a robot says."""

from __future__ import annotations

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from nav_msgs.msg import Odometry
from sensor_msgs.msg import JointState

from tank_bench.ros.bare_node import bare_node
from tank_core.ros import interfaces as names
from tank_core.ros.testing import Bench


def test_it_publishes_on_the_robot_s_topics(ros: object) -> None:
    bench = Bench(bare_node(50.0))
    heard = [
        bench.listen(kind, topic, names.STREAM)
        for kind, topic in ((Odometry, names.ODOM), (JointState, names.JOINT_STATES))
    ]
    Bench.wait(lambda: all(len(messages) >= 3 for messages in heard), "messages")
    bench.close()
