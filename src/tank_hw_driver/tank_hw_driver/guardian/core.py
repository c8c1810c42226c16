"""The guardian's law as a state machine, without clock, socket and bus.

It decides who drives, when the motors are cut, and when they are given back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tank_hw_driver.guardian import protocol
from tank_hw_driver.guardian.protocol import GuardianState, Reply

# without a beat the driver hangs; with one turn of the loop and the bus's time under 0.3 s
SILENCE_S = 0.2
# from the end of the velocity in force: a driver at 20 Hz ends it by itself 50 ms later at most,
# and beats that in the same turn; with the time-out of cmd_vel, 0.2 s, under 0.3 s
OVERDUE_S = 0.08
# motors off again and again, until the bus took it and nobody is left who could undo it unasked
REPEAT_S = 0.05
PATIENCE_S = 5.0  # a bus that fails for longer is asked less often
SLOW_REPEAT_S = 0.2
# off is repeated for so long after a driver has gone: the kernel lets go of its pins and transfers
# in its own order
SETTLE_S = 0.5


@dataclass(frozen=True)
class Came:
    """A client connected. ``fault``: why it may not drive."""

    client: int
    who: str
    fault: str = ""


@dataclass(frozen=True)
class Said:
    """A client sent a message."""

    client: int
    data: bytes


@dataclass(frozen=True)
class Left:
    """A client's connection ended, for whatever reason."""

    client: int


@dataclass(frozen=True)
class Switched:
    """The result of the last SwitchOff.

    The motors that are off (as ``motor_switch.guards_of`` names them), or the bus's ``fault``.
    """

    fault: str = ""
    guards: str = ""


@dataclass(frozen=True)
class SwitchOff:
    """Make every motor currentless, and answer by Switched.

    ``anew``: look first which board there is now.
    """

    anew: bool = False


@dataclass(frozen=True)
class Tell:
    """Send this to the client; when that fails it has left."""

    client: int
    data: bytes


@dataclass(frozen=True)
class Drop:
    """End this connection; no Left is wanted for it."""

    client: int


@dataclass(frozen=True)
class Note:
    """A line for the log."""

    text: str


Event = Came | Said | Left | Switched
Action = SwitchOff | Tell | Drop | Note


