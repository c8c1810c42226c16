"""Publishes what the executor wants: velocities, trajectories, status."""

from __future__ import annotations

from typing import Any

from geometry_msgs.msg import Twist, TwistStamped
from std_msgs.msg import Bool
from trajectory_msgs.msg import JointTrajectory
from visualization_msgs.msg import Marker

from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.link import LinkedPublisher
from tank_core.ros.tank_node import TankNode
from tank_executor.plan import PlanStatus
from tank_executor.ros.messages import status_to_marker, status_to_ros
from tank_executor.running.plan_run import Output
from tank_msgs.msg import ExecutionStatus


class ExecutorPublishers:
    """The executor's publishers."""

    def __init__(self, node: TankNode) -> None:
        self._node = node
        self._stamped = node.settings["stamped_cmd_vel"]
        self._base_frame = node.settings["base_frame"]
        self._publishers: list[Any] = []
        kind = TwistStamped if self._stamped else Twist
        self._velocity = LinkedPublisher(node, kind, names.CMD_VEL, names.NEWEST)
        self._trajectory = LinkedPublisher(
            node, JointTrajectory, names.JOINT_TRAJECTORY, names.RELIABLE
        )
        self._status = self._publisher(ExecutionStatus, names.EXECUTION_STATUS, names.LATCHED)
        self._marker = self._publisher(Marker, names.EXECUTION_MARKER, names.LATCHED)
        self._stopped = self._publisher(Bool, names.STOPPED, names.LATCHED)

    def _publisher(self, kind: Any, topic: str, qos: Any) -> Any:
        self._publishers.append(self._node.create_publisher(kind, topic, qos))
        return self._publishers[-1]

    def send(self, output: Output, seconds: float) -> None:
        """Send the runner's output, stamped ``seconds``; 0 is always taken."""
        if output.twist is not None:
            twist = convert.twist_to_ros(output.twist)
            if self._stamped:
                head = convert.header(seconds, self._base_frame)
                twist = TwistStamped(header=head, twist=twist)
            self._velocity.publish(twist)
        if output.trajectory is not None:
            self._trajectory.publish(convert.trajectory_to_ros(output.trajectory))

    def tell(self, status: PlanStatus, seconds: float, changed: bool) -> None:
        """Publish a status, for programs and for rviz.

        Not ``changed``: only for those who listen now; who comes later hears the last change.
        """
        if changed or self._status.get_subscription_count():
            self._status.publish(status_to_ros(status, seconds, self._base_frame))
        if changed or self._marker.get_subscription_count():
            self._marker.publish(status_to_marker(status, self._base_frame))

    def tell_stopped(self, stopped: bool) -> None:
        """Tell the robot whether the operator's stop is latched."""
        self._stopped.publish(Bool(data=stopped))

    def close(self) -> None:
        """Let go of all publishers."""
        self._velocity.close()
        self._trajectory.close()
        while self._publishers:
            self._node.destroy_publisher(self._publishers.pop())
