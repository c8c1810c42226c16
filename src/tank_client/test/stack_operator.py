"""A whole stack of real processes, and an operator who talks to it.

``stack_in`` starts a stack for a test, out of the way of others.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry
from rclpy.qos import QoSProfile

from tank_client.client_node import Listener, StackClient
from tank_client.narrator import Understanding
from tank_core.ros import interfaces as names
from tank_executor.plan import PlanState, PlanStatus
from tank_stack.arguments import Value
from tank_stack.stack import SIM, load_stack
from tank_stack.stack_runner import StackRunner

PATIENCE_S = 60.0
HEADLESS: dict[str, Value] = {
    "robot": "tank",
    "world": "empty",
    "viewer": "none",
    "real_time_factor": 1.0,
    "model": "",
}


class Operator:
    """Says sentences, hears what comes of them, and watches the robot."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.understood: list[Understanding] = []
        self.statuses: list[PlanStatus] = []
        self.twist: tuple[float, float] = (0.0, 0.0)
        self.truth: Odometry | None = None
        self.client = StackClient(
            Listener(
                on_understanding=self._add(self.understood), on_status=self._add(self.statuses)
            )
        )

    def _add(self, heard: list) -> Callable[[object], None]:
        def add(item: object) -> None:
            with self.changed:
                heard.append(item)
                self.changed.notify_all()

        return add

    def watch(self) -> None:
        self.client.listen(TwistStamped, names.CMD_VEL, self._on_twist, QoSProfile(depth=100))
        self.client.listen(Odometry, names.GROUND_TRUTH, self._on_truth, names.STREAM)

    def _on_twist(self, message: TwistStamped) -> None:
        with self.changed:
            self.twist = (message.twist.linear.x, message.twist.angular.z)
            self.changed.notify_all()

    def _on_truth(self, message: Odometry) -> None:
        with self.changed:
            self.truth = message
            self.changed.notify_all()

    def until(self, condition: Callable[[], object]) -> float:
        """Wait until something is true; returns when it was [s]."""
        end = time.monotonic() + PATIENCE_S
        with self.changed:
            while not condition():
                assert time.monotonic() < end, f"heard {self.understood}, {self.statuses[-3:]}"
                self.changed.wait(0.05)  # what a test hears by itself notifies nobody
            return time.perf_counter()

    def do(self, sentence: str) -> PlanStatus:
        """Say a sentence and wait for the end of what it means.

        The end of a stop before it may come late, and is not meant.
        """
        self.statuses.clear()
        self.client.say(sentence)
        ended = (PlanState.SUCCEEDED, PlanState.FAILED, PlanState.STOPPED, PlanState.REFUSED)

        def meant() -> list[PlanStatus]:
            return [
                status
                for status in self.statuses
                if status.state in ended and not (status.plan and status.plan.preempts)
            ]

        self.until(lambda: bool(meant()))
        return meant()[0]

    def pose(self) -> tuple[float, float, float]:
        """The true x, y [m], yaw [deg]."""
        assert self.truth is not None
        pose = self.truth.pose.pose
        return (
            pose.position.x,
            pose.position.y,
            math.degrees(2 * math.atan2(pose.orientation.z, pose.orientation.w)),
        )

    def stop_from_motion(self) -> float:
        """Say stop to a robot that moves.

        Seconds until the commanded velocity is zero.
        """
        self.until(lambda: self.twist[0] > 0.1)
        began = time.perf_counter()
        self.client.say("stop")
        return self.until(lambda: self.twist == (0.0, 0.0)) - began


@contextmanager
def stack_in(domain: str, name: str = SIM, **settings: Value) -> Iterator[Operator]:
    """Start a whole stack, and wait until it is ready.

    With these settings, in a domain of its own, heard by nobody else.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROS_DOMAIN_ID", domain)
        patch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
        stack, lines = load_stack(name), []
        runner = StackRunner(stack, settings, lambda _, line: lines.append(line), lines.append)
        runner.start()
        nodes = stack.nodes_started(stack.settings(settings))
        try:
            operator = Operator()
            with operator.client:

                def ready() -> bool:
                    state = operator.client.readiness(nodes)
                    return state.ready and state.model_ok

                assert runner.wait(ready, PATIENCE_S), lines
                operator.watch()
                yield operator
        finally:
            runner.end()
