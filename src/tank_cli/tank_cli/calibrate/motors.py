"""``./tank calibrate motors``: find motors, directions, dead-bands, speeds.

Which motor drives which track, where it begins to move, and how fast it runs.

steps:
  1. The robot stands on a box, its tracks in the air: each motor runs for half a second, and you
     say what moved.
  2. Each motor gets slowly more until you press a key when its track begins to move.
  3. On the floor, with 1.5 m free: it drives for one and two seconds, and you measure how far it
     went, and how far to the side.
  4. On the floor: it turns once in place, to the left and to the right, and you say how far it
     really turned.
Any key stops the motors. Each step can be skipped; what was found is shown before it is written.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

from tank_cli.calibrate.acts import Ask, AskNumber, Dialogue, Duties, ShowText
from tank_cli.calibrate.motor_acts import DriveOutcome, RunMotors, ramped
from tank_cli.calibrate.track_speed import (
    Lap,
    fit_speed,
    spin_multiplier,
    spin_seconds,
    track_speeds,
)
from tank_hw_driver.hardware import Hardware, TrackWiring

NUDGES = (0.35, 0.55, 0.8)  # duties that are tried until something moves
NUDGE_S = 0.5
RISE = 0.04  # [1/s] of the duty while its first motion is looked for
HIGHEST = 0.8
REACTION_S = 0.25  # from the first motion to the key: a person's
SHARE = 0.6  # of full speed, on the floor
LAPS_S = (1.0, 2.0)
LONGEST_SPIN_S = 30.0
SIDES = {"l": "left", "r": "right"}
GO = {"y": "go", "s": "skip this step"}


def configure(parser: argparse.ArgumentParser) -> None:
    from tank_cli.calibrate.run import add_options

    add_options(parser)


def run(args: argparse.Namespace) -> int:
    from tank_cli.calibrate.run import calibrate

    return calibrate(args, "motors", motors)


def motors(hardware: Hardware, found: dict[str, Any]) -> Dialogue:
    """The whole dialogue; what it finds goes into ``found`` as it comes."""
    from tank_core.robot import load_robot

    yield from MotorDialogue(
        hardware, load_robot(hardware.robot).drive.wheel_separation, found
    ).steps()


class MotorDialogue:
    """The dialogue that finds what the motors do.

    ``separation`` [m] is that between the tracks. ``found`` gets the keys of a calibration file.
    """

    def __init__(self, hardware: Hardware, separation: float, found: dict[str, Any]) -> None:
        self._ports, self._slew = list(hardware.motor_ports), hardware.tracks.slew
        self._tracks: dict[str, TrackWiring] = {
            "left": hardware.tracks.left,
            "right": hardware.tracks.right,
        }
        self._multiplier, self._separation = hardware.tracks.separation_multiplier, separation
        self._lag = 0.0  # [s] lost until it runs, as fitted on the floor
        self._found = found

    def steps(self) -> Dialogue:
        """Tracks in the air first; the floor is asked for again."""
        yield Ask(
            "The tracks will move. Put the robot on a box, both tracks free in the air, and keep "
            "fingers and cables off.",
            {"y": "it stands on a box"},
        )
        steps: tuple[tuple[str, Callable[[], Dialogue]], ...] = (
            ("1 of 4: which motor drives which track", self._find_ports),
            ("2 of 4: where each track begins to move", self._find_dead_bands),
            (
                "3 of 4: how fast it drives. Now on the floor: 1.5 m free ahead, and a mark at its "
                "nose",
                self._find_speeds,
            ),
            (
                "4 of 4: how it turns. On the floor, 0.5 m free all around, and a line under its "
                "nose",
                self._find_multiplier,
            ),
        )
        for title, step in steps:
            if (yield Ask(f"\nStep {title}.", GO)) == "y":
                yield from step()

    def _note(self) -> None:
        self._found["tracks"] = {
            **{side: asdict(track) for side, track in self._tracks.items()},
            "separation_multiplier": self._multiplier,
        }

    # Ports and directions

    def _find_ports(self) -> Dialogue:
        seen: dict[str, tuple[str, bool]] = {}
        for port in self._likely_first():
            moved = yield from self._watch(port)
            if moved is None:
                continue
            side, inverted = moved
            if side in seen:
                yield ShowText(
                    f"  ports {seen[side][0]} and {port} both moved the {side} track? Nothing is "
                    "taken over; do this step again"
                )
                return
            seen[side] = (port, inverted)
            if len(seen) == 2:
                break
        missing = [side for side in self._tracks if side not in seen]
        if missing:
            yield ShowText(
                f"  the {' and the '.join(missing)} track moved with no port "
                f"({', '.join(self._ports)}): is the motor plugged in,"
                " and the board's switch on? Nothing is taken over"
            )
            return
        for side, (port, inverted) in seen.items():
            self._tracks[side] = replace(self._tracks[side], port=port, inverted=inverted)
        self._note()

    def _likely_first(self) -> Iterator[str]:
        likely = [track.port for track in self._tracks.values()]
        yield from [*likely, *(port for port in self._ports if port not in likely)]

    def _watch(self, port: str) -> Any:
        """(side, inverted) of what a positive duty moved, or None."""
        trials = iter(NUDGES)
        duty = next(trials)
        while True:
            yield RunMotors(f"motor port {port}", ramped({port: duty}, self._slew), NUDGE_S)
            answer = yield Ask(
                f"Port {port}: which track moved, seen from behind?",
                {**SIDES, "n": "none", "a": "again"},
            )
            if answer in SIDES:
                way = yield Ask(
                    "Which way would it have driven the robot?",
                    {"f": "forward", "b": "backward", "a": "again"},
                )
                if way != "a":
                    return SIDES[answer], way == "b"
            elif answer == "n":
                duty = next(trials, 0.0)
                if not duty:
                    return None

    # Dead-bands

    def _find_dead_bands(self) -> Dialogue:
        for side in self._tracks:
            bands = []
            for sign, way in ((1.0, "forward"), (-1.0, "backward")):
                band = yield from self._first_motion(side, sign, way)
                if band is not None:
                    bands.append(band)
            if bands:  # the larger one, so that it moves both ways
                self._tracks[side] = replace(self._tracks[side], dead_band=round(max(bands), 2))
                self._note()

    def _first_motion(self, side: str, sign: float, way: str) -> Any:
        """The duty at which the track began to move; None if skipped."""
        port, direction = (
            self._tracks[side].port,
            sign * (-1.0 if self._tracks[side].inverted else 1.0),
        )
        while True:
            yield Ask(
                f"The {side} track {way}: press any key AT ONCE when it begins to move.",
                {"y": "begin"},
            )
            driven: DriveOutcome = yield RunMotors(
                f"{side} {way}", lambda since: {port: direction * RISE * since}, HIGHEST / RISE
            )
            band = max(0.0, abs(driven.duties.get(port, 0.0)) - RISE * REACTION_S)
            text = (
                f"At {band:.0%} of full duty."
                if driven.stopped
                else f"It did not move up to {HIGHEST:.0%}?"
            )
            keys = {"y": "yes, just then"} if driven.stopped else {}
            answer = yield Ask(
                f"{text} Did it begin to move just then?",
                {**keys, "a": "again", "s": "skip this one"},
            )
            if answer != "a":
                return band if answer == "y" else None

    # On the floor

    def _shares(self, left: float, right: float) -> Duties:
        """Duties by port for shares of full speed, -1 to 1, forward > 0."""
        duties = {}
        for side, share in (("left", left), ("right", right)):
            track = self._tracks[side]
            duty = track.dead_band + (1.0 - track.dead_band) * abs(share)
            duties[track.port] = duty if (share > 0) != track.inverted else -duty
        return duties

    def _find_speeds(self) -> Dialogue:
        laps: list[Lap] = []
        times = list(LAPS_S)
        while times:
            seconds = times.pop(0)
            yield Ask(
                "Put its nose at the mark, pointing along the free way. It will drive ahead for "
                f"{seconds:g} s.",
                {"y": "drive"},
            )
            driven: DriveOutcome = yield RunMotors(
                "driving ahead", ramped(self._shares(SHARE, SHARE), self._slew), seconds
            )
            if driven.stopped:
                yield ShowText("  stopped; this one does not count")
                times.insert(0, seconds)
                continue
            ahead = yield AskNumber(
                "How far is its nose from the mark, straight ahead?", "cm", 1.0, 600.0
            )
            side = yield AskNumber(
                "And how far beside that line? Left is positive, right is negative.",
                "cm",
                -200.0,
                200.0,
            )
            laps.append(Lap(driven.seconds, ahead / 100.0, side / 100.0))
            if (
                not times
                and (yield Ask("Once more makes it more exact.", {"y": "once more", "n": "enough"}))
                == "y"
            ):
                times.append(1.5)
        yield from self._take_speeds(laps)

    def _take_speeds(self, laps: list[Lap]) -> Dialogue:
        fit = fit_speed(laps)
        if fit is None:
            yield ShowText(
                "  the longer drive was not the longer way: wrongly measured, or held up? Nothing "
                "is taken over; do this step again"
            )
            return
        self._lag = fit.lag
        speeds = track_speeds(fit, self._separation * self._multiplier)
        for side, speed in zip(("left", "right"), speeds, strict=True):
            self._tracks[side] = replace(self._tracks[side], full_speed=round(speed / SHARE, 3))
        self._note()
        yield ShowText(
            f"  {fit.speed:.3f} m/s, {fit.lag:.2f} s late, off by {fit.residual * 100:.1f} cm at "
            "most;"
            f" at full duty left {self._tracks['left'].full_speed:g}, right "
            f"{self._tracks['right'].full_speed:g} m/s"
        )

    def _find_multiplier(self) -> Dialogue:
        speed = SHARE * (self._tracks["left"].full_speed + self._tracks["right"].full_speed) / 2
        seconds = min(
            LONGEST_SPIN_S, spin_seconds(speed, self._separation * self._multiplier, self._lag)
        )
        measured = []
        for way, sign in (("left", 1.0), ("right", -1.0)):
            while True:
                yield Ask(
                    f"It will turn to the {way}, about once around, for {seconds:.1f} s.",
                    {"y": "turn"},
                )
                driven: DriveOutcome = yield RunMotors(
                    f"turning {way}",
                    ramped(self._shares(-sign * SHARE, sign * SHARE), self._slew),
                    seconds,
                )
                if not driven.stopped:
                    break
                yield ShowText("  stopped; this one does not count")
            degrees = yield AskNumber(
                "How many degrees did it turn in all? Once around is 360.", "degrees", 45.0, 1440.0
            )
            measured.append(
                spin_multiplier(speed, driven.seconds, self._lag, self._separation, degrees)
            )
        self._multiplier = round(sum(measured) / len(measured), 3)
        self._note()
        yield ShowText(
            f"  separation_multiplier {self._multiplier:g} (left {measured[0]:.2f}, right "
            f"{measured[1]:.2f})"
        )
