"""The Raspberry Pi's own wires.

/dev/i2c-N by smbus2, pins by gpiozero on lgpio, and /dev/gpiomem for pins that must be low now.

Sources: Linux Documentation/i2c/dev-interface (ioctl I2C_RETRIES, I2C_TIMEOUT in units of 10 ms);
Broadcom, BCM2835 ARM Peripherals, 6.1 (GPFSELn, GPCLR0), which is right up to the Pi 4.
"""

from __future__ import annotations

import fcntl
import math
import mmap
import os
from pathlib import Path
from typing import Any

from smbus2 import SMBus, i2c_msg

from tank_core.io.one_line import one_line
from tank_hw_driver.bus.base import REAL, BusError, I2cBus
from tank_hw_driver.bus.faults import CheckedBus, gpio_busy

I2C_RETRIES, I2C_TIMEOUT = 0x0701, 0x0702
# GPFSEL0 is at 0; ten pins of three bits each in a register; 001 is output
GPCLR0, BLOCK_SIZE = 0x28, 4096
OUTPUT = 0b001


class PiWires:
    """The Pi's I2C bus and pins, each opened at its first use.

    So pins can be driven low where there is no I2C.
    """

    name = REAL

    def __init__(self, bus: int = 1, timeout: float = 0.05, dev: Path = Path("/dev")) -> None:
        """``bus`` is N of /dev/i2c-N, ``dev`` the folder of devices.

        ``timeout`` [s] is the longest that a transfer takes.
        """
        self._dev = dev
        self.i2c: I2cBus = CheckedBus(
            _LazyI2c(dev / f"i2c-{bus}", timeout), str(dev / f"i2c-{bus}"), timeout
        )
        self._factory: Any = None

    def pin_factory(self) -> Any:
        if self._factory is None:
            self._factory = _open_factory(self._dev)
        return self._factory

    def drive_low(self, pins: tuple[int, ...]) -> None:
        gpiomem = self._dev / "gpiomem"
        if gpiomem.exists():
            _clear(gpiomem, pins)
        else:
            # a Pi 5 has its pins on another chip (RP1); there the kernel does it, for lines that
            # nobody else holds
            _claim_low(self._dev, pins)

    def close(self) -> None:
        self.i2c.close()
        if self._factory is not None:
            self._factory.close()
            self._factory = None


class _LazyI2c:
    """An I2C bus that is opened at its first transfer.

    And again at the next one when that failed, with BusError.
    """

    def __init__(self, path: Path, timeout: float) -> None:
        self._path, self._timeout = path, timeout
        self._raw: _RawI2c | None = None
        self._closed = False

    def i2c_write(self, address: int, data: bytes) -> None:
        self._open().i2c_write(address, data)

    def i2c_read(self, address: int, register: int | None, count: int) -> bytes:
        return self._open().i2c_read(address, register, count)

    def _open(self) -> _RawI2c:
        if self._closed:
            raise OSError("it was closed")
        if self._raw is None:
            self._raw = _open_i2c(self._path, self._timeout)
        return self._raw

    def close(self) -> None:
        self._closed = True
        if self._raw is not None:
            self._raw.close()


class _RawI2c:
    """An I2C bus of smbus2, in the operating system's terms.

    One transfer is one ioctl, so that nothing comes in between.
    """

    def __init__(self, path: Path, timeout: float) -> None:
        self._bus = SMBus(str(path))
        assert self._bus.fd is not None
        try:
            fcntl.ioctl(self._bus.fd, I2C_TIMEOUT, max(1, math.ceil(timeout * 100)))
            fcntl.ioctl(self._bus.fd, I2C_RETRIES, 0)
        except OSError:
            self._bus.close()
            raise

    def i2c_write(self, address: int, data: bytes) -> None:
        self._send(i2c_msg.write(address, data))

    def i2c_read(self, address: int, register: int | None, count: int) -> bytes:
        answer = i2c_msg.read(address, count)
        self._send(*([] if register is None else [i2c_msg.write(address, [register])]), answer)
        return bytes(answer)

    def _send(self, *messages: i2c_msg) -> None:
        if self._bus.fd is None:
            raise OSError("it was closed")
        self._bus.i2c_rdwr(*messages)

    def close(self) -> None:
        self._bus.close()


