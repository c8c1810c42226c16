"""Duties of two tracks for a velocity, and back.

Pure; time is an argument. A speed is (left, right) [m/s].
"""

from __future__ import annotations

import math

from tank_core.diff_drive import DiffDrive
from tank_core.geometry import clamp
from tank_core.state import Twist2D
from tank_hw_driver.hardware import Tracks, TrackWiring

# of a track's full speed: at less a gear motor hums and stands still (a guess, not measured)
USEFUL = 0.02

Speeds = tuple[float, float]


class TrackMotors:
    """Two tracks that follow what they are told, a slew limit later."""

    def __init__(self, tracks: Tracks, wheel_separation: float) -> None:
        """``wheel_separation`` [m]: between the middles of the tracks.

        In a turn it counts ``separation_multiplier`` times.
        """
        self.across = wheel_separation * tracks.separation_multiplier
        self._drive = DiffDrive(self.across)
        self._tracks = tracks
        self.stop()

    def stop(self) -> None:
        """Both tracks stand at once."""
        self._targets = self._duties = (0.0, 0.0)

    def command(self, twist: Twist2D) -> Twist2D:
        """Aim at a velocity; returns the one that is aimed at.

        Slower on the same curve where a track cannot follow.
        """
        left, right = self._limited(*self._drive.speeds(twist))
        self._targets = duty_of(self._tracks.left, left), duty_of(self._tracks.right, right)
        return self._drive.twist(left, right)

    def step(self, duration: float) -> None:
        """Let the duties follow what was commanded for ``duration`` [s]."""
        change = self._tracks.slew * duration
        (left, right), (left_target, right_target) = self._duties, self._targets
        self._duties = slewed(left, left_target, change), slewed(right, right_target, change)

    @property
    def duties(self) -> dict[str, float]:
        """The duties for the board now: -1 to 1 by motor port."""
        pairs = zip((self._tracks.left, self._tracks.right), self._duties, strict=True)
        return {track.port: -duty if track.inverted and duty else duty for track, duty in pairs}

    @property
    def speeds(self) -> Speeds:
        """The speed of each track at its duty now [m/s]."""
        left, right = self._duties
        return speed_of(self._tracks.left, left), speed_of(self._tracks.right, right)

    @property
    def twist(self) -> Twist2D:
        """The velocity at the duties now."""
        return self._drive.twist(*self.speeds)

    def _limited(self, left: float, right: float) -> Speeds:
        """The speeds, scaled by the same share where a track cannot follow.

        So the curve stays the same; a useless speed becomes zero.
        """
        tracks = self._tracks
        over = max(1.0, abs(left) / tracks.left.full_speed, abs(right) / tracks.right.full_speed)
        left, right = left / over, right / over
        return (
            left if abs(left) >= USEFUL * tracks.left.full_speed else 0.0,
            right if abs(right) >= USEFUL * tracks.right.full_speed else 0.0,
        )


def duty_of(track: TrackWiring, speed: float) -> float:
    """The duty, positive forward, that gives a speed [m/s].

    Above the dead band linear up to full speed.
    """
    if speed == 0.0:
        return 0.0
    share = min(1.0, abs(speed) / track.full_speed)
    return math.copysign(track.dead_band + (1.0 - track.dead_band) * share, speed)


def speed_of(track: TrackWiring, duty: float) -> float:
    """The speed [m/s] that a duty, positive forward, gives.

    The inverse of ``duty_of``; none within the dead band.
    """
    share = (abs(duty) - track.dead_band) / (1.0 - track.dead_band)
    return math.copysign(min(1.0, share) * track.full_speed, duty) if share > 0.0 else 0.0


def slewed(duty: float, target: float, change: float) -> float:
    """``duty`` after at most ``change`` toward ``target``.

    A stop is at once; a reversal makes one halt at zero.
    """
    if target == 0.0:
        return 0.0
    after = duty + clamp(target - duty, -change, change)
    return 0.0 if duty * after < 0.0 else after
