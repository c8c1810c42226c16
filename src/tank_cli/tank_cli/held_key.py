"""The key that is held, as far as a terminal can tell. Pure.

A terminal tells of no key that is let go: a key that is held comes once, then, after a wait of the
keyboard's (a quarter to two thirds of a second), again and again. So a first press holds for that
wait, which is learned from the person's own keyboard, and each repetition for a moment. What waited
in a line that hung comes in one piece, and holds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

FIRST_S = 0.6  # [s] that a first press holds, until the keyboard's own wait is known
SHORTEST_S, LONGEST_S = 0.3, 0.8  # [s] bounds of that
REPEAT_S = 0.2  # [s] that a repetition holds: three to eight of them come in it
MARGIN_S = 0.1  # [s] over the wait that was seen last
PILE = 5  # keys that come at once waited somewhere: a sixth of a second of them at the least


class HeldKey:
    """The key that is held now. Times [s] are arguments, of any one clock."""

    def __init__(self) -> None:
        self.first = FIRST_S
        self._key = ""
        self._pressed = self._until = self._heard = float("-inf")
        self._repeats = self._spent = False

    def typed(self, keys: Sequence[str], now: float) -> None:
        """Hear the keys that came at once; only the last of them can be held."""
        if not keys:
            return
        if self._spent and now - self._heard <= LONGEST_S:
            self._heard = now
            return
        self._spent = False
        key, known = keys[-1], self._key == keys[-1] and now - self._heard <= LONGEST_S
        self._heard = now
        if len(keys) >= PILE:
            self._key, self._repeats, self._until = key, True, float("-inf")
        elif known:
            if not self._repeats and now > self._pressed:
                wait = now - self._pressed + MARGIN_S
                self.first = min(LONGEST_S, max(SHORTEST_S, wait))
            self._repeats, self._until = True, now + REPEAT_S
        else:
            self._key, self._pressed, self._repeats = key, now, False
            self._until = now + self.first

    def let_go(self) -> None:
        """Whatever was pressed holds no more."""
        self._key, self._until = "", float("-inf")

    def spend(self) -> None:
        """Let go, and hear nothing more of a key that is still held."""
        self.let_go()
        self._spent = True

    def held(self, now: float) -> str:
        """The key that is held; empty where none is."""
        return self._key if now < self._until else ""
