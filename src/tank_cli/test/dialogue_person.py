"""A person at a calibration dialogue, who sees what the robot really does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tank_cli.calibrate.acts import Dialogue
from tank_cli.calibrate.session import Session, SessionStep

PERIOD = 0.02
Look = Callable[[SessionStep, float], None]


def converse(
    dialogue: Dialogue,
    answer: Callable[[str, SessionStep], str],
    look: Look = lambda turn, period: None,
    volts: Callable[[], float] | None = None,
) -> str:
    """Play a dialogue to its end; returns all that was told.

    ``look`` sees each turn; ``answer`` gives a key for the last text, "" to wait.
    """
    session, told, last, key = Session(dialogue), "", "", ""
    for number in range(200_000):
        turn = session.step(number * PERIOD, [key] if key else [], volts() if volts else None)
        look(turn, PERIOD)
        told += "".join(f"{line}\n" for line in turn.lines)
        if session.done:
            return told
        last = turn.lines[-1] if turn.lines else last
        key = answer(last, turn)
    raise AssertionError(f"the dialogue does not end; it waits after: {last}")


def by_text(table: Mapping[str, str]) -> Callable[[str, SessionStep], str]:
    """Answers by the first words of the table that are in the text."""
    return lambda text, _: next((keys for words, keys in table.items() if words in text), "")
