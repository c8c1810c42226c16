"""go_to and go_back: to where the robot was."""

from __future__ import annotations

from tank_core.commands import GoBack, GoTo, Past
from tank_core.commands.kinds import HOME, called
from tank_executor.behaviors.traveling import travel
from tank_executor.places import Key, listed
from tank_executor.script import Context, Done, Failed, Primitive, Script, Verdict

_PAST = {
    Past.START: ("the start", "back where I started"),
    Past.BEFORE: ("where I was before", "back where I was before"),
    Past.HERE: ("where I was asked", "back where I was asked"),
}


class GoToPrimitive(Primitive):
    """The command go_to: to a place that somebody named."""

    def __init__(self, command: GoTo, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        name, places = self.command.place, self.context.memory.places
        if name not in places:
            return Failed(places.complaint() or unknown(name, places.names))
        return (yield from _go(self.context, name, called(name), f"at {called(name)}"))


class GoBackPrimitive(Primitive):
    """The command go_back: to where the robot was, without anybody naming it."""

    def __init__(self, command: GoBack, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        past, places = self.command.to, self.context.memory.places
        if past is Past.START and HOME in places:
            return (yield from _go(self.context, HOME, HOME, "at home"))
        lost = places.complaint() if past is not Past.HERE else None
        if lost:
            return Failed(lost)
        if past not in places:
            return Failed("I have not moved since I was started: there is nothing to go back to")
        return (yield from _go(self.context, past, *_PAST[past]))


def _go(context: Context, key: Key, where: str, there: str) -> Script[Verdict]:
    verdict = yield from travel(context, key, where)
    return Done(f"{there}, {verdict.message}") if isinstance(verdict, Done) else verdict


def unknown(name: str, names: list[str]) -> str:
    """Say that there is no such place, which there are, and the cure."""
    known = f"I know {listed(names)}" if names else "I know none yet"
    return f"I know no place called {name}; {known}. Stand there and say: this is {called(name)}"
