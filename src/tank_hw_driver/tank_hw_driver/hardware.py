"""The wiring of a robot: a YAML file a board, and its calibration over it.

Without numpy and ROS: the guardian reads it, too. ``boards/NAME.yaml`` holds what the vendor's
documents say of a board; a calibration file has the same keys, only those that differ::

    board: robot_hat_v3
    tracks: {left: {inverted: true, dead_band: 0.31}}
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from tank_core.exceptions import ConfigFileError
from tank_core.io.config_file import Within, Word, build, faults_as, laid_over
from tank_core.io.one_line import one_line
from tank_core.io.yaml_files import read_text, read_yaml

# not importlib.resources, which costs the guardian a megabyte
BOARDS = Path(__file__).with_name("boards")
PWM_CHANNELS = 16  # of a PCA9685
BCM_PINS = 28  # GPIO 0 to 27 are on the header
CALIBRATION = Path("tank") / "rasptank.yaml"  # in $XDG_CONFIG_HOME
AIR_C = 20.0  # [degrees Celsius] that the range finder is reckoned with
# [m/s] in dry air, an ideal gas; 1 % wrong for every 5.6 degrees more or less
SPEED_OF_SOUND = 331.3 * math.sqrt(1.0 + AIR_C / 273.15)
UNCALIBRATED = "none"  # said instead of a calibration file: the board's own values


Name = Annotated[str, Word()]


class BoardFileError(ConfigFileError):
    """A board or a robot's calibration that is missing, unreadable or wrong."""


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
    robot: Name
    i2c: I2c
    pca9685: PwmChip
    motor_ports: dict[Name, MotorPort]
    tracks: Tracks
    servos: dict[Name, Servo]  # by joint name; the camera's tilt, too
    servo_start: ServoStart
    camera: CameraSource
    battery: Battery | None = None
    range_finder: RangeFinderPins | None = None
    also_on_the_bus: dict[Name, Annotated[int, Within(0x08, 0x77)]] = field(default_factory=dict)


def board_names() -> list[str]:
    """The boards that Tank knows."""
    return sorted(path.stem for path in BOARDS.glob("*.yaml"))


def calibration_path() -> Path:
    """The place of this robot's calibration, which need not exist.

    $TANK_CALIBRATION, else ~/.config/tank/rasptank.yaml (XDG).
    """
    given = os.environ.get("TANK_CALIBRATION")
    config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(given) if given else Path(config) / CALIBRATION


def find_calibration(choice: str) -> tuple[dict[str, Any], str]:
    """The data of a calibration file, and what it is.

    ``choice`` is a path, "" for ``calibration_path()``, or "none". Raises BoardFileError.
    """
    if choice == UNCALIBRATED:
        return {}, "no calibration"
    path = Path(choice).expanduser() if choice else calibration_path()
    if choice and not path.is_file():
        raise BoardFileError(
            f"calibration file {path} does not exist; ./tank calibrate motors makes one, "
            f"{UNCALIBRATED} does without"
        )
    return read_calibration(path), str(path)


@faults_as(BoardFileError)
def read_calibration(path: Path) -> dict[str, Any]:
    """The plain data of a calibration file; {} where there is none.

    Raises BoardFileError.
    """
    if not path.exists():
        return {}
    data = read_yaml(read_text(path, "calibration file", "mend it, or delete it"), str(path))
    if data is not None and not isinstance(data, dict):
        given = type(data).__name__
        raise BoardFileError(
            f"{one_line(path)}: {given} is not a mapping; give keys as in boards/NAME.yaml, or "
            "delete the file"
        )
    return data or {}


@faults_as(BoardFileError)
def load_hardware(
    board: str, calibration: Mapping[str, Any] | None = None, where: str = "calibration"
) -> Hardware:
    """A board's own values with a calibration (plain data) laid over them.

    Raises BoardFileError that names file, key and cure.
    """
    if board not in board_names():
        raise BoardFileError(f"board {board!r} is not known; say one of {', '.join(board_names())}")
    given = dict(calibration or {})
    if given.get("board", board) != board:
        raise BoardFileError(
            f"{where}: it is for the board {given['board']!r}, and the robot has {board!r}; "
            "calibrate anew or name another file"
        )
    text = (BOARDS / f"{board}.yaml").read_text(encoding="utf-8")
    # keys that are not known stay in, so that ``build`` refuses them
    merged = laid_over(read_yaml(text, f"{board}.yaml"), given)
    hardware: Hardware = build(Hardware, merged, where if given else f"{board}.yaml")
    for fault in _faults(hardware):
        raise BoardFileError(f"{where if given else f'{board}.yaml'}: {fault}")
    return hardware


