"""What the backend asks of a board.

Motors, servos and battery by port and channel, nothing else.
"""

from __future__ import annotations

from typing import Protocol

from tank_hw_driver.bus.base import Wires
from tank_hw_driver.hardware import Hardware


class Board(Protocol):
    """The one owner of its chips.

    Not thread-safe. Every method but ``close`` raises BusError.
    """

    hardware: Hardware

    def start(self) -> None:
        """Make the chips ready, the motors first and off.

        The frequency is set here and never again. Servos stay as they are.
        """
        ...

    def set_motors(self, duties: dict[str, float]) -> None:
        """Duties -1 to 1 by motor port.

        0 coasts, or brakes where the hardware file says so. Ports not named keep theirs.
        """
        ...

    def motors_off(self) -> None:
        """Every motor port without current, used or not."""
        ...

    def set_pulses(self, pulses: dict[int, float | None]) -> None:
        """Pulse lengths [us] by PCA9685 channel.

        None: no pulses, the servo is free.
        """
        ...

    def pulses(self) -> dict[int, float | None]:
        """What the chip sends to each servo now [us] by channel, as after ``start``: it may have
        outlived a driver; None: no pulses.
        """
        ...

    def battery_v(self) -> float | None:
        """One raw reading [V]; None where the board has no ADC."""
        ...

    def check(self) -> None:
        """Raises BusError when the chip has lost its settings (oscillator off, registers at
        default): it was reset.
        """
        ...

    def close(self) -> None:
        """Motors off, servos free, pins let go. Idempotent; never raises."""
        ...


def open_board(hardware: Hardware, wires: Wires) -> Board:
    """The board of a hardware description, not yet started."""
    if any(port.enable is not None for port in hardware.motor_ports.values()):
        from tank_hw_driver.board.gpio_board import GpioBoard

        return GpioBoard(hardware, wires)
    from tank_hw_driver.board.pwm_board import PwmBoard

    return PwmBoard(hardware, wires)
