"""Plays a calibration dialogue: keys and time in, texts, duties and pulses out.

Pure, so that a test is as good as a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tank_cli.calibrate.acts import Act, Dialogue, DialogueIO, Duties, QuitError
from tank_cli.calibrate.motor_acts import RunMotors


@dataclass(frozen=True)
class SessionStep:
    """The wishes of a step: texts to show, duties and pulses to send.

    Lines to print, the line below them, duties by port (others none), pulses [us] by channel.
    """

    lines: list[str]
    status: str
    duties: Duties
    pulses: dict[int, float | None]


class Session:
    """Plays a dialogue: drive it by ``step`` until ``done``.

    ``quit``: the person ended it early.
    """

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue, self._io = dialogue, DialogueIO()
        self._act: Act | None = None
        self.done = self.quit = False

    @property
    def moving(self) -> bool:
        """Whether motors may have current now."""
        return isinstance(self._act, RunMotors)

    def step(self, now: float, keys: Iterable[str] = (), volts: float | None = None) -> SessionStep:
        """Do a turn at ``now`` [s] with the keys pressed since the last one.

        ``volts``: a new reading of the battery, where there is one.
        """
        io = self._io
        io.now, io.volts, io.lines = now, volts, []
        io.keys.extend(keys)
        try:
            self._play()
        except QuitError:
            self._dialogue.close()
            self._act, self.done, self.quit = None, True, True
        if not self.moving:  # whatever an act left behind
            io.duties = {}
        return SessionStep(io.lines, "" if self.done else io.status, io.duties, dict(io.pulses))

    def _play(self) -> None:
        """Go on to the first act that is not yet done.

        An act is begun at the same time at which the one before it ended.
        """
        while not self.done:
            if self._act is None and not self._next(None):
                return
            assert self._act is not None
            if not self._act.step(self._io):
                return
            self._next(self._act.answer)

    def _next(self, answer: object) -> bool:
        self._io.duties, self._io.status = {}, ""
        try:
            self._act = self._dialogue.send(answer)
        except StopIteration:
            self._act, self.done = None, True
            return False
        self._act.begin(self._io)
        return True
