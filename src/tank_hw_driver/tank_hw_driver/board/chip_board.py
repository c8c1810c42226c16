"""The part that all boards share.

Servos on a PCA9685, perhaps a battery ADC, and motors that go off when a wire fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tank_hw_driver.board.chips.ads7830 import Ads7830
from tank_hw_driver.board.chips.pca9685 import COUNTS, Pca9685
from tank_hw_driver.bus.base import BusError, Wires
from tank_hw_driver.hardware import Hardware


class ChipBoard:
    """A Board but for its motors.

    After any BusError it has tried to leave them without current.
    """

    def __init__(self, hardware: Hardware, wires: Wires) -> None:
        self.hardware = hardware
        self._wires = wires
        self._pwm = Pca9685(wires.i2c, hardware.pca9685)
        self._adc = Ads7830(wires.i2c, hardware.battery) if hardware.battery else None
        self._open = True

    def motors_off(self) -> None:
        """Leave every motor port without current; the subclass knows how."""
        raise NotImplementedError

    def set_pulses(self, pulses: dict[int, float | None]) -> None:
        with self._safely():
            self._pwm.set(
                {
                    channel: 0 if pulse is None else self._pwm.counts(pulse)
                    for channel, pulse in pulses.items()
                }
            )

    def pulses(self) -> dict[int, float | None]:
        with self._safely():
            found = self._pwm.counts_now(servo.channel for servo in self.hardware.servos.values())
            return {
                channel: self._pwm.pulse(counts) if 0 < counts < COUNTS else None
                for channel, counts in found.items()
            }

    def battery_v(self) -> float | None:
        with self._safely():
            return self._adc.volts() if self._adc else None

    def check(self) -> None:
        with self._safely():
            self._pwm.check()

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        with suppress(BusError):
            self.motors_off()
        with suppress(BusError):
            self._pwm.off(servo.channel for servo in self.hardware.servos.values())
        self._let_go()

    def _let_go(self) -> None:
        """Give back what the motors hold. Never raises."""

    @contextmanager
    def _safely(self) -> Iterator[None]:
        try:
            yield
        except BusError:
            with suppress(BusError):  # the first error says more
                self.motors_off()
            raise


def checked_duties(hardware: Hardware, duties: dict[str, float]) -> dict[str, float]:
    """The duties, when every port is known and every duty is -1 to 1.

    Raises BusError.
    """
    for name, duty in duties.items():
        if name not in hardware.motor_ports:
            raise BusError(
                f"motor port {name!r} is not known; {hardware.board} has "
                f"{', '.join(hardware.motor_ports)}"
            )
        if not -1.0 <= duty <= 1.0:  # not-a-number fails this, too
            raise BusError(f"motor port {name}: duty is {duty:g}; give -1 to 1")
    return duties
