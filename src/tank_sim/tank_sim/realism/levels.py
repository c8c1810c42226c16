"""Levels of realism: how far the simulated robot is from an ideal one.

Slip, noise, dead bands, latency. Pure numbers, SI units; zero is ideal.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from tank_core.exceptions import TankError

SPREAD = (0.5, 1.5)  # a randomized effect is this many times the one of REAL, drawn evenly


class RealismError(TankError, ValueError):
    """A realism that is not known."""


@dataclass(frozen=True)
class Realism:
    """The imperfections of one robot.

    Every random number comes from the world's seed, so the same seed repeats the same digits.
    """

    wheel_slip: float = 0.0  # share by which the wheels' odometry over-reads the way on the ground
    # share by which a wheel's speed strays from the one asked for, slowly varying
    wheel_noise: float = 0.0
    wheel_dead_band: float = 0.0  # [rad/s] a wheel does not turn when asked for less
    # [rad] an arm's servo does not follow a target nearer than this to its last one
    servo_dead_band: float = 0.0
    joint_noise: float = 0.0  # [rad] standard deviation of a joint's reading
    camera_noise: float = 0.0  # standard deviation of each 8-bit value
    camera_gain: float = 0.0  # share by which the brightness changes from frame to frame
    white_balance: float = 0.0  # share by which red and blue are off for good, one draw a seed
    camera_blur: float = 0.0  # [px] standard deviation of the lens's and motion's blur
    # [s] from taking a frame, which is its stamp, to when it can be had
    camera_latency: float = 0.0
    # [rad] standard deviation of the mounting's error about each axis, one draw a seed
    camera_tilt: float = 0.0
    range_noise: float = 0.0  # [m] standard deviation of a distance

    def randomized(self, dice: np.random.Generator) -> Realism:
        """Another robot of this kind, drawn at random.

        Each effect is half to one and a half times as large (domain randomization, Tobin et al.
        2017).
        """
        return Realism(
            **{
                field.name: float(getattr(self, field.name) * dice.uniform(*SPREAD))
                for field in fields(self)
            }
        )

    @property
    def is_ideal(self) -> bool:
        return self == IDEAL


IDEAL = Realism()
REAL = Realism(
    # differential drives on hard floors are 1 to 3 % off after calibration (Borenstein and Feng
    # 1996, UMBmark)
    wheel_slip=0.02,
    wheel_noise=0.03,  # what a hobby motor's speed control leaves of battery, load and friction
    wheel_dead_band=0.05,  # [rad/s] 3 mm/s: below it the PWM does not overcome the gears' friction
    # [rad] digital hobby servos: 2 to 3 us of a pulse, of which 1 us is about 0.003 rad
    servo_dead_band=0.01,
    # [rad] one step of a potentiometer behind a 10-bit converter over 270 degrees is 0.0046 rad
    joint_noise=0.003,
    # a small sensor indoors; nearly the same for all brightnesses after the camera's gamma
    camera_noise=4.0,
    camera_gain=0.03,  # lamps that flicker with the mains and an exposure control that hunts
    white_balance=0.05,  # between lamps, daylight and what the camera's automatic makes of them
    camera_blur=0.6,  # [px] a plastic lens with fixed focus
    # [s] exposure, transfer and decoding of a USB camera: three frames at 30 Hz
    camera_latency=0.1,
    camera_tilt=0.0035,  # [rad] 0.2 degrees: a bracket with two screws
    range_noise=0.005,  # [m] an HC-SR04 resolves 3 mm; echoes from edges jitter more
)
_KNOWN = {"ideal": IDEAL, "real": REAL}


def realism_names() -> list[str]:
    """The names that ``realism`` takes."""
    return list(_KNOWN)


def realism(name: str) -> Realism:
    """A realism by name.

    Raises RealismError with the choices.
    """
    if name not in _KNOWN:
        raise RealismError(f"realism {name!r} is not known; say one of {', '.join(_KNOWN)}")
    return _KNOWN[name]
