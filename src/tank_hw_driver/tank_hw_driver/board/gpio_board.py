"""A board whose H-bridges hang on GPIO pins (Motor HAT, RaspTank Pro).

Direction on two pins, software PWM on the third.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tank_hw_driver.board.chip_board import ChipBoard, checked_duties
from tank_hw_driver.bus.base import BusError, Wires
from tank_hw_driver.hardware import Hardware, MotorPort

CYCLES = 2  # of PWM, to wait for a new duty: lgpio's sender takes it when the cycle has ended


@dataclass(frozen=True)
class _Bridge:
    """gpiozero's devices on the pins of one port."""

    in1: Any
    in2: Any
    enable: Any

    @property
    def levels(self) -> tuple[bool, bool]:
        return bool(self.in1.value), bool(self.in2.value)

    def close(self) -> None:
        for device in (self.enable, self.in1, self.in2):
            device.close()


class GpioBoard(ChipBoard):
    """Motors on GPIO pins, which are claimed at ``start``.

    Before it, ``motors_off`` drives them low as the guardian does.
    """

    def __init__(self, hardware: Hardware, wires: Wires) -> None:
        super().__init__(hardware, wires)
        self._bridges: dict[str, _Bridge] = {}
        self._pins = tuple(
            pin
            for port in hardware.motor_ports.values()
            for pin in (port.enable, port.in1, port.in2)
            if pin is not None
        )

    def start(self) -> None:
        with self._safely():
            self.motors_off()
            if not self._bridges:
                self._claim()
            self._pwm.start(())

    def set_motors(self, duties: dict[str, float]) -> None:
        with self._safely():
            checked = checked_duties(self.hardware, duties)
            for name in checked:
                if name not in self._bridges:
                    raise BusError(f"motor port {name} is not started; call start() first")
            self._drive(checked, self.hardware.tracks.brake)

    def motors_off(self) -> None:
        if not self._bridges:
            self._wires.drive_low(self._pins)
            return
        try:
            self._drive(dict.fromkeys(self._bridges, 0.0), brake=False)
        except BusError:
            self._wires.drive_low(self._pins)  # the other way to the same end

    def _drive(self, duties: dict[str, float], brake: bool) -> None:
        """Set the bridges, each off while its direction changes.

        So no state in between drives the motor.
        """
        shorted = {name for name, duty in duties.items() if duty == 0.0 and brake}
        levels = {
            name: (duty > 0 or name in shorted, duty < 0 or name in shorted)
            for name, duty in duties.items()
        }
        turning = [name for name in duties if levels[name] != self._bridges[name].levels]
        for name in turning:
            self._bridges[name].enable.value = 0.0
        if turning:
            time.sleep(CYCLES / self.hardware.tracks.pwm_frequency)
        for name in turning:
            self._bridges[name].in1.value, self._bridges[name].in2.value = levels[name]
        for name, duty in duties.items():
            self._bridges[name].enable.value = 1.0 if name in shorted else abs(duty)

    def _claim(self) -> None:
        """Claim all ports' pins, or none."""
        try:
            for name, port in self.hardware.motor_ports.items():
                self._bridges[name] = self._bridge(port)
        except BusError:
            self._let_go()
            raise

    def _bridge(self, port: MotorPort) -> _Bridge:
        from gpiozero import DigitalOutputDevice, PWMOutputDevice

        factory = self._wires.pin_factory()
        made: list[Any] = []
        try:
            made.append(
                PWMOutputDevice(
                    port.enable, frequency=self.hardware.tracks.pwm_frequency, pin_factory=factory
                )
            )
            made.extend(
                DigitalOutputDevice(pin, pin_factory=factory) for pin in (port.in1, port.in2)
            )
        except BusError:
            for device in made:
                device.close()
            raise
        return _Bridge(enable=made[0], in1=made[1], in2=made[2])

    def _let_go(self) -> None:
        bridges, self._bridges = self._bridges, {}
        for bridge in bridges.values():
            with suppress(BusError):
                bridge.close()
