"""Letters that wait to be sent to one page. Pure.

A page that is slow gets fewer states, never older ones, and every entry of the conversation.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

Letter = dict[str, Any] | bytes
POSE_HZ = 20.0  # at which pages are told what is new
MOST = 500  # letters that wait; a page that takes none any more is let go


class Outbox:
    """Letters in order; one of a name takes the place of the one before it.

    ``full``: the page has not kept up, and has to be opened again.
    """

    def __init__(self) -> None:
        self._letters: OrderedDict[object, Letter] = OrderedDict()
        self._number = 0
        self.full = False
        self.looking = True  # somebody sees the page
        self.awaits_seen = False  # a picture is on its way to the screen

    def put(self, letter: Letter, name: str = "") -> None:
        """Add a letter; ``name``: of a state, of which only the newest counts."""
        if self.full:
            return
        if not name:
            self._number += 1
        self._letters[name or self._number] = letter
        self.full = len(self._letters) > MOST

    def take(self) -> Letter | None:
        """The next letter; None where none waits."""
        return self._letters.popitem(last=False)[1] if self._letters else None
