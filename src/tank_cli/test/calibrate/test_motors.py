"""``./tank calibrate motors`` with a simulated robot and person.

What the robot is, is found, whatever the file said before.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import pytest
from dialogue_person import by_text, converse

from tank_cli.calibrate.motors import MotorDialogue
from tank_cli.calibrate.session import SessionStep
from tank_hw_driver.hardware import Hardware, TrackWiring, board_names, load_hardware

SEPARATION, MULTIPLIER = 0.106, 1.9


@dataclass
class Tracked:
    """A robot as it really is.

    It integrates what the ports feel; the person looks at it and answers.
    """

    tracks: dict[str, TrackWiring]
    up: bool = True  # on its box
    pose: tuple[float, float, float] = (0.0, 0.0, 0.0)
    turned: float = 0.0
    moved: dict[str, float] = field(default_factory=dict)  # by track since the last question
    typing: deque[str] = field(default_factory=deque)

    def look(self, turn: SessionStep, period: float) -> None:
        speeds = {}
        for side, track in self.tracks.items():
            duty = turn.duties.get(track.port, 0.0) * (-1.0 if track.inverted else 1.0)
            share = max(0.0, abs(duty) - track.dead_band) / (1.0 - track.dead_band)
            speeds[side] = math.copysign(track.full_speed * share, duty)
            if share > 0.0:
                self.moved[side] = speeds[side]
        rate = (speeds["right"] - speeds["left"]) / (SEPARATION * MULTIPLIER)
        speed, (x, y, heading) = (speeds["left"] + speeds["right"]) / 2, self.pose
        middle = heading + rate * period / 2
        self.pose = (
            x + speed * math.cos(middle) * period,
            y + speed * math.sin(middle) * period,
            heading + rate * period,
        )
        self.turned += abs(rate) * period

    def answer(self, text: str, turn: SessionStep) -> str:
        if self.typing:
            return self.typing.popleft()
        if turn.duties:
            beginning = "AT ONCE" in text or "begin" in text
            return "x" if beginning and self.moved else ""
        if "which track moved" in text:
            return (
                "l" if "left" in self.moved else "r" if "right" in self.moved else self._forget("n")
            )
        if "Which way" in text:
            return self._forget("f" if next(iter(self.moved.values())) > 0 else "b")
        if "AT ONCE" in text or "nose at the mark" in text or "about once around" in text:
            self.pose, self.turned = (0.0, 0.0, 0.0), 0.0
            return self._forget("y")
        if "How far is its nose" in text:
            return self._type(100 * self.pose[0])
        if "beside that line" in text:
            return self._type(100 * self.pose[1])
        if "How many degrees" in text:
            return self._type(math.degrees(self.turned))
        return by_text({"box": "y", "Step": "y", "just then": "y", "Once more": "n"})(text, turn)

    def _forget(self, key: str) -> str:
        self.moved = {}
        return key

    def _type(self, number: float) -> str:
        self.typing.extend([*f"{number:.1f}", "enter"])
        return self.typing.popleft()


def truth(hardware: Hardware, left: str, right: str, inverted: tuple[bool, bool]) -> Tracked:
    return Tracked({
        "left": TrackWiring(left, inverted[0], 0.31, 0.24),
        "right": TrackWiring(right, inverted[1], 0.36, 0.26),
    })  # fmt: skip


@pytest.mark.parametrize("board", board_names())
@pytest.mark.parametrize("inverted", [(False, True), (True, False)])
def test_the_real_robot_is_found(board: str, inverted: tuple[bool, bool]) -> None:
    hardware = load_hardware(board)
    ports = list(hardware.motor_ports)
    robot = truth(hardware, ports[-1], ports[-2], inverted)
    found: dict[str, Any] = {}
    converse(MotorDialogue(hardware, SEPARATION, found).steps(), robot.answer, robot.look)
    for side, track in robot.tracks.items():
        assert (found["tracks"][side]["port"], found["tracks"][side]["inverted"]) == (
            track.port,
            track.inverted,
        )
        assert found["tracks"][side]["dead_band"] == pytest.approx(track.dead_band, abs=0.02)
        assert found["tracks"][side]["full_speed"] == pytest.approx(track.full_speed, rel=0.05)
    assert found["tracks"]["separation_multiplier"] == pytest.approx(MULTIPLIER, rel=0.05)
    assert load_hardware(board, found)


def test_a_track_that_moves_with_no_port_changes_nothing_and_says_where_to_look() -> None:
    hardware = load_hardware("robot_hat_v3")
    robot = truth(hardware, "M1", "M9", (False, False))
    found: dict[str, Any] = {}
    seen: set[float] = set()

    def look(turn: SessionStep, period: float) -> None:
        robot.look(turn, period)
        seen.update(abs(duty) for duty in turn.duties.values())
        assert len(turn.duties) <= 1, "one motor at a time"

    def answer(text: str, turn: SessionStep) -> str:
        return "q" if "Step 2" in text else robot.answer(text, turn)

    told = converse(MotorDialogue(hardware, SEPARATION, found).steps(), answer, look)
    assert "the right track moved with no port (M1, M2, M3, M4)" in told
    assert found == {} and max(seen) <= 0.8


def test_two_ports_for_one_track_are_not_believed() -> None:
    found: dict[str, Any] = {}
    answer = by_text({"box": "y", "Step 1": "y", "which track": "l", "Which way": "f", "Step": "q"})
    told = converse(MotorDialogue(load_hardware("robot_hat_v3"), SEPARATION, found).steps(), answer)
    assert "both moved the left track" in told and not found


def test_a_stopped_drive_does_not_count_and_is_done_again() -> None:
    stops = iter("x")

    def answer(text: str, turn: SessionStep) -> str:
        if turn.duties:
            return next(stops, "")
        return by_text(
            {
                "box": "y",
                "Step 3": "y",
                "Step 4": "q",
                "Step": "s",
                "mark, point": "y",
                "Once": "n",
                "nose from": "q",
            }
        )(text, turn)

    told = converse(MotorDialogue(load_hardware("robot_hat_v3"), SEPARATION, {}).steps(), answer)
    assert told.count("drive ahead for 1 s") == 2 and "does not count" in told


def test_a_wrong_measure_is_not_taken_over() -> None:
    found: dict[str, Any] = {}
    numbers = deque([*["3", "0", "enter", "0", "enter"], *["9", "enter", "0", "enter"]])

    def answer(text: str, turn: SessionStep) -> str:
        if "nose from" in text or "beside" in text:
            return numbers.popleft() if numbers else ""
        return by_text(
            {"box": "y", "Step 3": "y", "Step 4": "q", "Step": "s", "mark, point": "y", "Once": "n"}
        )(text, turn)

    told = converse(MotorDialogue(load_hardware("robot_hat_v3"), SEPARATION, found).steps(), answer)
    assert "Nothing is taken over" in told and not found
