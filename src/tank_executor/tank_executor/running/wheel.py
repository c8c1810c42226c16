"""The wheel: a hand that drives, from first velocity until it lets go. Pure.

A hand is whoever says velocities on ``teleop``: a page, a terminal, a joystick.
"""

from __future__ import annotations

import math

from tank_core.robot import Robot
from tank_core.robot_controller import Applied, clamp_message, velocity_fault
from tank_core.state import Twist2D

DEAD_MAN_S = 0.3  # [s] without a fresh velocity, after which nobody drives
LET_GO_S = 0.3  # [s] without a push, after which a zero means that it was let go
# [s] of silence after which a hand that was stopped counts as gone, where it does not say so by a
# zero: far longer than a gap in what a hand says that goes on pushing
GONE_S = 1.0
BY_HAND = "driven by hand"
STILL = Twist2D()


class Wheel:
    """Follows what a hand wants, and ends with it.

    Times ``now`` [s] are of a clock that goes on whatever the robot's does: a hand lives in wall
    time, and lets go of a simulation that is paused, too.
    """

    def __init__(self, robot: Robot) -> None:
        self.held = False  # a hand drives
        self._robot = robot
        self._must_let_go = False  # it was stopped while it pushed: it is not heard on
        self._heard = self._pushed = self._robot_time = -math.inf
        self._zero = False  # a zero came since the last push
        self._wanted = self._speed = STILL
        self._stepped = 0.0  # when _speed held
        self._ends = False  # the zero that ends it is not sent yet

    def turn(self, twist: Twist2D, now: float, robot_time: float, refusal: str | None) -> Applied:
        """Hear what a hand wants, at ``robot_time`` [s] of the robot's clock.

        Too fast is clamped. A fault, and anything but zero while there is a ``refusal``, ends its
        drive. A zero lets go, and takes nothing: a joystick at rest may say it all the time.
        """
        self._heard = now
        if twist == STILL:
            self._zero = True
            self._let_go()
            return Applied(STILL)
        gone = now - self._pushed >= (LET_GO_S if self._zero else GONE_S)
        self._pushed, self._zero = now, False
        reason = velocity_fault(twist, self._robot.drive) or refusal
        if reason:
            self._let_go()
            self._must_let_go = True
            return Applied(STILL, reason, refused=True)
        # A zero alone is no proof: it may be another hand's, such as a joystick's at rest.
        if self._must_let_go and not gone:
            return Applied(STILL, "it was stopped; let go first", refused=True)
        self._must_let_go, self._robot_time = False, robot_time
        self._wanted = self._robot.clamp_twist(twist)
        if not self.held:
            self.held, self._ends, self._speed, self._stepped = True, False, STILL, now
        return Applied(self._wanted, clamp_message(twist, self._wanted))

    def end(self) -> None:
        """A stop: whoever pushes has to let go before it is heard again."""
        self.held = self._ends = False
        self._must_let_go = True

    def velocity(self, now: float) -> Twist2D | None:
        """Return what to send now; None where no hand drives.

        Zero, once, when it has let go, or was not heard in time. It speeds up no faster than the
        robot does by itself, and slows down at once.
        """
        if self.held and not 0.0 <= now - self._heard < DEAD_MAN_S:
            self._let_go()
        if not self.held:
            ended, self._ends = self._ends, False
            return STILL if ended else None
        passed, self._stepped = max(0.0, now - self._stepped), now
        drive, speed, wanted = self._robot.drive, self._speed, self._wanted
        self._speed = Twist2D(
            _nearer(speed.linear, wanted.linear, drive.linear_acceleration * passed),
            _nearer(speed.angular, wanted.angular, drive.angular_acceleration * passed),
        )
        return self._speed

    def refusal(self, stamp: float, robot_time: float) -> str | None:
        """Say why a plan of ``stamp`` [s] is not begun now; None if it may be.

        Both are of the robot's clock. What was said before a hand drove, and was long on its way,
        would start by itself when the hand lets go.
        """
        if self.held:
            return f"the robot is {BY_HAND}; let go of it first"
        if 0.0 < stamp < self._robot_time <= robot_time:
            return f"the robot was {BY_HAND} meanwhile; say it again"
        return None

    def _let_go(self) -> None:
        self._ends = self._ends or self.held
        self.held = False


def _nearer(now: float, wanted: float, change: float) -> float:
    """Return a speed nearer to the one wanted; ``change`` >= 0 limits a rise."""
    if wanted == 0.0:
        return 0.0
    sign = math.copysign(1.0, wanted)
    return sign * min(abs(wanted), max(0.0, sign * now) + change)
