"""The contract of a board: motors, servos and battery by port and channel."""

from __future__ import annotations

from typing import Protocol

from tank_hw_driver.bus.base import Wires
from tank_hw_driver.hardware import Hardware


class Board(Protocol):
    """The one owner of a board's chips, in the terms of its motors and servos.

    Not thread-safe. Every method but ``close`` raises BusError, which names what does not answer
    and the cure; the motors are then off, or could not be told.

        with closing(open_wires("mock")) as wires, closing(open_board(hardware, wires)) as board:
            board.start()
            board.set_motors({"M1": 0.5, "M2": 0.5})
    """

    hardware: Hardware

    def start(self) -> None:
        """Make the chips ready, the motors first and off.

        The frequency is set here and never again. Servos stay as they are.
        """
        ...

    def set_motors(self, duties: dict[str, float]) -> None:
        """Set duties -1 to 1 by motor port.

        0 coasts, or brakes where the hardware file says so. Ports not named keep theirs.
        """
        ...

    def motors_off(self) -> None:
        """Leave every motor port without current, used or not."""
        ...

    def set_pulses(self, pulses: dict[int, float | None]) -> None:
        """Set pulse lengths [us] by PCA9685 channel.

        None: no pulses, the servo is free.
        """
        ...

    def pulses(self) -> dict[int, float | None]:
        """The pulse [us] that the chip sends to each servo now, by channel.

        It may have outlived a driver, so there may be some right after ``start``. None: no pulses.
        """
        ...

    def battery_v(self) -> float | None:
        """A raw reading of the battery [V]; None where the board has no ADC."""
        ...

    def check(self) -> None:
        """Ask the chip whether it has lost its settings.

        Raises BusError where it was reset: oscillator off, registers at their defaults.
        """
        ...

    def close(self) -> None:
        """Turn the motors off, free the servos and let go of the pins.

        Idempotent; never raises.
        """
        ...


def open_board(hardware: Hardware, wires: Wires) -> Board:
    """The board of a hardware description, not yet started."""
    if any(port.enable is not None for port in hardware.motor_ports.values()):
        from tank_hw_driver.board.gpio_board import GpioBoard

        return GpioBoard(hardware, wires)
    from tank_hw_driver.board.pwm_board import PwmBoard

    return PwmBoard(hardware, wires)
