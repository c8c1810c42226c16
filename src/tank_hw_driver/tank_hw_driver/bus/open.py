"""Wires by name: the Pi's own, or the chip model's.

Each kind is imported only when it is asked for.
"""

from __future__ import annotations

from tank_core.exceptions import TankError
from tank_hw_driver.bus.base import MOCK, MODEL, REAL, Wires


def open_wires(name: str, bus: int = 1, timeout: float = 0.05) -> Wires:
    """The wires of a name: "pi", "mock", or "model:SOCKET".

    Raises BusError that says what is missing and the cure.
    """
    if name == REAL:
        from tank_hw_driver.bus.pi_wires import PiWires

        return PiWires(bus, timeout)
    if name == MOCK or name.startswith(MODEL):
        from tank_hw_driver.bus.model_wires import ModelWires
        from tank_hw_driver.runtime import chips_socket

        return ModelWires(
            str(chips_socket()) if name == MOCK else name.removeprefix(MODEL), timeout
        )
    raise TankError(
        f"wires {name!r} are not known; say {REAL}, {MOCK}, or {MODEL}PATH of the chip model's "
        "socket"
    )
