"""Motion laws: move and turn as feedback on odometry.

Pure; time is an argument.

The speed is a function of what is left of the way: at most the pace, never faster than lets the
robot stop at the target with the allowed deceleration, and proportional to the rest at the very end
so that it arrives without overshoot. This "square root controller" joins both parts with one slope
(ArduPilot, AP_Math control.cpp, ``sqrt_controller``). A ramp limits the speeding up. On a straight
way from rest to rest that is a trapezoidal profile. Where the way suddenly becomes shorter than the
ramp needs, the speed drops at once to one from which the robot can still stop in time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tank_core.geometry import Pose2D, clamp, wrap
from tank_core.robot import Drive, Pace
from tank_core.state import Odometry, Twist2D

GAIN = 4.0  # [1/s] speed for each meter or radian that is left, at the end of the way
# of the allowed deceleration that is planned with; the rest is for correcting delays
BRAKING_SHARE = 0.8
# times the allowed acceleration: how hard it brakes for what appears in its way. Tires hold 6 m/s^2
# (tank.yaml)
EMERGENCY = 4.0
LONGEST_TICK = 0.1  # [s] a gap between two calls counts as no more than this

MOVE_DONE_M, TURN_DONE_RAD = 0.001, math.radians(0.1)  # close enough to end at once
MOVE_FINE_M, TURN_FINE_RAD = 0.008, math.radians(1.0)  # close enough to end when it comes no nearer
# [m/s], [rad/s] measured speed that counts as standing still
REST_LINEAR, REST_ANGULAR = 0.01, 0.03
HEADING_FINE_RAD = math.radians(0.5)
STUCK_S = 3.0  # without this much progress the robot does not move:
STUCK_MOVE_M, STUCK_TURN_RAD = 0.005, math.radians(0.5)
SETTLE_S = 0.5  # the same for the last bit of the way

PUSHED_RAD = math.radians(20.0)  # off its heading: something unseen holds one side back

HEADING_GAIN = 4.0  # [1/s]
HEADING_MAX = 0.6  # [rad/s] of heading correction during a move
CROSS_GAIN = 1.5  # [rad/m] steer towards the line
CROSS_MAX = 0.15  # [rad]
CROSS_FADE_M = 0.3  # over the last meters the heading counts more than the line


@dataclass(frozen=True)
class MotionStep:
    """The output of a law at one time.

    ``fault`` is why it gave up, as a sentence.
    """

    twist: Twist2D
    progress: float = 0.0
    done: bool = False
    fault: str | None = None


def approach_speed(left: float, acceleration: float, gain: float = GAIN) -> float:
    """Return the greatest speed from which it can still stop at the target.

    The target is ``left`` >= 0 [m or rad] ahead, and it brakes by ``acceleration``.
    """
    linear_part = acceleration / gain**2
    if left <= linear_part:
        return gain * left
    return math.sqrt(2.0 * acceleration * (left - linear_part / 2.0))


class Profile:
    """Speed along a way: trapezoidal, signed like what is left of it."""

    def __init__(self, speed: float, acceleration: float) -> None:
        """Limit speed [m/s or rad/s] and acceleration [m/s^2 or rad/s^2].

        ``speed`` is never exceeded, ``acceleration`` only to brake for what appears in the way.
        """
        self.speed = speed
        self.acceleration = acceleration
        self.now = 0.0  # the speed commanded last

    def step(self, left: float, dt: float) -> float:
        """Return the speed to command for ``left`` (signed) of the way."""
        wanted = min(self.speed, approach_speed(abs(left), BRAKING_SHARE * self.acceleration))
        change = self.acceleration * dt
        ramped = clamp(math.copysign(wanted, left), self.now - change, self.now + change)
        latest = (
            approach_speed(abs(left), EMERGENCY * self.acceleration) if ramped * left > 0.0 else 0.0
        )
        self.now = clamp(ramped, -latest, latest)
        return self.now


class _Clock:
    """Time since the first tick."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._now = 0.0

    def tick(self, now: float) -> float:
        """Return the seconds since the last tick; 0 at first, never many."""
        if self._began is None:
            self._began = self._now = now
        dt, self._now = clamp(now - self._now, 0.0, LONGEST_TICK), now
        return dt

    @property
    def elapsed(self) -> float:
        return self._now - (self._now if self._began is None else self._began)


class _Progress:
    """Watches whether what is left shrinks."""

    def __init__(self, enough: float) -> None:
        self._enough = enough
        self._best: float | None = None
        self._since = 0.0

    def idle(self, left: float, now: float) -> float:
        """Return for how long [s] what is left has not shrunk by ``enough``."""
        if self._best is None or left < self._best - self._enough:
            self._best, self._since = left, now
        return now - self._since


