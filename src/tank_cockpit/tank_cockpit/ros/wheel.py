"""Drives the robot by hand for the pages: their wishes to ``teleop``."""

from __future__ import annotations

from typing import Any

from geometry_msgs.msg import TwistStamped
from std_msgs.msg import String

from tank_cockpit.board import PageState
from tank_cockpit.hands.driving import Driving
from tank_cockpit.outbox import Outbox
from tank_cockpit.protocol import DriveMessage
from tank_core.ros import interfaces as names
from tank_core.ros.conversions import header, twist_to_ros
from tank_core.ros.tank_node import TankNode
from tank_core.state import Twist2D
from tank_executor.running.hands import hands_from_text

TOLD_S = 0.25  # [s] between two letters to a page that does not drive


class TeleopPublisher:
    """The publisher of a cockpit that drives, and what pages are told of it.

    All but what ROS calls is to be called on the board's thread. A velocity has the stamp of the
    newest odometry that was heard: the robot's own clock, whatever ours says, and a robot that is
    heard too late is not driven.
    """

    def __init__(self, node: TankNode, board: PageState) -> None:
        self._node, self._board, self.driving = node, board, Driving()
        self._told: dict[Outbox, dict[str, Any]] = {}
        self._velocity = node.create_publisher(TwistStamped, names.TELEOP, names.NEWEST)
        self._heard = node.hear(
            String, names.TELEOP_STATE, self._on_state, names.LATCHED, on_matched=self._on_executors
        )

    def drive(self, wish: DriveMessage, page: Outbox, now: float) -> None:
        """Do what a page wants."""
        self._send(self.driving.drive(page, wish, now))

    def leave(self, page: Outbox) -> None:
        """A page was closed."""
        self._send(self.driving.leave(page))
        self._told.pop(page, None)

    def look(self, now: float) -> None:
        """Mind the dead-man, and tell the pages who drives; often."""
        self._send(self.driving.tick(now))
        for page in self._board.outboxes:
            letter, told = self.driving.letter(page, now), self._told.get(page)
            old = told is None or now - told["at"] >= TOLD_S or letter != {**told, "at": now}
            if old or letter["who"] == "you":
                self._told[page] = letter
                page.put(letter, "wheel")

    def close(self) -> None:
        """Let go, and hear nothing more. Idempotent."""
        self._heard.close()
        self._node.destroy_publisher(self._velocity)

    def _send(self, velocity: Twist2D | None) -> None:
        stamp = self._board.track.stamp
        # Without odometry there is no time of the robot's, and a stamp of 0 would be "now".
        if velocity is not None and (stamp > 0.0 or velocity == Twist2D()):
            stamped = TwistStamped(header=header(stamp, ""))
            stamped.twist = twist_to_ros(velocity)
            self._velocity.publish(stamped)

    def _on_state(self, message: String) -> None:
        self.driving.hands = hands_from_text(message.data)

    def _on_executors(self, event: Any) -> None:
        """The executor has gone: what it said last holds no more."""
        if event.current_count == 0:
            self.driving.hands = None
