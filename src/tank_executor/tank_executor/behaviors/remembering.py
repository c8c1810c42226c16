"""remember: this place under a name, or this heading as a compass heading."""

from __future__ import annotations

from tank_core.commands import Remember
from tank_core.commands.kinds import called
from tank_executor.behaviors.looking import has_seen, look
from tank_executor.behaviors.moves.headings import remember_heading
from tank_executor.script import Context, Done, Primitive, Script, Verdict


class RememberPrimitive(Primitive):
    """The command remember."""

    def __init__(self, command: Remember, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        if self.command.heading_deg is not None:
            return remember_heading(self.context, self.command.heading_deg)
        return (yield from self._place(str(self.command.place)))

    def _place(self, name: str) -> Script[Verdict]:
        """Stand still, look at what is around, and keep the place."""
        context, places = self.context, self.context.memory.places
        if has_seen(context):
            yield from look(context, f"looking around {called(name)}")
        moved = places.remember(name)
        return Done(f"moved {called(name)} to here" if moved else f"this is {called(name)}")
