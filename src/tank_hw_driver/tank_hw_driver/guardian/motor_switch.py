"""Turns off every motor of a board, and does nothing else.

The guardian's hand on the wires. Without numpy, gpiozero and ROS.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any
from zlib import crc32

from tank_hw_driver.board.chips.pca9685 import Pca9685
from tank_hw_driver.bus.base import BusError, Wires
from tank_hw_driver.bus.open import open_wires
from tank_hw_driver.hardware import (
    BoardFileError,
    Hardware,
    board_names,
    find_calibration,
    load_hardware,
)

AUTO = "auto"  # the board that the calibration names, or else the one that is found on the bus


class MotorSwitch:
    """Turns the motors off, and finds out by itself which board there is.

    It opens wires, finds the board and reads the calibration when that is first needed, and again
    after a failure.
    """

    def __init__(
        self,
        wires: str,
        board: str = AUTO,
        calibration: str = "",
        opener: Callable[..., Wires] = open_wires,
    ) -> None:
        """``wires`` as for ``open_wires``, ``board`` a name or "auto".

        ``calibration`` as for ``find_calibration``.
        """
        self._name, self._board, self._calibration, self._opener = wires, board, calibration, opener
        self._wires: Wires | None = None
        self._bus = (0, 0.0)  # number and time-out that the wires were opened with
        self._hardware: Hardware | None = None
        self._sure = False  # the hardware is still what was found

    def off(self, anew: bool = False) -> str:
        """Turn off the motors of every port, used or not.

        Returns their name as of ``guards_of``. ``anew``: look for board and calibration again.
        Raises an exception, TankError if it was foreseen, when not all of them are off.
        """
        self._sure = self._sure and not anew
        try:
            hardware, fault = self._hardware, None
            if not self._sure or hardware is None:
                if hardware is not None:
                    # first what it was; whether it still is comes out below
                    with suppress(Exception):
                        self._switch_off(hardware)
                hardware, fault = self._find()
            guards = self._switch_off(hardware)
            if fault is not None:
                raise fault
            self._hardware, self._sure = hardware, True
            return guards
        except Exception:
            # a bus that was away, or a chip model that was started anew, is there again only when
            # it is opened again
            self.close()
            raise

    def close(self) -> None:
        """Let go of the wires. Idempotent; never raises."""
        if self._wires is not None:
            self._wires.close()
        self._wires = None

    def _switch_off(self, hardware: Hardware) -> str:
        wires = self._open(hardware.i2c.bus, hardware.i2c.timeout)
        switch_off(hardware, wires)
        return guards_of(hardware, wires.name)

    def _open(self, bus: int = 1, timeout: float = 0.05) -> Wires:
        if self._bus != (bus, timeout):
            self.close()
        if self._wires is None:
            self._wires, self._bus = self._opener(self._name, bus, timeout), (bus, timeout)
        return self._wires

    def _find(self) -> tuple[Hardware, BoardFileError | None]:
        """The board's hardware, and what is wrong with the calibration.

        A typo there must not leave a motor running.
        """
        data: dict[str, Any] = {}
        where, fault = "calibration", None
        try:
            data, where = find_calibration(self._calibration)
        except BoardFileError as error:
            fault = error
        board = data.get("board") if self._board == AUTO else self._board
        if board is None or (self._board == AUTO and board not in board_names()):
            from tank_hw_driver.board.probing import probe_board

            wires = self._open()
            try:
                board = probe_board(wires)
            except BusError:  # no Robot HAT V3 answers, which uses these pins otherwise
                with suppress(BusError):  # the first error says more
                    wires.drive_low(_enables())
                raise
        try:
            return load_hardware(board, data, where), fault
        except BoardFileError as error:
            return load_hardware(board), error


def guards_of(hardware: Hardware, wires: str) -> str:
    """A word for these motors on these wires (``Wires.name``).

    A guardian and a driver that say the same mean the same.
    """
    address, ports = hardware.pca9685.address, sorted(hardware.motor_ports.items())
    return f"{hardware.board}/{crc32(repr((wires, hardware.i2c.bus, address, ports)).encode()):08x}"


@cache
def _enables() -> tuple[int, ...]:
    """The pins that free the motors of every board that has them on pins."""
    ports = [port for board in board_names() for port in load_hardware(board).motor_ports.values()]
    return tuple(sorted({port.enable for port in ports if port.enable is not None}))


def switch_off(hardware: Hardware, wires: Wires) -> None:
    """Turn off every port's motor.

    A port's two inputs change together: a motor that is braked, both high, would run at full duty
    while only one of them is off. Raises BusError, also where the pins are low and the board is not
    there: then it is another one that drives.
    """
    ports = hardware.motor_ports.values()
    bridges = [port for port in ports if port.enable is not None]
    if bridges:
        enables = [port.enable for port in bridges if port.enable is not None]
        wires.drive_low((*enables, *(pin for port in bridges for pin in (port.in1, port.in2))))
        if not wires.i2c.probe(hardware.pca9685.address):
            raise BusError(
                f"the board {hardware.board} is not there: nothing answers at "
                f"{hardware.pca9685.address:#04x} on {wires.name}; "
                "switch it on, or start guardian and driver with the board that is: "
                f"{', '.join(board_names())}"
            )
    Pca9685(wires.i2c, hardware.pca9685).off(
        [channel for port in ports if port.enable is None for channel in (port.in1, port.in2)]
    )
