"""Driving by hand from pages: one of them has the wheel. Pure.

Times [s] are arguments, of a clock that nobody sets.
"""

from __future__ import annotations

from typing import Any

from tank_cockpit.protocol import DriveMessage
from tank_core.state import Twist2D
from tank_executor.running.hands import DRIVEN, REFUSED, Hands
from tank_executor.running.wheel import DEAD_MAN_S

KEPT_S = 1.0  # [s] that the wheel stays with a page that has let go
# [s] age of the last letter that a page had when it pushed: its person sees nothing newer, and what
# was pushed may have waited as long on its way
SEEN_S = 0.5
REFUSED_S = 1.0  # [s] that a page is told why it does not drive
ZEROS = 3  # that end a drive: the network may lose one
STILL = Twist2D()


class Driving:
    """Decides whose wishes go to the robot.

    A page that pushes has the wheel, until a second after it let go, went away, or was not heard.
    """

    def __init__(self) -> None:
        self.hands: Hands | None = None  # None: no executor is there
        self._holder: object = None
        self._pushes = False
        self._pushed = float("-inf")  # when it was heard last
        self._zeros = 0  # that are to be sent yet
        self._refused: dict[object, tuple[float, str]] = {}  # pages: when, why

    def drive(self, page: object, wish: DriveMessage, now: float) -> Twist2D | None:
        """Return the velocity to send for a page's wish; None for none."""
        if not (wish.ahead or wish.left):
            return self.leave(page)
        hands = self.hands  # ROS's thread may put another one there
        why = self._refusal(page, wish, now, hands)
        if why or hands is None:
            self._refused[page] = now, why
            return self.leave(page)
        self._refused.pop(page, None)
        self._holder, self._pushes, self._pushed, self._zeros = page, True, now, 0
        linear, angular = hands.speeds[wish.speed]
        return Twist2D(wish.ahead * linear, wish.left * angular)

    def leave(self, page: object) -> Twist2D | None:
        """A page lets go, or was closed; returns what to send at once."""
        return self._let_go() if page is self._holder and self._pushes else None

    def tick(self, now: float) -> Twist2D | None:
        """Return what to send now besides; to be asked often."""
        self._refused = {p: told for p, told in self._refused.items() if now - told[0] < REFUSED_S}
        if self._pushes and now - self._pushed > DEAD_MAN_S:
            return self._let_go()
        if self._zeros:
            self._zeros -= 1
            return STILL
        return None

    def letter(self, page: object, now: float) -> dict[str, Any]:
        """Tell a page who drives, as the executor says, and why it does not.

        ``at``: now, for the page to say what it has seen.
        """
        hands, ours = self.hands, self._ours(now)
        who, why = "nobody", self._refused.get(page, (now, ""))[1]
        if hands is not None and hands.state == DRIVEN:
            who = "hand" if not ours else "you" if page is self._holder else "page"
        elif hands is not None and hands.state == REFUSED and ours and page is self._holder:
            why = why or hands.why
        return {"t": "wheel", "at": now, "ready": hands is not None, "who": who, "why": why}

    def _refusal(self, page: object, wish: DriveMessage, now: float, hands: Hands | None) -> str:
        if hands is None or wish.speed not in hands.speeds:
            return "nobody takes it: executor_node is not there"
        if self._ours(now) and page is not self._holder:
            return "another page drives"
        if hands.state == DRIVEN and not self._ours(now):
            return "another hand drives"
        if not 0.0 <= now - wish.seen <= SEEN_S:  # one of the future is of another boot
            return "the connection is too slow: what you see is old"
        return ""

    def _ours(self, now: float) -> bool:
        lately = self._pushes or now - self._pushed <= KEPT_S
        return self._holder is not None and lately

    def _let_go(self) -> Twist2D:
        self._pushes, self._zeros = False, ZEROS
        return STILL
