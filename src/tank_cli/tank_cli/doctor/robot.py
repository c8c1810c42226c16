"""Checks of the robot's own parts.

I2C, board, GPIO, serial console, camera, calibration.
"""

from __future__ import annotations

from typing import Any

from tank_cli.doctor.findings import Check, Findings, fail, ok, warn
from tank_cli.doctor.system import System

REAL, BUS = "pi", "/dev/i2c-1"
# on PyPI: a placeholder without a line of code
EMPTY_LGPIO = "0.0.0.2"
BAD_GPIOZERO = ("2.0.1.post1", "2.0.1.post2")  # lack an import (gpiozero issue 1229)
SERIAL_PINS = (14, 15)
CONSOLES = ("console=serial0", "console=ttyAMA0", "console=ttyS0")
CMDLINES = ("/boot/firmware/cmdline.txt", "/boot/cmdline.txt")


class _Answers:
    """The bus as wires, for which is known who answered."""

    def __init__(self, system: System) -> None:
        self.name = system.wires
        self.i2c = self
        self.there = system.addresses()

    def probe(self, address: int) -> bool:
        return address in self.there


def i2c(system: System) -> Findings:
    """Check the device and the permission; ``board`` looks for the chips."""
    if system.wires != REAL:
        yield ok("i2c", f"a model of the chips at {system.wires}")
    elif not system.glob(BUS):
        yield fail(
            "i2c",
            f"there is no {BUS}",
            "sudo raspi-config nonint do_i2c 0, then restart the Pi (in a container: devices: "
            "[/dev/i2c-1])",
        )
    elif not system.may_use(BUS):
        group = system.group_of(BUS) or "i2c"
        yield fail(
            "i2c",
            f"{system.user} may not use {BUS}",
            f"sudo usermod -aG {group} {system.user}, then log in again",
        )
    else:
        yield ok("i2c", f"{BUS} can be used")


def _board(system: System) -> tuple[str, list[int]]:
    """Its name, and all addresses that answer. Raises BusError."""
    from tank_hw_driver.board.probing import probe_board

    answers: Any = _Answers(system)
    return probe_board(answers), answers.there


def _calibration() -> tuple[dict[str, Any], Any]:
    from tank_hw_driver.hardware import calibration_path, read_calibration

    path = calibration_path()
    return read_calibration(path), path


def board(system: System) -> Findings:
    from tank_hw_driver.bus.base import BusError
    from tank_hw_driver.hardware import load_hardware

    if system.wires == REAL and not system.may_use(BUS):
        return  # told by "i2c"
    try:
        name, there = _board(system)
    except BusError as error:
        yield fail(
            "board",
            str(error),
            "robot off; press the HAT onto all 40 pins, switch it on, look again",
        )
        return
    hardware = load_hardware(name)
    shown = ", ".join(f"{address:#04x}" for address in there)
    wanted = {hardware.pca9685.address: "PCA9685"} | (
        {hardware.battery.address: "battery ADC"} if hardware.battery else {}
    )
    missing = [
        f"{chip} at {address:#04x}" for address, chip in wanted.items() if address not in there
    ]
    if missing:
        yield fail(
            "board",
            f"{name}, but without its {', '.join(missing)}; there are {shown}",
            "robot off; check the HAT's contacts",
        )
    else:
        yield ok("board", f"{name}, at {shown}")


def calibration(system: System) -> Findings:
    from tank_core.exceptions import TankError
    from tank_hw_driver.hardware import load_hardware

    try:
        known, path = _calibration()
        if not known:
            yield warn(
                "calibration",
                f"none at {path}: the board's own values, with their doubts",
                "./tank calibrate motors, then servos, then battery",
            )
            return
        try:
            name = _board(system)[0]
        except TankError:  # told by "board"
            name = str(known.get("board"))
        load_hardware(name, known, str(path))
    except TankError as error:
        yield fail(
            "calibration",
            str(error),
            "mend that key, or put the .bak file back, or calibrate anew: ./tank calibrate motors",
        )
        return
    yield ok("calibration", f"{path} is right for {name}")


