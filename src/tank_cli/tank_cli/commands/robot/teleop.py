"""``./tank teleop``: drive a robot that runs by hand, from this terminal.

Over ssh as well. Taking the wheel ends what the robot does by itself.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from tank_cli.calibrate.keyboard import PART, Keyboard
from tank_cli.held_key import HeldKey
from tank_cli.robot_option import HOW_TO_START
from tank_core.commands import Stop
from tank_core.commands.words import Speed
from tank_core.io.console import DIM, ExitCode, fail, paint, say, show
from tank_core.state import Twist2D
from tank_executor.running.hands import DRIVEN
from tank_executor.running.wheel import BY_HAND

if TYPE_CHECKING:
    from tank_client.client_node import StackClient
    from tank_client.narrator import Understanding
    from tank_client.ros.hand import Hand

FIND_S = 5.0  # [s] to find a robot
LOOK_S = 0.05  # [s] between two looks at the keyboard
SAY_S = 0.07  # [s] between two velocities
OURS_S = 1.0  # [s] after our last velocity that a hand which drives is ours
ANSWER_S = 0.5  # [s] in which the word "stop" is answered; then the service is called
LEAVE_S = 0.2  # [s] the last of them is on its way; leaving ROS at once could lose it
ZEROS = 3  # that end a drive: the network may lose one
ANOTHER = "another hand drives"
KEYS = "hold w a s d or an arrow: drive   r f: faster, slower   space: stop   q: end"
WAYS: dict[str, tuple[float, float]] = {  # shares of the speed: ahead, to the left
    "w": (1.0, 0.0), "up": (1.0, 0.0), "s": (-1.0, 0.0), "down": (-1.0, 0.0),
    "a": (0.0, 1.0), "left": (0.0, 1.0), "d": (0.0, -1.0), "right": (0.0, -1.0),
}  # fmt: skip
SPEEDS, FASTER, STOP, END = list(Speed), {"r": 1, "f": -1}, " ", "q"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--speed", choices=[str(word) for word in SPEEDS], default=str(Speed.NORMAL),
        help="at the beginning (%(default)s)",
    )  # fmt: skip
    parser.epilog = (
        f"{KEYS}. A key counts as let go 0.2 s after its last repetition, a first press after "
        "0.3 to 0.8 s, as your keyboard repeats. exit code: 0 ended, 1 another hand drives, "
        "2 no terminal, 3 no robot answers"
    )


def run(args: argparse.Namespace) -> int:
    keyboard = Keyboard()  # where there is no terminal, nobody is looked for
    from tank_core.ros.runtime.discovery import speed_up_discovery
    from tank_core.ros.runtime.environment import domain

    domain()
    speed_up_discovery()
    from tank_client.client_node import StackClient
    from tank_client.ros.hand import Hand

    with StackClient() as client:
        hand = Hand(client)
        if not client.wait_until(lambda: hand.hands is not None, FIND_S):
            fail(f"nobody answers: no executor_node within {FIND_S:g} s; {HOW_TO_START}")
            return ExitCode.NOBODY
        if hand.hands is not None and hand.hands.state == DRIVEN:
            fail(f"{ANOTHER}; let go there first")
            return ExitCode.FAILED
        say(KEYS)
        drive = _Drive(client, hand, Speed(args.speed))
        try:
            with keyboard:
                return _loop(keyboard, drive)
        finally:
            drive.end()


def _loop(keyboard: Keyboard, drive: _Drive) -> int:
    try:
        while True:
            keys = [key.lower() for key in keyboard.read(LOOK_S) if key != PART]
            ended = END in keys
            if ended:  # but a stop beside it is one
                keys = [STOP] if STOP in keys else []
            if not drive.turn(keys, time.monotonic()):
                fail(f"the robot went away; {HOW_TO_START}")
                return ExitCode.NOBODY
            if ended:
                return ExitCode.DONE
    except KeyboardInterrupt:  # Ctrl-C, Ctrl-D, or the terminal is gone: the usual end
        if STOP in keyboard.left:
            drive.turn([STOP], time.monotonic())
        return ExitCode.DONE


class _Drive:
    """A drive: keys in, velocities out, and a line about now."""

    def __init__(self, client: StackClient, hand: Hand, speed: Speed) -> None:
        self._client, self._hand, self._speed = client, hand, speed
        self._key, self._said, self._line = HeldKey(), float("-inf"), ""
        self._moving = False
        self._asked: float | None = None  # when the word "stop" was said that nobody answered yet
        client.listener.on_understanding = self._understood

    def turn(self, keys: list[str], now: float) -> bool:
        """Do what the keys say; False where no robot is there any more."""
        hands = self._hand.hands
        if hands is None:
            return False
        if STOP in keys:
            self._stop(now)
            keys = []
        if self._asked is not None and now - self._asked > ANSWER_S:
            self._call_stop()
        for key in keys:
            at = SPEEDS.index(self._speed) + FASTER.get(key, 0)
            self._speed = SPEEDS[max(0, min(len(SPEEDS) - 1, at))]
        self._key.typed(keys, now)
        ours = self._moving or now - self._said <= OURS_S
        another = hands.state == DRIVEN and not ours
        if another and self._key.held(now):
            self._key.spend()  # not to begin when the other one ends
        way = WAYS.get(self._key.held(now), (0.0, 0.0))
        linear, angular = hands.speeds[self._speed]
        if any(way) and now - self._said >= SAY_S:
            self._moving, self._said = True, now
            self._hand.drive(Twist2D(way[0] * linear, way[1] * angular))
        elif self._moving and not any(way):
            self._said = now
            self.let_go()
        driven = BY_HAND if hands.state == DRIVEN else ""
        self._show(hands.why or (ANOTHER if another else driven))
        return True

    def let_go(self) -> None:
        """Zero, at once."""
        self._moving = False
        self._key.let_go()
        for _ in range(ZEROS):
            self._hand.drive(Twist2D())

    def end(self) -> None:
        """Let go, and leave the line as it was before."""
        if self._moving:
            self.let_go()
            time.sleep(LEAVE_S)
        if self._asked is not None:
            self._client.wait_until(lambda: self._asked is None, ANSWER_S)
        if self._asked is not None:
            self._call_stop()
        show("\r\x1b[K")

    def _stop(self, now: float) -> None:
        """Stop the robot whoever moves it, as the word "stop" does."""
        self.let_go()
        if self._client.translator_listens():
            self._asked = now
            self._client.say("stop")
        else:
            self._call_stop()

    def _understood(self, meaning: Understanding) -> None:
        if meaning.commands == (Stop(),):
            self._asked = None

    def _call_stop(self) -> None:
        """Stop by the executor's service: no translator has answered the word."""
        from tank_client.client_node import STOP as SERVICE

        self._asked = None
        done, answer = self._client.call(SERVICE, timeout=1.0)
        say(f"\r\x1b[K{answer}" if done else f"\r\x1b[KNOT STOPPED: {answer}")

    def _show(self, what: str) -> None:
        line = f"{self._speed}  {what}"
        if line != self._line:
            self._line = line
            show("\r\x1b[K" + paint(line, DIM))
