"""The input of whoever drives by hand: checked, and handed to the wheel."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from threading import RLock

from geometry_msgs.msg import Twist, TwistStamped
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from std_msgs.msg import String

from tank_core.io.one_line import quoted
from tank_core.pacing import stamp_fault
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.tank_node import TankNode
from tank_core.state import Twist2D
from tank_executor.plan_runner import PlanRunner
from tank_executor.running.hands import DRIVEN, FREE, REFUSED, Hands, speeds_of
from tank_executor.running.plan_run import Output

# What teleop_twist_joy calls the frame of its velocities where nobody says another name.
JOYSTICK_FRAME = "teleop_twist_joy"
STILL = Twist2D()
REFUSED_S = 1.0  # [s] that a refusal is told


class Teleop:
    """Hears ``teleop``, and sends what the wheel says.

    Its owner holds ``lock`` around ``step``; it is held around what it is given. Of all that is
    sent it alone knows when a hand drives: the runner begins no plan meanwhile.
    """

    def __init__(
        self,
        node: TankNode,
        lock: RLock,
        runner: PlanRunner,
        refusal: Callable[[], str | None],
        send: Callable[[Output, bool], None],
    ) -> None:
        """Hear hands.

        ``refusal()`` says why the node takes none now. ``send(output, at_once)`` sends.
        """
        self._node, self._lock, self._runner = node, lock, runner
        self._refusal, self._send = refusal, send
        self._speeds, self._reach = speeds_of(runner.robot), runner.robot.cell(None)[0]
        self._refused, self._refused_at = "", -math.inf
        self._told: Hands | None = None
        self._state = node.create_publisher(String, names.TELEOP_STATE, names.LATCHED)
        group = MutuallyExclusiveCallbackGroup()
        self._heard = node.hear(
            TwistStamped, names.TELEOP, self._on_message, names.NEWEST_HEARD, group
        )

    def step(self) -> None:
        """Send what the hand that drives gets now, and tell who drives.

        To be called with each odometry and a few times a second. With the lock held.
        """
        now = time.monotonic()
        velocity = self._runner.wheel.velocity(now)
        if velocity is not None:
            self._send(Output(velocity), velocity == STILL)
        self._tell(now)

    def close(self) -> None:
        """Hear nobody any more. Idempotent."""
        self._heard.close()
        self._node.destroy_publisher(self._state)

    def _on_message(self, message: TwistStamped) -> None:
        with self._lock:
            dropped = self._fault(message)
            if dropped:  # as if it had never come
                self._refuse("dropped", dropped)
            else:
                self._node.diagnostics.tick(names.TELEOP, "command")
                self._turn(message.twist)
            self.step()

    def _fault(self, message: TwistStamped) -> str | None:
        """Say why a message is no hand's of now, or of this robot's."""
        frame, ours = message.header.frame_id, self._node.settings["base_frame"]
        if frame not in ("", ours, JOYSTICK_FRAME):
            return f"the velocity is in frame {quoted(frame)}; it must be in {ours!r}, or name none"
        stamp = convert.time_from_ros(message.header.stamp)
        limits = names.STAMP_MAX_AGE, names.STAMP_MAX_AHEAD
        now = self._node.get_clock().now().nanoseconds * 1e-9
        # a joystick's node knows the wall's time alone, where nobody tells it of a simulation's
        return stamp_fault(stamp, time.time(), *limits) and stamp_fault(stamp, now, *limits)

    def _turn(self, twist: Twist) -> None:
        sideways = convert.twist_fault(twist)
        # what no robot can do is a fault, and no zero, which would let go
        wanted = Twist2D(math.nan) if sideways else convert.twist_from_ros(twist)
        applied = self._runner.drive(wanted, time.monotonic(), self._refusal())
        self._send(self._runner.take_output(), True)
        if sideways or applied.refused:
            self._refuse("refused", sideways or applied.message)
        elif applied.message:
            self._node.diagnostics.warn(names.TELEOP, "clamped", applied.message)

    def _refuse(self, kind: str, why: str) -> None:
        """Tell a refusal by diagnostics and log, its first reason by the state."""
        self._node.diagnostics.warn(names.TELEOP, kind, why)
        now = time.monotonic()
        if now - self._refused_at >= REFUSED_S:
            self._refused = why
        self._refused_at = now

    def _tell(self, now: float) -> None:
        state, why = FREE, ""
        if self._runner.wheel.held:
            state = DRIVEN
        elif now - self._refused_at < REFUSED_S:
            state, why = REFUSED, self._refused
        if self._told is None or (state, why) != (self._told.state, self._told.why):
            self._told = Hands(state, why, self._speeds, self._reach)
            self._state.publish(String(data=self._told.to_text()))
