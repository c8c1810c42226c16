"""``./tank calibrate battery``: correct the reading by a multimeter.

steps:
  1. Measure the voltage at the board's battery terminals with a multimeter, the robot switched on
     and at rest.
  2. Press Enter when the reading is steady, and type what the multimeter shows.
"""

from __future__ import annotations

import argparse
from typing import Any

from tank_cli.calibrate.acts import Ask, AskNumber, Dialogue, ShowText
from tank_cli.calibrate.motor_acts import Measure
from tank_core.exceptions import TankError
from tank_hw_driver.hardware import Hardware

# the references in the vendor's programs differ by 5 %; four times that is
# another fault
MOST = 0.2


def configure(parser: argparse.ArgumentParser) -> None:
    from tank_cli.calibrate.run import add_options

    add_options(parser)


def run(args: argparse.Namespace) -> int:
    from tank_cli.calibrate.run import calibrate

    return calibrate(args, "battery", battery)


def battery(hardware: Hardware, found: dict[str, Any]) -> Dialogue:
    """The whole dialogue; what it finds goes into ``found``.

    Raises TankError where the board measures no battery.
    """
    if hardware.battery is None:
        raise TankError(
            f"the board {hardware.board} measures no battery, so nothing is to calibrate; watch "
            "the cells with a multimeter"
        )
    cells = hardware.battery
    shown = yield Measure(
        "The robot's own reading. Hold the multimeter to the battery terminals; Enter when both "
        "are steady."
    )
    if shown < cells.stop / 2:
        raise TankError(
            f"the robot reads {shown:.2f} V, as if no battery were there; switch the board's "
            "battery on (USB does not count)"
        )
    while True:
        real = yield AskNumber(
            "What does the multimeter show?", "V", cells.stop * 0.8, cells.full * 1.1
        )
        if abs(real / shown - 1.0) <= MOST:
            break
        yield ShowText(
            f"  {real:g} V against {shown:.2f} V is more than a reference can be off ({MOST:.0%})"
        )
        yield Ask("Measured at the battery terminals?", {"a": "type it again"})
    reference = round(cells.reference * real / shown, 3)
    found["battery"] = {"reference": reference}
    yield ShowText(
        f"  before {shown:.2f} V, after {shown * reference / cells.reference:.2f} V: reference "
        f"{cells.reference:g} becomes {reference:g} V"
    )
