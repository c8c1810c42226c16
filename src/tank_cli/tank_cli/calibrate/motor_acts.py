"""The acts of a calibration dialogue that move something or measure. Pure.

Only ``RunMotors`` lets the motors have current, and any key ends it in the step in which it is
seen.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from tank_cli.calibrate.acts import ENTER, QUIT, Act, DialogueIO, Duties, QuitError
from tank_core.geometry import clamp

UP, DOWN = ("+", "=", "up", "right"), ("-", "_", "down", "left")
SWEEP_RATE = 300.0  # [us/s] of a servo that goes somewhere by itself: half a radian a second
JOG_STEPS = {"1": 2.0, "2": 10.0, "3": 25.0}  # [us] by key; the largest is 2.4 degrees
JOG_INTERVAL = 0.06  # [s] between two steps, however many keys a slow line delivers at once
READINGS = 20  # of the battery: their median counts


@dataclass(frozen=True)
class DriveOutcome:
    """The outcome of a drive.

    For how long [s], with which duties at its end, and whether a key ended it.
    """

    seconds: float
    duties: Duties
    stopped: bool


@dataclass
class RunMotors(Act):
    """Run motors for at most ``seconds``; any key stops them.

    ``duties`` of a time since the begin [s]. Answer: DriveOutcome.
    """

    title: str
    duties: Callable[[float], Duties]
    seconds: float

    def begin(self, io: DialogueIO) -> None:
        self._begun = io.now
        self._last: Duties = {}

    def step(self, io: DialogueIO) -> bool:
        since = io.now - self._begun
        stopped = bool(io.keys)
        if stopped or since >= self.seconds:
            io.keys.clear()
            self.answer = DriveOutcome(since, self._last, stopped)
            io.duties, io.status = {}, ""
            return True
        io.duties = self._last = self.duties(since)
        io.status = (
            f"{self.title}, {max(map(abs, self._last.values()), default=0.0):.0%}   ANY KEY STOPS"
        )
        return False


def ramped(duties: Duties, slew: float) -> Callable[[float], Duties]:
    """Duties that rise from zero by ``slew`` [1/s], by the time [s]."""
    return lambda since: {
        port: math.copysign(min(abs(duty), slew * since), duty) for port, duty in duties.items()
    }


@dataclass
class Pulse(Act):
    """Send a pulse length [us] at once; None sets the servo free.

    Only to wake it, near where it is. No answer.
    """

    channel: int
    us: float | None

    def step(self, io: DialogueIO) -> bool:
        io.pulses[self.channel] = self.us
        return True


@dataclass
class Sweep(Act):
    """Move a servo that is awake to ``us`` at SWEEP_RATE.

    Any key stops it where it is. Answer: whether it arrived.
    """

    channel: int
    us: float

    def begin(self, io: DialogueIO) -> None:
        self._before = io.now

    def step(self, io: DialogueIO) -> bool:
        here = io.pulses.get(self.channel)
        if here is None:
            raise ValueError(
                f"the servo on channel {self.channel} is free; wake it before it is moved"
            )
        way, most = self.us - here, SWEEP_RATE * (io.now - self._before)
        self._before = io.now
        io.status = f"{here:.0f} us   ANY KEY STOPS"
        if io.keys:
            io.keys.clear()
            self.answer = False
            return True
        arrived = abs(way) <= most
        io.pulses[self.channel] = self.us if arrived else here + math.copysign(most, way)
        self.answer = True
        return arrived


@dataclass
class Jog(Act):
    """Let a person move a servo in small steps within ``low`` to ``high`` [us].

    Answer: the pulse [us] at Enter.
    """

    text: str
    channel: int
    low: float
    high: float
    us_per_rad: float

    def begin(self, io: DialogueIO) -> None:
        io.lines.append(self.text)
        self._us = io.pulses.get(self.channel) or (self.low + self.high) / 2
        self._start, self._step, self._moved = self._us, JOG_STEPS["2"], -math.inf

    def step(self, io: DialogueIO) -> bool:
        key = io.keys.popleft() if io.keys else ""
        io.keys.clear()
        if key == QUIT:
            raise QuitError
        if key == ENTER:
            self.answer = self._us
            io.lines.append(f"  > {self._us:.0f} us")
            return True
        if key in JOG_STEPS:
            self._step = JOG_STEPS[key]
        elif key == "r":
            io.pulses[self.channel] = None
        elif key in (*UP, *DOWN) and io.now - self._moved >= JOG_INTERVAL:
            self._move(io, self._step if key in UP else -self._step)
        io.status = self._shown(free=io.pulses.get(self.channel) is None)
        return False

    def _move(self, io: DialogueIO, way: float) -> None:
        self._us, self._moved = clamp(self._us + way, self.low, self.high), io.now
        io.pulses[self.channel] = self._us

    def _shown(self, free: bool) -> str:
        turned = math.degrees((self._us - self._start) / self.us_per_rad)
        step = f"step {self._step:g} us = {math.degrees(self._step / self.us_per_rad):.1f} deg"
        edge = " (end)" if self._us in (self.low, self.high) else ""
        pulse = "free: + or - wakes it" if free else f"{self._us:.0f} us{edge} {turned:+.1f} deg"
        return f"{pulse}   {step}"


@dataclass
class Measure(Act):
    """Show the battery until Enter.

    Answer: the median [V] of the last readings.
    """

    text: str

    def begin(self, io: DialogueIO) -> None:
        io.lines.append(self.text)
        self._volts: deque[float] = deque(maxlen=READINGS)

    def step(self, io: DialogueIO) -> bool:
        if io.volts is not None:
            self._volts.append(io.volts)
        key = io.keys.popleft() if io.keys else ""
        if key == QUIT:
            raise QuitError
        if len(self._volts) < READINGS:
            io.status = f"measuring, {len(self._volts)} of {READINGS} readings"
            return False
        self.answer = median(self._volts)
        spread = max(self._volts) - min(self._volts)
        io.status = f"{self.answer:.2f} V (spread {spread:.2f} V)   [enter] go on  [q] end here"
        return key == ENTER
