"""Finds out which board there is, by the addresses that answer.

``boards/NAME.yaml`` says which addresses those are.
"""

from __future__ import annotations

from functools import cache

from tank_hw_driver.bus.base import BusError, Wires
from tank_hw_driver.bus.faults import KNOWN
from tank_hw_driver.hardware import Hardware, board_names, load_hardware

FIRST, LAST = 0x08, 0x77  # addresses that are not reserved


def probe_board(wires: Wires) -> str:
    """The board's name as in ``boards/``.

    Changes nothing on the bus. Raises BusError that lists what did answer.
    """
    answers = cache(wires.i2c.probe)  # each address is asked once
    for board in _surest_first():
        if all(map(answers, (board.pca9685.address, *board.also_on_the_bus.values()))):
            return board.board
    there = [f"{address:#04x} ({KNOWN.get(address, 'unknown')})" for address in scan(wires)]
    answered = f"only {', '.join(there)} answered" if there else "nothing answered"
    raise BusError(
        f"no board found on {wires.name}: {_wanted()} should answer, and {answered}; check that "
        "the HAT sits on all pins and its switch is on, or run ./tank doctor"
    )


def scan(wires: Wires) -> list[int]:
    """Every address that answers, in order.

    Raises BusError when the bus itself fails.
    """
    return [address for address in range(FIRST, LAST + 1) if wires.i2c.probe(address)]


@cache
def _by_address() -> dict[int, list[Hardware]]:
    """The boards by the address of their PCA9685.

    Those whose address no other has come first.
    """
    found: dict[int, list[Hardware]] = {}
    for board in map(load_hardware, board_names()):
        found.setdefault(board.pca9685.address, []).append(board)
    return dict(sorted(found.items(), key=lambda item: len(item[1])))


def _surest_first() -> list[Hardware]:
    """The boards in the order in which they are to be tried.

    Of boards at one address, the one that more chips tell apart comes first.
    """
    return [
        board
        for boards in _by_address().values()
        for board in sorted(boards, key=lambda board: -len(board.also_on_the_bus))
    ]


def _wanted() -> str:
    return " or ".join(
        f"{address:#04x} ({', '.join(board.board for board in boards)})"
        for address, boards in _by_address().items()
    )
