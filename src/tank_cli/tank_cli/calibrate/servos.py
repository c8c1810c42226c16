"""``./tank calibrate servos``: find each servo's direction, center and ends.

And its scale; one servo at a time.

steps, for each servo:
  1. Bring its joint by hand near the pose that is named: it wakes there. It goes a little one way,
     and you say which.
  2. Move it in small steps until the joint stands exactly as named: the center.
  3. Move it to a second pose, where it has one: how far a pulse turns it.
  4. Move it until it just touches at either end: the limits, 20 us before that.
Servos wake one at a time. If the Pi restarts or the board is lost meanwhile, the cells are too weak
or empty: charge them, or take cells that give 4 A each.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass, replace
from typing import Any

from tank_cli.calibrate.acts import Ask, AskNumber, Dialogue, ShowText
from tank_cli.calibrate.motor_acts import Jog, Pulse, Sweep
from tank_core.geometry import clamp
from tank_hw_driver.hardware import Hardware, Servo

BACK_OFF_US = 20.0
TRY_US = 80.0  # 7 degrees, to see which way it goes
# us_per_rad relative to the board's own: beyond it the second pose was another one
SCALES = (0.75, 1.33)
KEYS = "  [+ -] or arrows: move  [1 2 3] how far  [r] set free  [enter] it is there  [q] end here"


@dataclass(frozen=True)
class ServoStance:
    """A joint's poses in words, at its ``center`` and at ``second`` [rad].

    And what it did when its position grew.
    """

    center: str
    grows: str
    second: float | None = None
    second_text: str = ""


# Positions and signs are the robot files': arm axes of robots/rasptank.yaml, camera.pitch,
# gripper.opening.
POSES = {
    "camera_tilt": ServoStance("the camera looks straight ahead, level", "looked further down"),
    "arm_yaw": ServoStance("the arm points straight ahead", "turned to the left"),
    "arm_shoulder": ServoStance(
        "the upper arm stands upright",
        "leaned back",
        0.0,
        "the upper arm lies level, pointing ahead",
    ),
    "arm_elbow": ServoStance(
        "the forearm is level, pointing ahead",
        "lifted the forearm",
        0.0,
        "the forearm stands upright over the upper arm",
    ),
    "arm_wrist": ServoStance(
        "the gripper is level",
        "lifted the gripper's left side",
        1.5708,
        "the gripper stands on edge, its left side up",
    ),
    "gripper": ServoStance("the gripper is just closed", "opened"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    from tank_cli.calibrate.run import add_options

    add_options(parser)
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="only this servo; may be given more than once",
    )


def run(args: argparse.Namespace) -> int:
    from tank_cli.calibrate.run import calibrate

    return calibrate(args, "servos", lambda hardware, found: servos(hardware, found, args.only))


def in_order(hardware: Hardware, only: list[str]) -> list[str]:
    """The camera first, which can do no harm.

    Then from the base to the fingers, so that each stands on one that holds.

    Raises TankError for a servo that is not there.

    """
    from tank_core.exceptions import TankError

    for name in only:
        if name not in hardware.servos:
            raise TankError(
                f"--only {name}: there is no such servo; there are {', '.join(hardware.servos)}"
            )
    first = [name for name in hardware.servos if name == hardware.camera.tilt]
    return [
        name
        for name in [*first, *(name for name in hardware.servos if name not in first)]
        if not only or name in only
    ]


def servos(hardware: Hardware, found: dict[str, Any], only: list[str]) -> Dialogue:
    """The whole dialogue; what it finds goes into ``found`` as it comes."""
    from tank_hw_driver.hardware import load_hardware

    own = load_hardware(hardware.board).servos
    names = in_order(hardware, only)
    yield Ask(
        "The arm will move. Clear the space around it, keep your face away, and support the arm by "
        "hand when it is free.\n"
        f"One after the other: {', '.join(names)}.",
        {"y": "the space is clear"},
    )
    for name in names:
        yield from ServoDialogue(
            name, hardware.servos[name], own[name], found.setdefault("servos", {})
        ).steps()


class ServoDialogue:
    """The dialogue that finds a servo's scale and limits.

    ``own`` has the board's limits, which are never left. ``found`` gets this servo's keys.
    """

    def __init__(self, name: str, servo: Servo, own: Servo, found: dict[str, Any]) -> None:
        self._name, self._servo, self._own, self._found = name, servo, own, found
        self._pose = POSES.get(name) or ServoStance(
            f"{name} stands at {servo.center:g} rad of the robot file", "grew, by the robot file"
        )

    def steps(self) -> Dialogue:
        name, center = self._name, self._servo.pulse(self._servo.center)
        wake = yield Ask(
            f"\nServo {name}, channel {self._servo.channel}. By hand: {self._pose.center}. It "
            f"wakes there ({center:.0f} us), with a jerk.",
            {"w": "wake it", "s": "skip this servo"},
        )
        if wake == "s":
            return
        yield Pulse(self._servo.channel, center)
        for step in (self._find_direction, self._find_center, self._find_scale, self._find_limits):
            yield from step()
        if (yield Ask(f"{name} is done.", {"h": "let it hold", "r": "set it free"})) == "r":
            yield Pulse(self._servo.channel, None)

    def _note(self, **keys: Any) -> None:
        self._servo = replace(self._servo, **keys)
        self._found.setdefault(self._name, {}).update(keys)

    def _go_back(self) -> Dialogue:
        yield Sweep(self._servo.channel, self._servo.center_us)

    def _find_direction(self) -> Dialogue:
        start = self._servo.pulse(self._servo.center)
        sign = 1.0
        while True:
            target = clamp(start + sign * TRY_US, self._own.min_us, self._own.max_us)
            yield Sweep(self._servo.channel, target)
            answer = yield Ask(
                f"It was told to go by {target - start:+.0f} us. It {self._pose.grows}?",
                {
                    "y": "yes",
                    "o": "the other way",
                    "n": "it did not move, try the other way",
                    "a": "again",
                    "s": "skip",
                },
            )
            yield Sweep(self._servo.channel, start)
            if answer in "yo":
                self._note(inverted=(answer == "y") != (sign > 0))
            if answer in "yos":
                return
            sign = -sign if answer == "n" else sign

    def _jog(self, text: str) -> Jog:
        return Jog(
            f"{text}\n{KEYS}",
            self._servo.channel,
            self._own.min_us,
            self._own.max_us,
            self._servo.us_per_rad,
        )

    def _find_center(self) -> Dialogue:
        pulse: float = yield self._jog(f"Center: move it until {self._pose.center}, then Enter.")
        center = float(round(pulse))
        self._note(
            center_us=center,
            trim=0.0,
            min_us=min(self._servo.min_us, center),
            max_us=max(self._servo.max_us, center),
        )

    def _find_scale(self) -> Dialogue:
        if (
            self._pose.second is None
            or (
                yield Ask(f"Second pose: {self._pose.second_text}.", {"y": "go there", "s": "skip"})
            )
            == "s"
        ):
            return
        pulse = yield self._jog(f"Move it until {self._pose.second_text}, then Enter.")
        way = self._pose.second - self._servo.center
        if pulse in (self._own.min_us, self._own.max_us):
            missing: float = yield AskNumber(
                "It goes no further. How many degrees are missing to that pose?",
                "degrees",
                0.0,
                60.0,
            )
            way -= math.copysign(math.radians(missing), way)
        scale = abs((pulse - self._servo.center_us) / way)
        low, high = (self._own.us_per_rad * factor for factor in SCALES)
        if not low <= scale <= high:
            yield ShowText(
                f"  {scale:.0f} us a radian cannot be ({low:.0f} to {high:.0f}); was it that pose? "
                "Nothing is taken over"
            )
        elif ((pulse > self._servo.center_us) == (way > 0)) == self._servo.inverted:
            yield ShowText(
                "  that is not the direction you said before; nothing is taken over. Once more: "
                "--only " + self._name
            )
        else:
            self._note(us_per_rad=round(scale, 1))
        yield from self._go_back()

    def _find_limits(self) -> Dialogue:
        while (
            yield Ask(
                "Limits: go to either end until it just touches.", {"y": "go on", "s": "skip"}
            )
        ) == "y":
            one = yield self._jog("One end: move it until it just touches, then Enter.")
            yield from self._go_back()
            other = yield self._jog("The other end: the same the other way.")
            yield from self._go_back()
            low, high = self._backed_off(min(one, other), max(one, other))
            if low < high:
                self._note(min_us=low, max_us=high)
                return
            yield ShowText("  both ends are the same; again")

    def _backed_off(self, low: float, high: float) -> tuple[float, float]:
        """A little before the touch.

        The center stays within, and where nothing touched the board's own end is kept.
        """
        center = self._servo.center_us
        low = low if low <= self._own.min_us else round(low + BACK_OFF_US)
        high = high if high >= self._own.max_us else round(high - BACK_OFF_US)
        return float(min(low, center)), float(max(high, center))
