"""A board whose H-bridges hang on GPIO pins (Motor HAT, RaspTank Pro): direction on two pins, software PWM on the third."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tank_hw_driver.chip_board import ChipBoard, checked_duties
from tank_hw_driver.hardware import Hardware, MotorPort
from tank_hw_driver.wires import BusError, Wires


@dataclass(frozen=True)
class _Bridge:
    """gpiozero's devices on the pins of one port."""

    in1: Any
    in2: Any
    enable: Any

    def drive(self, duty: float, brake: bool) -> None:
        """Where the direction changes the bridge is off meanwhile, so that no state in between drives the motor."""
        shorted = duty == 0.0 and brake
        first, second = duty > 0 or shorted, duty < 0 or shorted
        if (first, second) != (bool(self.in1.value), bool(self.in2.value)):
            self.enable.value = 0.0
            self.in1.value, self.in2.value = first, second
        self.enable.value = 1.0 if shorted else abs(duty)

    def close(self) -> None:
        for device in (self.enable, self.in1, self.in2):
            device.close()


class GpioBoard(ChipBoard):
    """The pins are claimed at ``start``; before it, ``motors_off`` drives them low as the guardian does."""

    def __init__(self, hardware: Hardware, wires: Wires) -> None:
        super().__init__(hardware, wires)
        self._bridges: dict[str, _Bridge] = {}
        self._pins = tuple(pin for port in hardware.motor_ports.values() for pin in (port.enable, port.in1, port.in2) if pin is not None)

    def start(self) -> None:
        with self._safely():
            self.motors_off()
            if not self._bridges:
                self._claim()
            self._pwm.start(())

    def set_motors(self, duties: dict[str, float]) -> None:
        with self._safely():
            for name, duty in checked_duties(self.hardware, duties).items():
                if name not in self._bridges:
                    raise BusError(f"motor port {name} is not started; call start() first")
                self._bridges[name].drive(duty, self.hardware.tracks.brake)

    def motors_off(self) -> None:
        if not self._bridges:
            self._wires.drive_low(self._pins)
            return
        try:
            for bridge in self._bridges.values():
                bridge.drive(0.0, brake=False)
        except BusError:
            self._wires.drive_low(self._pins)  # the other way to the same end

    def _claim(self) -> None:
        """All ports' pins, or none."""
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
            made.append(PWMOutputDevice(port.enable, frequency=self.hardware.tracks.pwm_frequency, pin_factory=factory))
            made.extend(DigitalOutputDevice(pin, pin_factory=factory) for pin in (port.in1, port.in2))
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
