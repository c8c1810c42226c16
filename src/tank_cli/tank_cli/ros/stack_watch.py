"""Listens to a stack for its status."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from nav_msgs.msg import Odometry
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import BatteryState, JointState

from tank_cli.status.watch import CAMERA, LEAST_S, WINDOW_S, Status, Watch
from tank_client.client_node import Listener, StackClient
from tank_client.narrator import Narrator
from tank_core.exceptions import TankError
from tank_core.robot import load_robot
from tank_core.ros import interfaces as names
from tank_core.ros.conversions import time_from_ros
from tank_executor.plan import PlanStatus
from tank_msgs.msg import DetectedObjectArray

# Who has the parameter that says how often a stream comes.
RATES = (
    (names.ODOM, (names.SIM_NODE, names.DRIVER_NODE), "publish_rate"),
    (names.JOINT_STATES, (names.SIM_NODE, names.DRIVER_NODE), "publish_rate"),
    (names.DETECTIONS, (names.PERCEPTION_NODE,), "rate"),
)
FIND_S = 3.0  # [s] to find a stack


class StackWatch:
    """Hears a stack, and says at any time how it is.

    It hears no images: a robot makes them only for who listens.
    """

    def __init__(self, client: StackClient) -> None:
        self._client, self._lock = client, threading.Lock()
        self._watch, self._narrator = Watch(time.monotonic()), Narrator()
        client.listener.on_status = self._on_status
        for kind, topic, qos in (
            (JointState, names.JOINT_STATES, names.STREAM),
            (DetectedObjectArray, names.DETECTIONS, names.RELIABLE),
        ):
            client.listen(kind, topic, self._counter(topic), qos)
        client.listen(Odometry, names.ODOM, self._on_odometry, names.STREAM)
        client.listen(BatteryState, names.BATTERY_STATE, self._on_battery, names.NEWEST_HEARD)
        client.listen(Clock, names.CLOCK, self._on_clock, names.NEWEST_HEARD)
        client.listen(DiagnosticArray, names.DIAGNOSTICS, self._on_diagnostics, names.RELIABLE)

    def expect(self) -> None:
        """Ask the nodes that are there how often their streams should come.

        Once each; to be called again for those that are found later.
        """
        there = set(self._client.node_names())
        for stream, nodes, parameter in RATES:
            for node in there & set(nodes) if stream not in self._watch.expected else ():
                found = self._client.parameters(node, [parameter, "robot"])
                with self._lock:
                    self._expect(stream, found.get(parameter), str(found.get("robot", "")))

    def _expect(self, stream: str, rate: float | None, robot: str) -> None:
        if rate is not None:
            self._watch.expected[stream] = float(rate)
        with suppress(TankError):  # a robot's file may be on its own machine alone
            self._watch.expected[CAMERA] = load_robot(robot).camera.rate

    def status(self) -> Status:
        """Tell how the stack is now."""
        with self._lock:
            self._watch.stopped = self._client.heard.stopped
            if self._client.heard.status is not None:
                self._narrator.lines(self._client.heard.status)
            self._watch.doing = self._narrator.live()
            return self._watch.report(time.monotonic())

    def _counter(self, topic: str) -> Any:
        return lambda _: self._heard(topic)

    def _heard(self, topic: str) -> None:
        with self._lock:
            self._watch.heard(topic, time.monotonic())

    def _on_odometry(self, _: Odometry) -> None:
        self._heard(names.ODOM)
        with self._lock:
            self._watch.vitals.moved_at = time.monotonic()

    def _on_battery(self, message: BatteryState) -> None:
        self._heard(names.BATTERY_STATE)
        with self._lock:
            self._watch.vitals.battery(message.voltage, message.percentage)

    def _on_clock(self, message: Clock) -> None:
        with self._lock:
            self._watch.vitals.ticked(time_from_ros(message.clock), time.monotonic())

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        parts = [
            (one.name, one.level[0], one.message, {pair.key: pair.value for pair in one.values})
            for one in message.status
        ]
        with self._lock:
            self._watch.diagnosed(parts, time.monotonic())

    def _on_status(self, _: PlanStatus) -> None:
        self._heard(names.EXECUTION_STATUS)


@contextmanager
def watching(space: str = "") -> Iterator[StackWatch]:
    """A watch that has found this namespace's stack, or waited in vain for it."""
    with StackClient(Listener(), space) as client:
        watch = StackWatch(client)
        client.wait_until(lambda: watch.status().heard, FIND_S)
        yield watch


def look(space: str = "") -> Status:
    """Tell how the stack is, after listening for as long as a rate needs."""
    with watching(space) as watch:
        time.sleep(WINDOW_S if watch.status().heard else LEAST_S)
        watch.expect()
        return watch.status()