def _open_i2c(path: Path, timeout: float) -> _RawI2c:
    try:
        return _RawI2c(path, timeout)
    except FileNotFoundError:
        cure = (
            "put dtparam=i2c_arm=on into /boot/firmware/config.txt (or: sudo raspi-config "
            "nonint do_i2c 0) and restart"
        )
        raise BusError(f"there is no I2C bus {path}; {cure}; on a PC use --mock") from None
    except PermissionError:
        raise BusError(f"no permission for the I2C bus {path}; {_join_group('i2c')}") from None
    except OSError as error:
        raise BusError(
            f"the I2C bus {path} cannot be opened: {error.strerror or error}; run ./tank doctor"
        ) from error


def _join_group(group: str) -> str:
    return f"join its group: sudo usermod -aG {group} $USER, then log in again"


def _clear(gpiomem: Path, pins: tuple[int, ...]) -> None:
    """Drive pins low, then make them outputs.

    Both are single 32-bit stores, past whoever holds the lines.
    """
    try:
        with (
            gpiomem.open("r+b", buffering=0) as file,
            mmap.mmap(file.fileno(), BLOCK_SIZE) as block,
            memoryview(block) as octets,
            octets.cast("I") as registers,
        ):
            registers[GPCLR0 // 4] = sum(1 << pin for pin in set(pins))
            for pin in pins:
                register, shift = pin // 10, pin % 10 * 3
                registers[register] = registers[register] & ~(0b111 << shift) | OUTPUT << shift
    except PermissionError:
        raise BusError(f"no permission for {gpiomem}; {_join_group('gpio')}") from None
    except (OSError, ValueError) as error:
        raise BusError(
            f"GPIO pins {pins} cannot be driven low by {gpiomem}: {error}; run ./tank doctor"
        ) from error


def _lgpio() -> Any:
    """The module lgpio, not the empty stub of that name.

    Raises BusError.
    """
    cure = "install it: sudo apt install python3-lgpio, or pip install lgpio==0.2.2.0"
    try:
        import lgpio
    except ImportError:
        raise BusError(f"the library lgpio for the GPIO pins is missing; {cure}") from None
    if not hasattr(lgpio, "gpiochip_open"):
        raise BusError(
            f"the installed lgpio is the empty stub of PyPI (it has no gpiochip_open); {cure}"
        )
    return lgpio


def _chip(dev: Path) -> int:
    """N of the header's /dev/gpiochipN. Raises BusError."""
    # a Pi 5 with a kernel before 6.6.45 has it at 4
    number = 4 if (dev / "gpiochip4").exists() else 0
    path = dev / f"gpiochip{number}"
    if not path.exists():
        raise BusError(
            f"there are no GPIO pins here (no {dev / 'gpiomem'}, no {path}); is this a Raspberry "
            "Pi? On a PC use --mock"
        )
    if not os.access(path, os.R_OK | os.W_OK):
        raise BusError(f"no permission for the GPIO pins ({path}); {_join_group('gpio')}")
    return number


def _open_factory(dev: Path) -> Any:
    lgpio, chip = _lgpio(), _chip(dev)
    from gpiozero.exc import GPIOZeroError

    from tank_hw_driver.bus.pi_pins import PiFactory

    try:
        return PiFactory(chip)
    except (lgpio.error, GPIOZeroError, OSError) as error:
        raise BusError(
            f"the GPIO pins cannot be opened: {one_line(error)}; run ./tank doctor"
        ) from error


def _claim_low(dev: Path, pins: tuple[int, ...]) -> None:
    lgpio, chip = _lgpio(), _chip(dev)
    try:
        handle = lgpio.gpiochip_open(chip)
    except lgpio.error as error:
        raise BusError(f"the GPIO pins cannot be opened: {error}; run ./tank doctor") from error
    try:
        for pin in pins:
            try:
                lgpio.gpio_claim_output(handle, pin, 0)
            except lgpio.error as error:
                raise gpio_busy(pin, lgpio.gpio_get_line_info(handle, pin)[4]) from error
    finally:
        lgpio.gpiochip_close(handle)
