"""Nodes for test_ros_main to run in processes of their own."""

import time

from rclpy.node import Node

from tank_core.exceptions import ModelError
from tank_core.mock_backend import MockBackend
from tank_core.ros.mock_robot_node import MockRobotNode
from tank_core.ros.tank_node import TankNode


class TracedBackend(MockBackend):
    """Prints its stops and closes."""

    def stop(self):
        print("backend stop", flush=True)
        super().stop()

    def close(self):
        print("backend close", flush=True)
        super().close()


class TracedRobotNode(MockRobotNode):
    def make_backend(self):
        return TracedBackend(self.robot)


class FailingNode(TankNode):
    def __init__(self):
        super().__init__("failing_node")

    def configure(self):
        raise ModelError("model x.gguf is missing; give its path")


class HangingNode(TankNode):
    def __init__(self):
        super().__init__("hanging_node")

    def deactivate(self):
        time.sleep(60)


class Unmakable(Node):
    def __init__(self):
        raise ValueError("no")


class ThrowingNode(Node):
    """A plain node whose timer fails the first time."""

    def __init__(self):
        super().__init__("throwing_node")
        self.count = 0
        self.create_timer(0.1, self.tick)

    def tick(self):
        self.count += 1
        if self.count == 1:
            raise ZeroDivisionError("by nought")
        print("still here", flush=True)
