"""Servos that wake one after another and move at limited speed.

They never leave their pulse limits. Pure; time is an argument.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from tank_core.geometry import clamp
from tank_core.state import JointState
from tank_hw_driver.hardware import Servo, ServoStart

# [s] a longer pause between two steps counts as this much: nothing jumps after it
LONGEST_STEP = 0.1
ROUNDING = 0.01  # [rad] beyond a servo's limit that is none: one count of the PCA9685 is 0.008 rad
THERE = 1e-9  # [rad] from the goal


class ServoBank:
    """Joints without feedback, each of which is where it was told to be.

    Nobody knows where a servo is before its first pulse.

    A servo has one way to begin: at its first pulse it jumps there at its own full speed. The bank
    takes it that each is in its rest pose, and wakes them one after another in the order given,
    from the base to the tip: the first to wake lifts the rest of the arm off the deck, and what
    wakes after it moves in the air. The other way round, a forearm that lies on the deck would be
    pressed into it. A joint begins to move when all are awake. One that the chip still holds,
    because it outlived a driver, does not jump: from its turn on it moves to rest at limited speed,
    and the next one's turn comes when it is there.
    """

    def __init__(
        self,
        servos: Mapping[str, Servo],
        start: ServoStart,
        rest: Mapping[str, float],
        speeds: Mapping[str, float],
    ) -> None:
        """``rest`` [rad] names the joints in the order in which they wake.

        ``speeds`` [rad/s] limits some more than their servos do.
        """
        self._start = start
        self._joints = {
            name: _Joint(servos[name], rest[name], speeds.get(name, math.inf)) for name in rest
        }
        self._waking = False
        self._wake_next = -math.inf
        self._now: float | None = None
        self._busy_at = 0.0  # when something was told or moved last
        # joint -> what became of a target that its servo cannot reach
        self.clamps: dict[str, str] = {}

    @property
    def awake(self) -> bool:
        """True when every servo has pulses and has had its turn."""
        return all(joint.woken for joint in self._joints.values())

    def stand(self, pulses: Mapping[int, float | None]) -> None:
        """Take over the channels that have pulses [us] already.

        Their joints are there. To be called before the first step.
        """
        for joint in self._joints.values():
            pulse = pulses.get(joint.servo.channel)
            if pulse is not None:
                joint.position = joint.servo.position(
                    clamp(pulse, joint.servo.min_us, joint.servo.max_us)
                )
                joint.live = joint.seen = joint.stood = True

    def wake(self) -> None:
        """Begin, or go on, to give pulses, one servo after another."""
        self._waking = True

    def command(self, targets: Mapping[str, float]) -> dict[str, float]:
        """Send joints to targets [rad], and wake all if one of them is new.

        Returns the targets in force, within the servos' limits.
        """
        for name, target in targets.items():
            joint = self._joints[name]
            if math.isnan(target):
                continue
            goal, limit = joint.reachable(target)
            if limit:
                self.clamps[name] = (
                    f"{name}: {target:.2f} rad is beyond its servo; {goal:.2f} rad applied "
                    f"({limit})"
                )
            else:
                self.clamps.pop(name, None)
            if goal != joint.goal:
                joint.goal, self._busy_at = goal, self._now or 0.0
                self.wake()
        return {name: joint.goal for name, joint in self._joints.items()}

    def hold(self) -> None:
        """Every joint stays where it was told to be last.

        What sleeps stays asleep.
        """
        self._waking = False
        for joint in self._joints.values():
            joint.hold()

    def step(self, now: float) -> None:
        """Let time pass until ``now`` [s]."""
        duration = 0.0 if self._now is None else max(0.0, min(LONGEST_STEP, now - self._now))
        self._now = now
        awake = self.awake
        moved = [
            joint.advance(duration)
            for joint in self._joints.values()
            if awake or (joint.woken and joint.stood)
        ]
        self._busy_at = now if any(moved) else self._busy_at
        while (
            self._waking and now >= self._wake_next and (joint := self._next_to_wake()) is not None
        ):
            joint.woken = joint.live = joint.seen = True
            self._wake_next = now + self._start.interval
            self._busy_at = now
        if self.awake and 0.0 < self._start.relax_after <= now - self._busy_at:
            self._waking = False
            for joint in self._joints.values():
                joint.woken = joint.live = joint.stood = False

    def _next_to_wake(self) -> _Joint | None:
        """The joint whose turn it is to wake.

        None when all had theirs, and while one that had pulses already is on its way.
        """
        joints = self._joints.values()
        if any(joint.woken and joint.stood and not joint.still for joint in joints):
            return None
        return next((joint for joint in joints if not joint.woken), None)

    @property
    def joints(self) -> dict[str, JointState]:
        """Position and velocity that each joint is told to have now.

        Before the first pulse that is the rest pose, an assumption.
        """
        return {
            name: JointState(joint.position, joint.velocity) for name, joint in self._joints.items()
        }

    @property
    def pulses(self) -> dict[int, float | None]:
        """Pulse [us] by channel; None for those asleep.

        Those that never woke are not named: a chip that outlived a driver holds them.
        """
        seen = (joint for joint in self._joints.values() if joint.seen)
        return {
            joint.servo.channel: joint.servo.pulse(joint.position) if joint.live else None
            for joint in seen
        }


class _Joint:
    """A joint on its way along a trapezoid of speed."""

    def __init__(self, servo: Servo, rest: float, speed: float) -> None:
        self.servo = servo
        self._speed = min(servo.velocity, speed)
        self.position, _ = self.reachable(rest)
        self.goal = self.position
        self.velocity = 0.0
        self.live = False  # it has pulses
        self.seen = False  # it had a pulse once
        self.woken = False  # it has had its turn
        self.stood = False  # it had pulses before its turn

    @property
    def still(self) -> bool:
        """True where it is to be, at rest."""
        return self.position == self.goal and self.velocity == 0.0

    def reachable(self, target: float) -> tuple[float, str]:
        """The nearest position [rad] within the servo's pulses.

        And the limit that it met; "" where it met none.
        """
        servo = self.servo
        nearest = servo.position(servo.pulse(target))
        if abs(nearest - target) <= ROUNDING:
            return target, ""
        limit = "max_us" if servo.pulse(target) >= servo.max_us else "min_us"
        return nearest, f"{limit} {getattr(servo, limit):g}"

    def hold(self) -> None:
        self.goal, self.velocity = self.position, 0.0

    def advance(self, duration: float) -> bool:
        """Go on toward the goal; True when it moved.

        No faster than lets it stop at the goal in steps like this one.
        """
        left = self.goal - self.position
        if self.still or duration <= 0.0:
            return False
        wanted = math.copysign(
            min(self._speed, stopping_speed(abs(left), self.servo.acceleration, duration)), left
        )
        change = self.servo.acceleration * duration
        self.velocity = clamp(wanted, self.velocity - change, self.velocity + change)
        way = self.velocity * duration
        self.position = self.goal if abs(left - way) <= THERE else self.position + way
        return True


def stopping_speed(left: float, acceleration: float, step: float) -> float:
    """Greatest speed from which steps of ``step`` [s] end after ``left``.

    Each step is slower than the last by acceleration * step; ``left`` is over 0. n such steps from
    the speed v lead n v step - acceleration step^2 n (n - 1) / 2 on; n is the least number with
    which they can.
    """
    slower = acceleration * step
    steps = max(1, math.ceil((math.sqrt(1.0 + 8.0 * left / (slower * step)) - 1.0) / 2.0 - 1e-9))
    return left / (steps * step) + slower * (steps - 1) / 2.0