def gpio(system: System) -> Findings:
    lgpio, gpiozero = system.version("lgpio"), system.version("gpiozero")
    if lgpio is None:
        yield fail(
            "gpio",
            "no lgpio: gpiozero finds no pins",
            "pip install 'lgpio>=0.2.2.0', or: sudo apt-get install -y python3-lgpio",
        )
    elif lgpio == EMPTY_LGPIO or not system.has("lgpio", "gpiochip_open"):
        yield fail(
            "gpio",
            f"lgpio {lgpio} is the empty placeholder of PyPI",
            "pip install 'lgpio>=0.2.2.0' (Python 3.13: sudo apt-get install -y python3-lgpio)",
        )
    elif gpiozero in BAD_GPIOZERO:
        yield fail(
            "gpio",
            f"gpiozero {gpiozero} fails to import its lgpio factory",
            "pip install gpiozero==2.0.1.post3",
        )
    else:
        yield ok("gpio", f"lgpio {lgpio}, gpiozero {gpiozero}")
    chips = [
        path for pattern in ("/dev/gpiochip*", "/dev/gpiomem") for path in system.glob(pattern)
    ]
    if not chips:
        yield fail(
            "gpio devices",
            "neither /dev/gpiochip* nor /dev/gpiomem",
            "is this a Pi? In a container: devices: [/dev/gpiochip0, /dev/gpiomem]",
        )
    shut = [
        path
        for path in chips
        if path in ("/dev/gpiochip0", "/dev/gpiomem") and not system.may_use(path)
    ]
    for path in shut:
        group = system.group_of(path) or "gpio"
        yield fail(
            "gpio devices",
            f"{system.user} may not use {path}",
            f"sudo usermod -aG {group} {system.user}, then log in again",
        )
    if chips and not shut:
        yield ok("gpio devices", "can be used")


def serial_console(system: System) -> Findings:
    """Check that the serial console is off.

    Motors on GPIO 14 and 15 twitch with every line that the kernel prints there.
    """
    from tank_core.exceptions import TankError
    from tank_hw_driver.hardware import load_hardware

    try:
        ports = load_hardware(_board(system)[0]).motor_ports.values()
    except TankError:  # told by "board"
        return
    pins = [
        pin
        for port in ports
        if port.enable is not None
        for pin in (port.in1, port.in2, port.enable)
    ]
    if not set(SERIAL_PINS) & set(pins):
        yield ok("serial console", "no motor is on its pins")
        return
    texts = [system.read(path) or "" for path in (*CMDLINES, "/proc/cmdline")]
    if any(console in text for text in texts for console in CONSOLES):
        yield fail(
            "serial console",
            "is on GPIO 14 and 15, where this board has a motor",
            "sudo raspi-config nonint do_serial_cons 1, then restart the Pi",
        )
    else:
        yield ok("serial console", "is off")


def camera(system: System) -> Findings:
    picamera, devices = system.version("picamera2"), system.glob("/dev/video*")
    lists = (
        system.run(tool, "--list-cameras", timeout=10.0)
        for tool in ("rpicam-hello", "libcamera-hello")
    )
    listed = next((ran for ran in lists if ran is not None), None)
    seen = listed is not None and "0 :" in listed.text
    if seen and picamera:
        yield ok("camera", f"a ribbon camera, by picamera2 {picamera}")
    elif seen:
        yield warn(
            "camera",
            "a ribbon camera is there, but not picamera2",
            "sudo apt-get install -y python3-picamera2, or see docs/hardware.md, Camera",
        )
    elif listed is None and not devices:
        yield warn(
            "camera",
            "none: neither /dev/video* nor rpicam-hello",
            "robot off, push the ribbon in, contacts down; or connect a USB camera; "
            "docs/hardware.md, Camera",
        )
    elif not devices or (listed is not None and len(devices) > 1 and not _usb(system)):
        yield warn(
            "camera",
            "no camera answers",
            "robot off, push the ribbon in, contacts down; then: rpicam-hello --list-cameras",
        )
    elif not system.may_use(devices[0]):
        group = system.group_of(devices[0]) or "video"
        yield fail(
            "camera",
            f"{system.user} may not use {devices[0]}",
            f"sudo usermod -aG {group} {system.user}, then log in again",
        )
    else:
        yield ok("camera", f"{devices[0]}")


def _usb(system: System) -> bool:
    """Whether a video device hangs on USB.

    The Pi's own codecs are /dev/video*, too.
    """
    names = [system.read(path) or "" for path in system.glob("/sys/class/video4linux/video*/name")]
    return any(
        name
        and not name.startswith("bcm2835")
        and not name.startswith("rpi")
        and "unicam" not in name
        for name in names
    )


CHECKS = (
    Check("i2c", i2c, pc=False),
    Check("board", board, pc=False),
    Check("calibration", calibration, pc=False),
    Check("gpio", gpio, pc=False),
    Check("serial console", serial_console, pc=False),
    Check("camera", camera, pc=False),
)
