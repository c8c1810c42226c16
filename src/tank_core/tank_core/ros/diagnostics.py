"""Publishes a node's Health as diagnostics, once a second of wall time.

A paused simulation reports, too.
"""

from __future__ import annotations

import time

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node

from tank_core.health import MEMORY, PROCESS, STATE, Health, Level, PartReport
from tank_core.io.process_memory import memory_mb
from tank_core.ros import interfaces as names


class Diagnostics:
    """``health`` on the air, and the node's log fed from it.

    Part names appear as "NODE: PART".
    """

    def __init__(self, node: Node, hardware_id: str = "") -> None:
        self.health = Health()
        self.hardware_id = hardware_id
        self._node = node
        self._publisher = node.create_publisher(DiagnosticArray, names.DIAGNOSTICS, names.RELIABLE)
        # A steady clock, so that a simulation's time, which may stand still, does not silence the
        # node.
        self._clock = Clock(clock_type=ClockType.STEADY_TIME)
        node.create_timer(1.0 / names.DIAGNOSTICS_RATE, self.publish, clock=self._clock)

    def set(self, part: str, level: Level, message: str, **values: object) -> None:
        """State how a part is, until it is set again."""
        self.health.set(part, level, message, **values)

    def tick(self, part: str, what: str) -> None:
        """Count one of something that should come at a steady rate."""
        self.health.tick(part, what)

    def warn(self, part: str, kind: str, message: str) -> None:
        """Something was refused or changed.

        Counted, shown for a while, and logged, though not more than once in 5 s.
        """
        if self.health.event(part, kind, message, time.monotonic(), Level.WARN):
            self._node.get_logger().warning(f"{part}: {message}")

    def count(self, part: str, kind: str, message: str) -> None:
        """Something that may happen now and then.

        Counted, shown for a while, and not logged.
        """
        self.health.event(part, kind, message, time.monotonic(), Level.WARN, quiet=True)

    def error(self, part: str, kind: str, message: str) -> None:
        """Report that something failed.

        It is counted, shown for a while, and logged, though not more than once in 5 s.
        """
        if self.health.event(part, kind, message, time.monotonic(), Level.ERROR):
            self._node.get_logger().error(f"{part}: {message}")

    def publish(self) -> None:
        """Send what there is to say now, if anybody listens."""
        if self._publisher.get_subscription_count():
            self._publisher.publish(self.message())
        else:
            self.health.unasked(time.monotonic())

    def message(self) -> DiagnosticArray:
        """Everything that there is to say now."""
        array = DiagnosticArray()
        array.header.stamp = self._node.get_clock().now().to_msg()
        array.status = [self._status(report) for report in self.health.report(time.monotonic())]
        return array

    def _status(self, report: PartReport) -> DiagnosticStatus:
        values = report.values
        if report.part == STATE:
            values = {**values, PROCESS: names.THIS_PROCESS, MEMORY: f"{memory_mb('VmRSS'):.0f}"}
        return DiagnosticStatus(
            level=bytes([report.level]),
            name=f"{self._node.get_name()}: {report.part}",
            message=report.message,
            hardware_id=self.hardware_id,
            values=[KeyValue(key=key, value=value) for key, value in values.items()],
        )
