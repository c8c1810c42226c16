"""The ADS7830: an 8-bit ADC that measures the battery through a divider.

Source: TI, ADS7830 data sheet, "command byte": SD C2 C1 C0 PD1 PD0 x x, and "channel selection
control": single-ended, C2 is the channel's lowest bit. Its own reference stays off: the boards give
it their supply (vendor's Voltage.py, command 0x84).
"""

from __future__ import annotations

from tank_hw_driver.bus.base import I2cBus
from tank_hw_driver.hardware import Battery

SINGLE_ENDED, CONVERTER_ON = 0x80, 0x04


class Ads7830:
    """The ADC on its bus; its method raises BusError."""

    def __init__(self, bus: I2cBus, battery: Battery) -> None:
        self._bus = bus
        self._battery = battery

    def volts(self) -> float:
        """The battery's voltage [V], from one conversion."""
        battery = self._battery
        raw = self._bus.read(battery.address, command(battery.channel), 1)[0]
        return raw / 255 * battery.reference * battery.divider


def command(channel: int) -> int:
    """The byte that starts a conversion of one of the inputs 0 to 7."""
    return SINGLE_ENDED | ((channel & 1) << 2 | channel >> 1) << 4 | CONVERTER_ON