def _faults(hardware: Hardware) -> Iterator[str]:
    """Sentences on all that types alone do not say."""
    yield from _motor_faults(hardware)
    yield from _servo_faults(hardware)
    chip, battery, finder = hardware.pca9685, hardware.battery, hardware.range_finder
    if not 0x40 <= chip.address <= 0x7F:
        yield f"pca9685: address is {chip.address:#x}; a PCA9685 has 0x40 to 0x7f"
    if not 24.0 <= chip.frequency <= 1526.0:
        yield f"pca9685: frequency is {chip.frequency:g}; the chip makes 24 to 1526 Hz"
    if not 20e6 <= chip.oscillator <= 30e6:
        yield f"pca9685: oscillator is {chip.oscillator:g}; it is near 25e6 Hz (20e6 to 30e6)"
    if not 0.005 <= hardware.i2c.timeout <= 1.0:
        yield f"i2c: timeout is {hardware.i2c.timeout:g}; give 0.005 to 1 s"
    if battery is not None:
        if not 0 < battery.stop < battery.arm < battery.warn < battery.full:
            steps = (
                f"stop {battery.stop:g}, arm {battery.arm:g}, warn {battery.warn:g}, full "
                f"{battery.full:g}"
            )
            yield f"battery: {steps} V must rise in this order"
        if not (
            1.0 <= battery.reference <= 6.0
            and 1.0 <= battery.divider <= 20.0
            and 0 <= battery.channel <= 7
        ):
            yield "battery: reference must be 1 to 6 V, divider 1 to 20, channel 0 to 7"
    if finder is not None:
        if finder.trigger == finder.echo:
            yield f"range_finder: trigger and echo are both {finder.trigger}; give each its own pin"
        for name, pin in (("trigger", finder.trigger), ("echo", finder.echo)):
            if not 0 <= pin < BCM_PINS:
                yield f"range_finder: {name} is {pin}; BCM pins are 0 to {BCM_PINS - 1}"
        if not (1.0 <= finder.rate <= 40.0 and 0.005 <= finder.timeout <= 0.2):
            yield "range_finder: rate must be 1 to 40 Hz, timeout 0.005 to 0.2 s"


def _motor_faults(hardware: Hardware) -> Iterator[str]:
    tracks = hardware.tracks
    for name, port in hardware.motor_ports.items():
        top = PWM_CHANNELS if port.enable is None else BCM_PINS
        for key in ("in1", "in2", "enable"):
            number = getattr(port, key)
            if number is not None and not 0 <= number < top:
                yield f"motor_ports: {name}: {key} is {number}; give 0 to {top - 1}"
        if port.in1 == port.in2:
            yield f"motor_ports: {name}: in1 and in2 are both {port.in1}; give each its own"
    for side, track in (("left", tracks.left), ("right", tracks.right)):
        if track.port not in hardware.motor_ports:
            yield (
                f"tracks: {side}: port {track.port!r} is not known; this board has "
                f"{', '.join(hardware.motor_ports)}"
            )
        if not 0.0 <= track.dead_band < 0.95:
            yield f"tracks: {side}: dead_band is {track.dead_band:g}; give 0 to 0.95 of full duty"
        if not 0.02 <= track.full_speed <= 3.0:
            yield f"tracks: {side}: full_speed is {track.full_speed:g}; give 0.02 to 3 m/s"
    if tracks.left.port == tracks.right.port:
        yield f"tracks: left and right both have port {tracks.left.port}; give each its own"
    if not 0.5 <= tracks.slew <= 100.0:
        yield f"tracks: slew is {tracks.slew:g}; give 0.5 to 100 full duties a second"
    if not 0.5 <= tracks.separation_multiplier <= 5.0:
        yield f"tracks: separation_multiplier is {tracks.separation_multiplier:g}; give 0.5 to 5"
    if not 20.0 <= tracks.pwm_frequency <= 10_000.0:
        yield f"tracks: pwm_frequency is {tracks.pwm_frequency:g}; give 20 to 10000 Hz"


def _servo_faults(hardware: Hardware) -> Iterator[str]:
    used: dict[int, str] = {}
    for name, port in hardware.motor_ports.items():
        if port.enable is None and name in (hardware.tracks.left.port, hardware.tracks.right.port):
            used |= {port.in1: f"motor port {name}", port.in2: f"motor port {name}"}
    for name, servo in hardware.servos.items():
        where = f"servos: {name}:"
        if not 0 <= servo.channel < PWM_CHANNELS:
            yield f"{where} channel is {servo.channel}; the PCA9685 has 0 to {PWM_CHANNELS - 1}"
        if servo.channel in used:
            yield (
                f"{where} channel {servo.channel} is taken by {used[servo.channel]}; give each "
                "its own"
            )
        used[servo.channel] = name
        if not 300.0 <= servo.min_us < servo.max_us <= 2700.0:
            yield (
                f"{where} min_us {servo.min_us:g} and max_us {servo.max_us:g} must be 300 to "
                "2700 us, the first the smaller"
            )
        if not servo.min_us <= servo.center_us <= servo.max_us:
            yield (
                f"{where} center_us {servo.center_us:g} is outside min_us {servo.min_us:g} to "
                f"max_us {servo.max_us:g}"
            )
        for key, low, high in (
            ("us_per_rad", 200.0, 1500.0),
            ("velocity", 0.05, 20.0),
            ("acceleration", 0.1, 500.0),
            ("trim", -1.0, 1.0),
        ):
            if not low <= getattr(servo, key) <= high:
                yield f"{where} {key} is {getattr(servo, key):g}; give {low:g} to {high:g}"
    tilt = hardware.camera.tilt
    if tilt and tilt not in hardware.servos:
        yield f"camera: tilt {tilt!r} is no servo; there are {', '.join(hardware.servos)}"
    if not (
        0.0 <= hardware.servo_start.interval <= 5.0
        and 0.0 <= hardware.servo_start.relax_after <= 3600.0
    ):
        yield "servo_start: interval must be 0 to 5 s, relax_after 0 to 3600 s"
