"""The heart of every robot, real or simulated.

Clamp, refuse, watch, play, stop. Time is an argument, on the backend's clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tank_core.backend import Backend
from tank_core.robot import Drive
from tank_core.state import JointTrajectory, RobotCommand, RobotState, Twist2D
from tank_core.stop_latch import OPERATOR, StopLatch
from tank_core.trajectory import TrajectoryPlayer, check_trajectory
from tank_core.watchdog import Watchdog

# a velocity over this many times the limit is not a wish to go fast but a fault: it is refused
HUGE = 10.0


@dataclass(frozen=True)
class Applied:
    """The velocity command in force, and why it is not what was asked for."""

    twist: Twist2D
    message: str = ""
    refused: bool = False


class RobotController:
    """Between commands and a Backend.

    Not thread-safe: whoever owns it takes care that one thread calls it at a time.
    """

    def __init__(
        self,
        backend: Backend,
        cmd_vel_timeout: float | None = None,
        stops: StopLatch | None = None,
    ) -> None:
        """Control ``backend``; a velocity that is not repeated ends in time.

        ``cmd_vel_timeout`` [s] is how long it lasts, the robot file's when None. ``stops`` holds
        the stops, and those in it are in force: a caller who keeps it makes them outlive this
        controller.
        """
        self.backend = backend
        self.robot = backend.robot
        self.state: RobotState | None = None
        self.sent = RobotCommand()  # what the last step sent to the robot, after all clamping
        # why trajectories are refused, and velocities are not; empty when they are taken
        self.arm_refusal = ""
        self._watchdog = Watchdog(
            self.robot.drive.cmd_vel_timeout if cmd_vel_timeout is None else cmd_vel_timeout
        )
        self._player = TrajectoryPlayer(self.robot)
        self._twist = Twist2D()
        self._sent: dict[str, float] = {}  # joint targets of the last step
        self._stops = StopLatch() if stops is None else stops

    @property
    def stopped(self) -> bool:
        """True from a stop until all who stopped the robot have reset it."""
        return self._stops.stopped

    @property
    def stop_reason(self) -> str:
        """The reason of the stop in words; empty when there is none."""
        return self._stops.reason

    def command_twist(self, twist: Twist2D, now: float) -> Applied:
        """Drive like this until ``now``, when it was said, plus the timeout.

        Too fast is clamped; not finite, huge, or while stopped is refused and zero.
        """
        reason = self._stops.refusal or velocity_fault(twist, self.robot.drive)
        if reason:
            self._drive(Twist2D(), now)
            return Applied(Twist2D(), reason, refused=True)
        clamped = self.robot.clamp_twist(twist)
        self._drive(clamped, now)
        return Applied(clamped, clamp_message(twist, clamped))

    def _drive(self, twist: Twist2D, now: float) -> None:
        self._twist = twist
        self._watchdog.feed(now)

    def command_trajectory(self, trajectory: JointTrajectory, now: float) -> str | None:
        """Play a trajectory from here on; returns why not, or None.

        A refused one leaves the one that plays alone.
        """
        reason = self._stops.refusal or self.arm_refusal or check_trajectory(self.robot, trajectory)
        if reason is None:
            self._player.start(trajectory, self._joint_targets(), now)
        return reason

    def _joint_targets(self) -> dict[str, float]:
        """Targets [rad or m] of the joints as last told, or where they are.

        Told comes first, because a gripper that is told to close around an object never gets there:
        beginning at, or holding, the measured gap would let the object fall.
        """
        state = self.state or self.backend.read()
        return self._positions(state) | self._sent

    def _held_targets(self) -> dict[str, float]:
        """Targets that hold each joint from a stop on.

        Without joint feedback the state is where the pulses stand, and they run after what was
        told: they stay. A gripper that was closed around an object stays closed, because its pulse
        got to where it was told, whatever the fingers did.
        """
        if self.state is None:
            return {}  # nothing was sent yet
        return self._joint_targets() if self.robot.joint_feedback else self._positions(self.state)

    def _positions(self, state: RobotState) -> dict[str, float]:
        # no wheels
        return {
            name: state.joints[name].position
            for name in self.robot.joint_names
            if name in state.joints
        }

    def stop(self, now: float, reason: str, source: str = OPERATOR) -> None:
        """Zero the velocity and hold the joints at once.

        Motion is refused until ``source`` resets the stop. Idempotent.
        """
        first = not self.stopped
        self._stops.stop(reason, source)
        self.halt(hold=first)

    def halt(self, hold: bool = True) -> None:
        """Zero the velocity and hold the joints at once, and refuse nothing."""
        self._twist = Twist2D()
        self._watchdog.starve()
        if hold:
            self._sent = self._held_targets()
            self._player.hold(self._sent)
        self.backend.stop()

    def reset_stop(self, source: str | None = None) -> bool:
        """Take back the stop of one source, or of all.

        Returns True when the robot may move again.
        """
        return self._stops.reset(source)

    def restart(self) -> None:
        """Forget velocity, trajectories and the last state; stops stay.

        As when a simulation goes back to its beginning.
        """
        self._twist = Twist2D()
        self._watchdog.starve()
        self._player.hold({})
        self._sent = {}
        self.state = None

    def step(self, now: float) -> RobotState:
        """Send what is in force at ``now`` [s] to the robot, and read it.

        Raises BackendError when the robot is gone.
        """
        if self._watchdog.expired(now):
            self._twist = Twist2D()
        self._sent = self._player.targets(now)
        self.sent = RobotCommand(self._twist, self._sent, self._watchdog.left(now))
        self.backend.apply(self.sent)
        self.state = self.backend.read()
        return self.state

    @property
    def twist(self) -> Twist2D:
        """The velocity in force at the last step."""
        return self._twist


def velocity_fault(twist: Twist2D, drive: Drive) -> str | None:
    """Say why a velocity is none to be clamped, but a fault; None when it may."""
    for name, value, limit, unit in (
        ("linear", twist.linear, drive.max_linear, "m/s"),
        ("angular", twist.angular, drive.max_angular, "rad/s"),
    ):
        if not math.isfinite(value):
            return (
                f"{name} velocity is {value}; it must be a number of at most {limit:g} {unit}; "
                "the robot is stopped"
            )
        if abs(value) > HUGE * limit:
            return (
                f"{name} velocity {value:g} {unit} is far over the limit of {limit:g} {unit}; "
                "it was refused and the robot is stopped"
            )
    return None


def clamp_message(asked: Twist2D, applied: Twist2D) -> str:
    """Say what a clamp made of a velocity; empty where it made nothing of it."""
    parts = []
    if asked.linear != applied.linear:
        parts.append(
            f"linear velocity {asked.linear:g} m/s is over the limit; {applied.linear:g} m/s "
            "applied"
        )
    if asked.angular != applied.angular:
        parts.append(
            f"angular velocity {asked.angular:g} rad/s is over the limit; {applied.angular:g} "
            "rad/s applied"
        )
    return "; ".join(parts)
