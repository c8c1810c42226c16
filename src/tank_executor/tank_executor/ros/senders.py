"""Watches for topics with more senders than one."""

from __future__ import annotations

import time

from tank_core.health import Level
from tank_core.pacing import Pacer
from tank_core.ros import interfaces as names
from tank_core.ros.tank_node import TankNode

SENDERS_PERIOD_S = 1.0  # between two looks, each of which asks the middleware
# topics on which two contradict each other
ONE_SENDER = (names.ODOM, names.DETECTIONS, names.ROBOT_STOPPED)


class Senders:
    """Tells when two robots are in one.

    They would make odometry jump to and fro, and only fail each plan.
    """

    def __init__(self, node: TankNode) -> None:
        self._node = node
        self._due = Pacer(SENDERS_PERIOD_S)
        self._crowded: set[str] = set()  # topics with more senders than one

    def watch(self) -> None:
        """Count the senders once a second; to be called more often."""
        if not self._due.due(time.monotonic()):
            return
        for topic in ONE_SENDER:
            senders = self._node.count_publishers(topic)
            if (senders > 1) is (topic in self._crowded):
                continue
            if senders > 1:
                self._crowded.add(topic)
                cure = "end all but one, or give each robot a namespace"
                odd = f"{senders} senders on {topic}; {cure}"
                self._node.diagnostics.set(topic, Level.WARN, odd)
            else:
                self._crowded.discard(topic)
                self._node.diagnostics.set(topic, Level.OK, "ok")
