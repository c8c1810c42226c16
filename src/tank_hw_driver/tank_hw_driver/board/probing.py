"""Finds out which board is connected, by the I2C addresses that answer."""

from __future__ import annotations

from tank_hw_driver.bus.base import BusError, Wires
from tank_hw_driver.bus.faults import KNOWN

ROBOT_HAT_V3, OLD_HAT = 0x5F, 0x40  # of the PCA9685; boards/*.yaml say the same
MPU6050 = 0x68  # beside 0x40 it tells the Pro from the Motor HAT
FIRST, LAST = 0x08, 0x77  # addresses that are not reserved


def probe_board(wires: Wires) -> str:
    """The board's name as in ``boards/``.

    Changes nothing on the bus. Raises BusError that lists what did answer.
    """
    if wires.i2c.probe(ROBOT_HAT_V3):
        return "robot_hat_v3"
    if wires.i2c.probe(OLD_HAT):
        return "pro" if wires.i2c.probe(MPU6050) else "motor_hat"
    there = [f"{address:#04x} ({KNOWN.get(address, 'unknown')})" for address in scan(wires)]
    answers = f"only {', '.join(there)} answered" if there else "nothing answered"
    raise BusError(
        f"no board found on {wires.name}: {ROBOT_HAT_V3:#04x} (robot_hat_v3) or {OLD_HAT:#04x} "
        "(motor_hat, pro) should answer, "
        f"and {answers}; check that the HAT sits on all pins and its switch is on, or run ./tank "
        "doctor"
    )


def scan(wires: Wires) -> list[int]:
    """Every address that answers, in order.

    Raises BusError when the bus itself fails.
    """
    return [address for address in range(FIRST, LAST + 1) if wires.i2c.probe(address)]
