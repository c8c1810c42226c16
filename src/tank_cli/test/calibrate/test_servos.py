"""``./tank calibrate servos`` with a simulated arm and person.

What the servo is, is found, and its limits are never left.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
from dialogue_person import by_text, converse

from tank_cli.calibrate.servos import BACK_OFF_US, POSES, in_order, servos
from tank_cli.calibrate.session import SessionStep
from tank_core.exceptions import TankError
from tank_hw_driver.hardware import Servo, board_names, load_hardware

HARDWARE = load_hardware("robot_hat_v3")


class Arm:
    """A servo as it really is.

    Its center, scale and direction, and where it touches [us]. The person moves it to where it
    shall be.
    """

    def __init__(self, name: str, real: Servo, touches: tuple[float, float]) -> None:
        self._name, self._real, self._touches = name, real, touches
        self._ends = iter(touches)
        self._aim: float | None = None
        self.seen: list[float] = []
        self._typing: list[str] = []

    def look(self, turn: SessionStep, period: float) -> None:
        pulse = turn.pulses.get(self._real.channel)
        if pulse is not None:
            self.seen.append(pulse)

    def answer(self, text: str, turn: SessionStep) -> str:
        here = turn.pulses.get(self._real.channel)
        if "[enter]" in text:
            if self._aim is None:
                self._aim = self._target(text)
            away = self._aim - (here or 0.0)
            done = abs(away) <= 1.5 or "(end)" in turn.status
            key = (
                "enter"
                if done
                else ("3" if abs(away) > 25 else "1")
                if not self._chosen(away)
                else "+"
                if away > 0
                else "-"
            )
            self._aim = None if done else self._aim
            return key
        if "degrees are missing" in text:
            self._typing = self._typing or [*f"{self._missing(here or 0.0):.1f}", "enter"]
            return self._typing.pop(0)
        if "It was told to go by" in text:
            rises = "+" in text.partition("go by ")[2].partition(" ")[0]
            return "y" if rises != self._real.inverted else "o"
        return by_text(
            {
                "space is clear": "y",
                "arm will move": "y",
                "wakes there": "w",
                "Second pose": "y",
                "Limits": "y",
                "done": "h",
            }
        )(text, turn)

    def _missing(self, here: float) -> float:
        """Degrees from here to the second pose."""
        pose = POSES[self._name]
        assert pose.second is not None
        return math.degrees(
            abs(pose.second - self._real.center)
            - abs(here - self._real.center_us) / self._real.us_per_rad
        )

    def _chosen(self, away: float) -> bool:
        """Every other key chooses the step: more than is needed, but simple."""
        self._turn = not getattr(self, "_turn", False)
        return not self._turn

    def _target(self, text: str) -> float:
        pose = POSES[self._name]
        if "Center" in text:
            return self._real.center_us
        if "end" in text.partition("\n")[0]:
            return next(self._ends)
        assert pose.second is not None
        return dataclasses.replace(self._real, min_us=300, max_us=2700).pulse(pose.second)


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("name", ["arm_shoulder", "arm_wrist", "camera_tilt"])
def test_the_real_servo_is_found(name: str, inverted: bool) -> None:
    assumed = HARDWARE.servos[name]
    real = dataclasses.replace(assumed, center_us=1520.0, us_per_rad=570.0, inverted=inverted)
    arm, found = Arm(name, real, (900.0, 2300.0)), dict[str, Any]()
    converse(servos(HARDWARE, found, [name]), arm.answer, arm.look)
    result = load_hardware("robot_hat_v3", found).servos[name]
    assert result.inverted == inverted
    assert result.center_us == pytest.approx(1520.0, abs=2)
    assert result.us_per_rad == pytest.approx(
        570.0 if POSES[name].second is not None else assumed.us_per_rad, rel=0.01
    )
    assert (result.min_us, result.max_us) == pytest.approx(
        (900.0 + BACK_OFF_US, 2300.0 - BACK_OFF_US), abs=2
    )
    assert result.position(result.center_us) == assumed.center
    assert set(found["servos"]) == {name}
    assert assumed.min_us <= min(arm.seen) and max(arm.seen) <= assumed.max_us


def test_a_gripper_that_touches_at_its_center_keeps_the_center_within_its_limits() -> None:
    real = dataclasses.replace(HARDWARE.servos["gripper"], center_us=1500.0, inverted=False)
    arm, found = Arm("gripper", real, (1500.0, 2100.0)), dict[str, Any]()
    converse(servos(HARDWARE, found, ["gripper"]), arm.answer, arm.look)
    result = load_hardware("robot_hat_v3", found).servos["gripper"]
    assert result.min_us == result.center_us and result.max_us == pytest.approx(2080.0, abs=2)


def test_the_boards_own_end_needs_no_backing_off() -> None:
    own = HARDWARE.servos["camera_tilt"]
    arm, found = Arm("camera_tilt", own, (own.min_us - 50, own.max_us + 50)), dict[str, Any]()
    converse(servos(HARDWARE, found, ["camera_tilt"]), arm.answer, arm.look)
    assert (found["servos"]["camera_tilt"]["min_us"], found["servos"]["camera_tilt"]["max_us"]) == (
        own.min_us,
        own.max_us,
    )


def test_a_pose_that_is_out_of_reach_is_measured_all_the_same() -> None:
    real = dataclasses.replace(HARDWARE.servos["arm_shoulder"], center_us=1450.0, us_per_rad=700.0)
    arm, found = Arm("arm_shoulder", real, (900.0, 2300.0)), dict[str, Any]()
    told = converse(servos(HARDWARE, found, ["arm_shoulder"]), arm.answer, arm.look)
    assert "12.2 degrees" in told
    assert found["servos"]["arm_shoulder"]["us_per_rad"] == pytest.approx(700.0, rel=0.01)


def test_another_pose_than_was_asked_for_is_not_taken_over() -> None:
    real = dataclasses.replace(HARDWARE.servos["arm_shoulder"], us_per_rad=400.0)
    arm, found = Arm("arm_shoulder", real, (900.0, 2300.0)), dict[str, Any]()
    told = converse(servos(HARDWARE, found, ["arm_shoulder"]), arm.answer, arm.look)
    assert "was it that pose?" in told and "us_per_rad" not in found["servos"]["arm_shoulder"]


def test_a_skipped_servo_is_never_woken_and_has_nothing_to_write() -> None:
    found: dict[str, Any] = {}

    def look(turn: SessionStep, period: float) -> None:
        assert not turn.pulses

    converse(servos(HARDWARE, found, []), by_text({"arm will move": "y", "wakes there": "s"}), look)
    assert not any(found.get("servos", {}).values())


def test_servos_wake_one_at_a_time() -> None:
    awake: list[int] = []

    def look(turn: SessionStep, period: float) -> None:
        new = [
            channel
            for channel, pulse in turn.pulses.items()
            if pulse is not None and channel not in awake
        ]
        assert len(new) <= 1
        awake.extend(new)

    answer = by_text(
        {
            "arm will move": "y",
            "wakes there": "w",
            "It was told": "s",
            "[enter]": "enter",
            "Second": "s",
            "Limits": "s",
            "done": "h",
        }
    )
    converse(servos(HARDWARE, {}, []), answer, look)
    assert [HARDWARE.servos[name].channel for name in in_order(HARDWARE, [])] == awake


@pytest.mark.parametrize("board", board_names())
def test_every_servo_of_every_board_has_its_pose_and_the_camera_comes_first(board: str) -> None:
    hardware = load_hardware(board)
    assert set(hardware.servos) <= set(POSES)
    assert in_order(hardware, [])[0] == hardware.camera.tilt


def test_a_servo_that_is_not_there_is_refused() -> None:
    with pytest.raises(TankError, match="arm_shoulder"):
        in_order(HARDWARE, ["arm_yaw"])
