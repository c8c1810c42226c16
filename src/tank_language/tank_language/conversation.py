"""The last request, which the next one may lean on. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from tank_core.commands import Command
from tank_core.commands.shorthand import Previous

KEPT_S = 600.0  # [s] that a request may be leaned on


class Conversation:
    """The requests of one person or robot, as far as the next may lean on them.

    Times [s] are the caller's, on a clock that does not go back::

        from tank_language import Conversation, Translator

        conversation = Conversation()
        with Translator.load() as translator:
            for now, said in ((0.0, "turn left"), (5.0, "again")):
                meant = translator.translate(said, previous=conversation.previous(now))
                if meant.commands:
                    conversation.accept(meant.commands, now)
                print(meant.commands or meant.reason)
    """

    def __init__(self) -> None:
        self._last = Previous()
        self._asked = self._moved = 0.0  # when each half of it was said [s]

    def accept(self, commands: Iterable[Command], now: float) -> None:
        """Take note of a request that was understood.

        One that was refused does not count.
        """
        before, self._last = self._last, self._last.then(commands)
        self._asked = now
        if self._last.motion is not before.motion:
            self._moved = now

    def previous(self, now: float) -> Previous:
        """Return what a request of now may lean on."""
        return Previous(
            self._last.request if now - self._asked <= KEPT_S else (),
            self._last.motion if now - self._moved <= KEPT_S else (),
        )