class Guardian:
    """Gives the motors to one driver (``free``), or holds them off.

    They are switched off every 0.05 s until the bus took it and 0.5 s have passed; and for as long
    as a driver is connected that has not acknowledged the cut: it may hang in the middle of a
    write, and finish that when it wakes.
    """

    def __init__(self, now: float) -> None:
        """``now`` [s] on the clock of all steps."""
        self._driver: int | None = None
        self._who = ""
        self._heard = now  # the last beat, or the connection
        self._beaten = False
        self._until: float | None = (
            None  # when a driver that drives has ended it, if nobody says more
        )
        self.free = False
        self._epoch = 1
        self._reason = "the guardian started"
        self._cut_at = now
        self._took = False  # the bus took the off of this epoch
        self._fault = "not tried yet"  # of the bus
        self._guards = ""  # which motors went off
        self._driven = ""  # which motors the driver says that it drives
        self._anew = False  # the next off looks first which board there is
        self._next_off = now
        self._noted = ""  # who does not get the motors, and why
        self._actions: list[Action] = []

    @property
    def status(self) -> str:
        """A line on who has the motors, for whoever looks."""
        if not self._took:
            return f"the motors cannot be switched off: {self._fault}"
        return (
            f"{self._who} drives" if self.free else f"motors off: {self._mismatch or self._reason}"
        )

    def step(self, now: float, events: Iterable[Event] = ()) -> list[Action]:
        """Take events in their order, and say what follows until ``now`` [s].

        Call it at ``due`` without events, too.
        """
        for event in events:
            self._take(event, now)
        if self._driver is not None and now - self._heard > SILENCE_S:
            self._silent(now)
        if self.free and self._until is not None and now > self._until:
            # two faults: whoever commands has gone, and the driver that would stop has not run
            self._cut(f"{self._who} is late in ending a velocity that nobody renewed", now)
        if self._holding(now) and now >= self._next_off:
            self._next_off = now + (
                REPEAT_S if self._took or now - self._cut_at < PATIENCE_S else SLOW_REPEAT_S
            )
            self._actions.append(SwitchOff(self._anew))
            self._anew = False
        actions, self._actions = self._actions, []
        return actions

    def due(self, now: float) -> float | None:
        """Seconds until ``step`` must be called at the latest.

        None: when something happens.
        """
        times = [self._next_off] if self._holding(now) else []
        if self._driver is not None and (self.free or not self._beaten):
            times.append(self._heard + SILENCE_S + 1e-3)
        if self.free and self._until is not None:
            times.append(self._until + 1e-3)
        return max(0.0, min(times) - now) if times else None

    def _holding(self, now: float) -> bool:
        return not self.free and (
            not self._took or self._driver is not None or now - self._cut_at < SETTLE_S
        )

    def _take(self, event: Event, now: float) -> None:
        match event:
            case Came(client, who, fault):
                self._came(client, who, fault, now)
            case Said(client, data) if data == protocol.STOP:
                self._stopped(client, now)
            case Left(client) if client == self._driver:
                self._gone(f"{self._who} is gone", now)
            case Said(client, data) if client == self._driver:
                self._said(client, data, now)
            case Switched(fault, guards):
                self._switched(fault, guards)

    def _came(self, client: int, who: str, fault: str, now: float) -> None:
        if self._driver is not None and not fault:
            fault = f"{self._who} drives already; end it first"
        if fault:
            self._refuse(client, who, fault)
            return
        self._driver, self._who, self._heard, self._beaten = client, who, now, False
        self._noted, self._driven, self._anew = "", "", True
        self._cut(f"{who} came", now)

    def _refuse(self, client: int, who: str, fault: str) -> None:
        """Tell a client that it may not drive, without dropping it.

        It goes when it has read why, and comes again and again: it is noted once.
        """
        self._actions.append(
            Tell(client, Reply(GuardianState.REFUSED, self._epoch, fault).encode())
        )
        self._note_once(f"{who} refused: {fault}")

    def _stopped(self, client: int, now: float) -> None:
        """Cut the motors, as somebody wants, and let go of who said so."""
        if client == self._driver:  # it came while nobody drove
            self._driver = None
        self._cut("a stop was asked for", now)
        self._actions.append(Drop(client))

    def _said(self, client: int, data: bytes, now: float) -> None:
        said = protocol.read_beat(data)
        if said is None:
            self._actions += [Note(f"{self._who} sends rubbish ({data[:40]!r})"), Drop(client)]
            self._gone(f"{self._who} sent rubbish", now)
            return
        self._heard, self._beaten = now, True
        self._until = None if said.lasts is None else now + said.lasts + OVERDUE_S
        self._driven = said.guards
        if self.free and self._mismatch:
            self._cut(self._mismatch, now)
        if not self.free and self._took and said.epoch == self._epoch and not self._mismatch:
            self.free = True
            self._actions.append(Note(f"{self._who} has the motors"))
        self._answer()

    @property
    def _mismatch(self) -> str:
        """A sentence when the driver drives other motors than are guarded.

        Then this guardian could not stop its motors.
        """
        if not self._took or self._driven in ("", self._guards):
            return ""
        return (
            f"it guards {self._guards} and the driver has {self._driven}; start both with the "
            "same board, calibration and wires"
        )

    def _silent(self, now: float) -> None:
        if self.free:
            self._cut(f"no beat of {self._who} for {SILENCE_S:g} s", now)
        elif not self._beaten and self._driver is not None:
            # connected and never beat: it must not keep others out
            self._actions.append(Drop(self._driver))
            self._gone(f"{self._who} never sent a beat", now)

    def _gone(self, reason: str, now: float) -> None:
        self._driver = None
        self._cut(reason, now)

    def _cut(self, reason: str, now: float) -> None:
        self.free, self._took, self._fault, self._reason = False, False, "", reason
        self._until = None
        self._cut_at = self._next_off = now
        self._epoch += 1
        self._actions.append(Note(f"switching the motors off: {reason}"))
        if self._driver is not None and self._beaten:
            self._answer()

    def _switched(self, fault: str, guards: str) -> None:
        if fault and fault != self._fault:
            self._actions.append(Note(f"the motors cannot be switched off, trying again: {fault}"))
        elif self._fault and not fault:
            self._actions.append(Note("the bus took it: motors off"))
        self._took, self._fault, self._guards = not fault, fault, guards

    def _answer(self) -> None:
        if self._driver is None:
            return
        if self.free:
            answer = Reply(GuardianState.FREE, self._epoch)
        elif self._fault and not self._took:
            answer = Reply(GuardianState.STUCK, self._epoch, self._fault)
        elif self._mismatch:
            answer = Reply(GuardianState.OTHER, self._epoch, self._mismatch)
            self._note_once(f"{self._who} does not get the motors: {self._mismatch}")
        else:
            answer = Reply(GuardianState.CUT, self._epoch, self._reason)
        self._actions.append(Tell(self._driver, answer.encode()))

    def _note_once(self, text: str) -> None:
        """For what would be said again and again."""
        if text != self._noted:
            self._noted = text
            self._actions.append(Note(text))
