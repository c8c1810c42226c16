"""The types of a robot's wiring: board, chips, motors, servos, sensors."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated

from tank_core.io.config_file import Identifier, Within

PWM_CHANNELS = 16  # of a PCA9685
BCM_PINS = 28  # GPIO 0 to 27 are on the header
AIR_C = 20.0  # [degrees Celsius] that the range finder is reckoned with
# [m/s] in dry air, an ideal gas; 1 % wrong for every 5.6 degrees more or less
SPEED_OF_SOUND = 331.3 * math.sqrt(1.0 + AIR_C / 273.15)


@dataclass(frozen=True)
class I2c:
    """The bus /dev/i2c-N.

    A transfer that takes longer than ``timeout`` [s] counts as hung.
    """

    bus: Annotated[int, Within(0, 255)]
    timeout: float


@dataclass(frozen=True)
class PwmChip:
    """The PCA9685 and its clock.

    ``oscillator`` [Hz] is nominally 25 MHz and differs from chip to chip; ``frequency`` [Hz] is the
    whole chip's.
    """

    address: int
    frequency: float
    oscillator: float


@dataclass(frozen=True)
class MotorPort:
    """An H-bridge: a positive duty drives ``in1`` high and ``in2`` low.

    With ``enable`` all are BCM pins; without it ``in1`` and ``in2`` are channels of the PCA9685.
    """

    in1: int
    in2: int
    enable: int | None = None


@dataclass(frozen=True)
class TrackWiring:
    """The motor port that drives a track, and what its motor does.

    ``inverted``: a positive duty drives it backwards. It begins to move at ``dead_band`` (share of
    full duty, 0 to 1) and runs ``full_speed`` [m/s] at full duty; in between, linearly.
    """

    port: str
    inverted: bool
    dead_band: float
    full_speed: float


@dataclass(frozen=True)
class Tracks:
    """Both tracks; ``slew`` [1/s] is how fast a duty may change.

    ``pwm_frequency`` [Hz] is of GPIO bridges; ``brake``: zero shorts the motors. Tracks skid in a
    turn: they turn the robot as wheels would that stand ``separation_multiplier`` times as far
    apart.
    """

    left: TrackWiring
    right: TrackWiring
    slew: float
    pwm_frequency: float
    brake: bool
    separation_multiplier: float


@dataclass(frozen=True)
class Servo:
    """A servo: its pulses for the positions of its joint.

    pulse [us] = center_us + sign * us_per_rad * (position + trim - center); sign is -1 where
    ``inverted``. ``center`` [rad] is the joint's position at ``center_us`` when the horn sits as
    the manual says; ``trim`` [rad] corrects the horn. ``min_us`` and ``max_us`` are never left,
    whatever is asked. ``velocity`` [rad/s] and ``acceleration`` [rad/s^2] limit its way.
    """

    channel: int
    center_us: float
    us_per_rad: float
    center: Annotated[float, Within(-6.3, 6.3, "rad")]
    inverted: bool
    trim: float
    min_us: float
    max_us: float
    velocity: float
    acceleration: float

    def pulse(self, position: float) -> float:
        """The pulse [us] for a position [rad] of its joint.

        Within ``min_us`` and ``max_us``.
        """
        return max(
            self.min_us,
            min(self.max_us, self.center_us + self._slope * (position + self.trim - self.center)),
        )

    def position(self, pulse: float) -> float:
        """The joint's position [rad] at a pulse [us].

        The inverse of ``pulse`` within the limits.
        """
        return (pulse - self.center_us) / self._slope - self.trim + self.center

    @property
    def _slope(self) -> float:
        return -self.us_per_rad if self.inverted else self.us_per_rad


@dataclass(frozen=True)
class ServoStart:
    """The servos wake one after another, ``interval`` [s] apart.

    Otherwise the supply browns out. They relax ``relax_after`` [s] idle; 0: never.
    """

    interval: float
    relax_after: float


@dataclass(frozen=True)
class Battery:
    """The ADS7830's channel; volts = raw / 255 * ``reference`` * ``divider``.

    Below ``warn`` [V] it is said, below ``arm`` the arm is refused, below ``stop`` the robot stops.
    """

    address: Annotated[int, Within(0x48, 0x4B)]
    channel: int
    reference: float
    divider: float
    full: Annotated[float, Within(1.0, 60.0, "V")]
    warn: float
    arm: float
    stop: float


@dataclass(frozen=True)
class RangeFinderPins:
    """The HC-SR04's BCM pins.

    It is asked at ``rate`` [Hz], and an echo is waited for ``timeout`` [s].
    """

    trigger: int
    echo: int
    rate: float
    timeout: float


@dataclass(frozen=True)
class CameraSource:
    """The camera, and the servo that carries it.

    ``source``: auto, picamera2, none, a V4L2 device such as /dev/video0, or file:PATH of a film
    that is shown over and over. ``tilt`` names the servo; "" where none does. The robot file's
    camera.pitch is where it is put.
    """

    source: str
    tilt: str = ""


@dataclass(frozen=True)
class Hardware:
    """All that is particular to one board and to one robot's calibration.

    ``also_on_the_bus``: chips that nothing uses but that answer, by name, with their addresses.
    """

    board: str
    robot: Identifier
    i2c: I2c
    pca9685: PwmChip
    motor_ports: dict[Identifier, MotorPort]
    tracks: Tracks
    servos: dict[Identifier, Servo]  # by joint name; the camera's tilt, too
    servo_start: ServoStart
    camera: CameraSource
    battery: Battery | None = None
    range_finder: RangeFinderPins | None = None
    also_on_the_bus: dict[Identifier, Annotated[int, Within(0x08, 0x77)]] = field(
        default_factory=dict
    )
