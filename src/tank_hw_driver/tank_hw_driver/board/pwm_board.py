"""A board whose H-bridges hang on the PCA9685 (Robot HAT V3: TB6612).

In motion one input is on throughout and the other for 1 - duty of the cycle, so the bridge changes
between driving and shorting the motor (slow decay). At the chip's 50 Hz this makes the speed nearly
proportional to the duty. Coasting between the pulses instead, a light motor would run nearly at
full speed from a small duty on, and dead reckoning needs the proportion. The vendor's code does the
same.
"""

from __future__ import annotations

from tank_hw_driver.board.chip_board import ChipBoard, checked_duties
from tank_hw_driver.board.chips.pca9685 import COUNTS
from tank_hw_driver.bus.base import Wires
from tank_hw_driver.hardware import Hardware


class PwmBoard(ChipBoard):
    """Motors on the PCA9685, both tracks changed together.

    A change is one transfer where the motors' channels are neighbors.
    """

    def __init__(self, hardware: Hardware, wires: Wires) -> None:
        super().__init__(hardware, wires)
        servos = {servo.channel for servo in hardware.servos.values()}
        inputs = {
            channel for port in hardware.motor_ports.values() for channel in (port.in1, port.in2)
        }
        # a servo may sit on the channel of a port that no track uses
        self._channels = sorted(inputs - servos)
        self._counts = dict.fromkeys(self._channels, 0)

    def start(self) -> None:
        with self._safely():
            self._counts = dict.fromkeys(self._channels, 0)
            self._pwm.start(self._channels)

    def set_motors(self, duties: dict[str, float]) -> None:
        with self._safely():
            for name, duty in checked_duties(self.hardware, duties).items():
                port = self.hardware.motor_ports[name]
                first, second = self._inputs(duty)
                self._counts |= {port.in1: first, port.in2: second}
            self._pwm.set(self._counts)

    def motors_off(self) -> None:
        self._counts = dict.fromkeys(self._channels, 0)
        self._pwm.off(self._channels)

    def _inputs(self, duty: float) -> tuple[int, int]:
        """Counts of in1 and in2."""
        if duty == 0.0:
            return (COUNTS, COUNTS) if self.hardware.tracks.brake else (0, 0)
        shorted = round((1.0 - abs(duty)) * COUNTS)
        return (COUNTS, shorted) if duty > 0 else (shorted, COUNTS)
