"""A hand that drives a robot that runs: velocities out, who drives in."""

from __future__ import annotations

from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry
from std_msgs.msg import String

from tank_client.client_node import StackClient
from tank_core.ros import interfaces as names
from tank_core.ros.conversions import time_from_ros, twist_to_ros
from tank_core.state import Twist2D
from tank_executor.running.hands import Hands, hands_from_text


class Hand:
    """Drives by hand, as long as ``drive`` is called ten times a second or so.

    A velocity has the stamp of the newest odometry that was heard: the robot's own clock, whatever
    ours says, and a robot that is heard too late is not driven.
    """

    def __init__(self, client: StackClient) -> None:
        self._client, self._told = client, ""
        self._velocity = TwistStamped()
        self._publish = client.publisher(TwistStamped, names.TELEOP, names.NEWEST)
        client.listen(String, names.TELEOP_STATE, self._on_state, names.LATCHED)
        client.listen(Odometry, names.ODOM, self._on_odometry, names.NEWEST_HEARD)

    @property
    def hands(self) -> Hands | None:
        """The executor's word who drives; None where none is there."""
        heard = self._client.hearers(names.TELEOP) > 0
        return hands_from_text(self._told) if heard else None

    def drive(self, twist: Twist2D) -> None:
        """Say a velocity; zero lets go. Before any odometry, nothing but zero."""
        message = TwistStamped(twist=twist_to_ros(twist))
        message.header.stamp = self._velocity.header.stamp
        if twist == Twist2D() or time_from_ros(message.header.stamp) > 0.0:  # 0 would be "now"
            self._publish(message)

    def _on_state(self, message: String) -> None:
        self._told = message.data

    def _on_odometry(self, message: Odometry) -> None:
        self._velocity.header.stamp = message.header.stamp