class MoveLaw:
    """A straight line of ``distance`` [m] from ``start``; negative: back.

    Another line overrides ``end`` and ``_locate``, and has a curvature.
    """

    curvature = 0.0  # [1/m] of the line, to the left
    heading_gain, cross_gain = HEADING_GAIN, CROSS_GAIN

    def __init__(self, start: Pose2D, distance: float, pace: Pace, drive: Drive) -> None:
        self.start = start
        self.asked = self.distance = distance
        self._along = 0.0  # how far it has come
        self._profile = Profile(min(pace.linear, drive.max_linear), drive.linear_acceleration)
        self._progress = _Progress(STUCK_MOVE_M)
        self._clock = _Clock()

    @property
    def gone(self) -> float:
        """The way that it has come along its line [m], without a sign."""
        return min(abs(self._along), abs(self.asked))

    def end_before(self, along: float) -> None:
        """Go no farther than ``along`` [m] from here; something is in the way.

        Nor back. It is less than was asked, never more.
        """
        gone, asked = self.gone, abs(self.asked)
        self.distance = math.copysign(clamp(gone + along, gone, asked), self.asked)

    @property
    def end(self) -> Pose2D:
        """The pose at which it ends if all goes well."""
        return Pose2D(*self.start.to_world((self.distance, 0.0)), self.start.yaw)

    def step(self, odometry: Odometry, now: float) -> MotionStep:
        """Return the velocity at ``now`` [s]."""
        dt = self._clock.tick(now)
        along, across, heading = self._locate(odometry.pose)
        self._along = along if along * self.asked > 0 else 0.0
        left = self.distance - along
        # not of what is left: that grows when the way becomes free again
        idle = self._progress.idle(abs(self.asked - along), now)
        progress = clamp(along / self.asked, 0.0, 1.0)
        if self._arrived(left, heading, odometry.twist, idle):
            return MotionStep(Twist2D(), 1.0, done=True)
        if idle >= STUCK_S:
            return MotionStep(Twist2D(), progress, fault=self._stuck(along))
        if abs(heading) > PUSHED_RAD:
            return MotionStep(
                Twist2D(),
                progress,
                fault=f"the robot was turned by {math.degrees(heading):.0f} degrees off its way",
            )
        speed, steering = self._profile.step(left, dt), self._steer(left, across, heading)
        return MotionStep(Twist2D(speed, self.curvature * speed + steering), progress)

    def _locate(self, pose: Pose2D) -> tuple[float, float, float]:
        """Return where a pose is: along the line, left of it, its heading.

        In [m], [m], and [rad] off that of the line.
        """
        along, across = self.start.to_local((pose.x, pose.y))
        return along, across, wrap(pose.yaw - self.start.yaw)

    def _steer(self, left: float, across: float, heading: float) -> float:
        """Return the angular velocity [rad/s] that holds the heading.

        While there is way left, it goes back to the line, too.
        """
        fade = min(1.0, abs(left) / CROSS_FADE_M)
        wanted = clamp(-self.cross_gain * across, -CROSS_MAX, CROSS_MAX) * math.copysign(fade, left)
        return clamp(self.heading_gain * (wanted - heading), -HEADING_MAX, HEADING_MAX)

    def _arrived(self, left: float, heading: float, twist: Twist2D, idle: float) -> bool:
        if abs(twist.linear) > REST_LINEAR:
            return False
        if abs(left) <= MOVE_DONE_M and abs(heading) <= HEADING_FINE_RAD:
            return abs(twist.angular) <= REST_ANGULAR
        return abs(left) <= MOVE_FINE_M and idle >= SETTLE_S

    def _stuck(self, along: float) -> str:
        way = round(along * math.copysign(1.0, self.distance), 2) + 0.0  # no "-0.00"
        return (
            f"the robot does not move: {way:.2f} m of {abs(self.distance):.2f} m after "
            f"{self._clock.elapsed:.1f} s"
        )


class TurnLaw:
    """A turn in place by ``angle`` [rad], counter-clockwise positive.

    It is counted on through whole turns.
    """

    def __init__(self, start_yaw: float, angle: float, pace: Pace, drive: Drive) -> None:
        """Turn by ``angle`` from ``start_yaw`` [rad], near the heading now."""
        self.start_yaw = start_yaw
        self.angle = angle
        self._profile = Profile(min(pace.angular, drive.max_angular), drive.angular_acceleration)
        self._progress = _Progress(STUCK_TURN_RAD)
        self._turned = 0.0
        self._yaw = start_yaw
        self._clock = _Clock()

    @property
    def turned(self) -> float:
        """The angle that it has come [rad], through whole turns."""
        return self._turned

    @property
    def end_yaw(self) -> float:
        """The heading [rad] where it ends if all goes well."""
        return wrap(self.start_yaw + self.angle)

    def step(self, odometry: Odometry, now: float) -> MotionStep:
        """Return the velocity at ``now`` [s]."""
        dt = self._clock.tick(now)
        self._turned += wrap(odometry.pose.yaw - self._yaw)
        self._yaw = odometry.pose.yaw
        left = self.angle - self._turned
        idle = self._progress.idle(abs(left), now)
        progress = clamp(self._turned / self.angle, 0.0, 1.0)
        if self._arrived(left, odometry.twist, idle):
            return MotionStep(Twist2D(), 1.0, done=True)
        if idle >= STUCK_S:
            return MotionStep(Twist2D(), progress, fault=self._stuck())
        return MotionStep(Twist2D(0.0, self._profile.step(left, dt)), progress)

    def _arrived(self, left: float, twist: Twist2D, idle: float) -> bool:
        if abs(twist.angular) > REST_ANGULAR:
            return False
        return abs(left) <= TURN_DONE_RAD or (abs(left) <= TURN_FINE_RAD and idle >= SETTLE_S)

    def _stuck(self) -> str:
        turned, asked = (
            math.degrees(self._turned * math.copysign(1.0, self.angle)),
            math.degrees(abs(self.angle)),
        )
        return (
            f"the robot does not turn: {round(turned)} of {asked:.0f} degrees after "
            f"{self._clock.elapsed:.1f} s"
        )
