"""Every motor of a board without current, and nothing else: the guardian's hand on the wires. Without numpy, gpiozero and ROS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tank_core.exceptions import RobotFileError
from tank_hw_driver.hardware import Hardware, board_names, find_calibration, load_hardware
from tank_hw_driver.pca9685 import Pca9685
from tank_hw_driver.wires import Wires, open_wires

AUTO = "auto"  # the board that the calibration names, or else the one that is found on the bus


class MotorSwitch:
    """Opens wires, finds the board and reads the calibration when that is first needed, and again after a failure."""

    def __init__(self, wires: str, board: str = AUTO, calibration: str = "", opener: Callable[..., Wires] = open_wires) -> None:
        """``wires`` as for ``open_wires``, ``board`` a name or "auto", ``calibration`` as for ``find_calibration``."""
        self._name, self._board, self._calibration, self._opener = wires, board, calibration, opener
        self._wires: Wires | None = None
        self._hardware: Hardware | None = None

    def off(self) -> None:
        """Motors of every port off, used or not. Raises an exception, TankError if it was foreseen, when not all of them are."""
        try:
            fault = None
            if self._hardware is None:
                hardware, fault = self._find()
            else:
                hardware = self._hardware
            switch_off(hardware, self._open(hardware.i2c.bus, hardware.i2c.timeout))
            if fault is not None:
                raise fault
            self._hardware = hardware
        except Exception:
            self.close()  # a bus that was away, or a chip model that was started anew, is there again only when it is opened again
            raise

    def close(self) -> None:
        """Let go of the wires. Idempotent; never raises."""
        if self._wires is not None:
            self._wires.close()
        self._wires = None

    def _open(self, *bus: float) -> Wires:
        if self._wires is None:
            self._wires = self._opener(self._name, *bus)
        return self._wires

    def _find(self) -> tuple[Hardware, RobotFileError | None]:
        """The board's hardware, and what is wrong with the calibration: a typo there must not leave a motor running."""
        data: dict[str, Any] = {}
        where, fault = "calibration", None
        try:
            data, where = find_calibration(self._calibration)
        except RobotFileError as error:
            fault = error
        board = data.get("board") if self._board == AUTO else self._board
        if board is None or (self._board == AUTO and board not in board_names()):
            from tank_hw_driver.probing import probe_board

            board = probe_board(self._open())
        try:
            return load_hardware(board, data, where), fault
        except RobotFileError as error:
            return load_hardware(board), error


def switch_off(hardware: Hardware, wires: Wires) -> None:
    """Every port off. Raises BusError.

    A port's two inputs change together: a motor that is braked, both high, would run at full duty while only one of them is off.
    """
    ports = hardware.motor_ports.values()
    bridges = [port for port in ports if port.enable is not None]
    if bridges:
        enables = [port.enable for port in bridges if port.enable is not None]
        wires.drive_low((*enables, *(pin for port in bridges for pin in (port.in1, port.in2))))
    Pca9685(wires.i2c, hardware.pca9685).off([channel for port in ports if port.enable is None for channel in (port.in1, port.in2)])
