"""Which entities of a process are called back often, and which hardly ever."""

from __future__ import annotations

import time
from collections.abc import Sequence

from tank_core.ros.runtime.executor_watch import SUBSCRIPTION, WAITABLE, Entity

OFTEN, WITHIN_S = 3, 2.0  # an entity is lively from so many callbacks on, each so soon after


class Lively:
    """Tells the lively entities from the quiet ones, some of them handed over.

    A quiet one that is handed over is on its way to be called back, and is not waited for until it
    was. One that was lively once stays so. The waitables of a lively subscription's group are
    lively, too: Fast DDS wakes who waits for its events at each of its messages.

    Not thread-safe.
    """

    def __init__(self) -> None:
        self.lively: list[Entity] = []  # waited for by the one who calls back, since ``see``
        self._rest: list[Entity] = []
        self._handed: dict[int, Entity] = {}  # by the numbers of their objects
        self._often: dict[int, Entity] = {}
        self._called: dict[int, tuple[float, int]] = {}  # when last, and how often in a row

    @property
    def quiet(self) -> list[Entity]:
        """All others, but those that are handed over."""
        return [entity for entity in self._rest if id(entity.it) not in self._handed]

    def see(self, entities: Sequence[Entity]) -> bool:
        """Take note of all that there are now.

        Nobody waits for quiet ones meanwhile. Returns whether other ones are lively than before.
        Only here one becomes lively that was quiet, and none ever the other way: a waitable
        remembers its place in a wait set, and must not be in two.
        """
        there = {id(entity.it) for entity in entities}
        for known in (self._often, self._handed, self._called):
            for number in known.keys() - there:
                del known[number]
        groups = {each.group for each in self._often.values() if each.kind == SUBSCRIPTION}
        for entity in entities:
            if entity.kind == WAITABLE and entity.group in groups:
                self._often[id(entity.it)] = entity
        before, self.lively, self._rest = self.lively, [], []
        for entity in entities:
            (self.lively if id(entity.it) in self._often else self._rest).append(entity)
        return self.lively != before

    def hand_over(self, entities: Sequence[Entity]) -> None:
        """They were ready, and are to be called back."""
        self._handed.update((id(entity.it), entity) for entity in entities)

    def called(self, entity: Entity, now: float | None = None) -> bool:
        """Note that one was called back, at ``now`` [s].

        Returns whether it was a quiet one.

        It is to be waited for again: ``see`` decides as what.
        """
        number = id(entity.it)
        if self._handed.pop(number, None) is None:
            return False
        now = time.monotonic() if now is None else now
        last, row = self._called.get(number, (now, 0))
        row = row + 1 if now - last < WITHIN_S else 1
        self._called[number] = now, row
        if row >= OFTEN:
            self._often[number] = entity
        return True
