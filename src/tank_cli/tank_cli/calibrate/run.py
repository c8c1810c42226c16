"""Runs a calibration at the terminal.

The dialogue, the robot and the keys together, and then the file.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tank_cli.calibrate.acts import Ask, Dialogue, ShowText, aligned
from tank_cli.calibrate.keyboard import Keyboard
from tank_cli.calibrate.rig import (
    AUTO,
    PATIENCE_S,
    PERIOD_S,
    Rig,
    brown_out,
    default_calibration,
    open_rig,
)
from tank_cli.calibrate.session import Session, SessionStep
from tank_core.exceptions import TankError
from tank_core.io.arguments import output_file
from tank_core.io.config_file import laid_over
from tank_core.io.console import BOLD, ExitCode, paint, say
from tank_hw_driver.bus.base import REAL, BusError
from tank_hw_driver.calibration_file import (
    board_values,
    changes,
    only_differences,
    write_calibration,
)
from tank_hw_driver.hardware import Hardware, board_names, read_calibration

VOLTS_S = 0.1  # between two readings of the battery

MakeDialogue = Callable[[Hardware, dict[str, Any]], Dialogue]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of all calibrations of the robot."""
    names = ", ".join(board_names())
    parser.add_argument(
        "--board",
        default=AUTO,
        choices=[AUTO, *board_names()],
        help="default: the calibration's, or else what answers",
    )
    parser.add_argument(
        "--out",
        type=output_file,
        metavar="FILE",
        help="the calibration, read and written (default: where the driver reads it)",
    )
    parser.add_argument(
        "--mock",
        nargs="?",
        const="robot_hat_v3",
        default="",
        choices=board_names(),
        metavar="BOARD",
        help=f"try it out without a robot, on a model of its chips: {names}; "
        "--out is rasptank-mock.yaml then",
    )
    parser.add_argument(
        "--wires",
        default=REAL,
        metavar="W",
        help="pi, or model:PATH of a chip model that runs (default: pi)",
    )


def calibrate(args: argparse.Namespace, kind: str, make: MakeDialogue) -> int:
    """The dialogue ``make``, and the question whether to write what it found.

    Exit code 0, 1 when nothing was written.
    """
    path = args.out or default_calibration(args.mock)
    found: dict[str, Any] = {}
    with Keyboard() as keyboard, open_rig(args.wires, args.board, path, args.mock) as rig:
        hardware = rig.hardware
        say(
            f"board {hardware.board} on {args.wires if not args.mock else 'a model of its chips'}, "
            f"calibration {path}",
            BOLD,
        )
        try:
            play(Session(make(hardware, found)), rig, keyboard, kind == "battery")
        except BusError as error:
            raise brown_out(error) from None
        except KeyboardInterrupt:
            say("\nended; nothing is written")
            raise
        finally:
            say()
        before = read_calibration(path)
        after = only_differences(hardware.board, laid_over(before, found))
        writer = _Writer(path, before, after, kind)
        play(Session(writer.dialogue()), rig, keyboard, battery=False)
    return ExitCode.DONE if writer.written else ExitCode.FAILED


def play(session: Session, rig: Rig, keyboard: Keyboard, battery: bool) -> None:
    """Turn after turn until the dialogue ends.

    Raises KeyboardInterrupt, BusError, TankError; the rig then switches all off.
    """
    screen, keys, held, due = Screen(), [], 0.0, 0.0
    volts: float | None = None
    while not session.done:
        keys += keyboard.read(PERIOD_S)
        now = time.monotonic()
        if fault := rig.keep_alive():
            held = held or now
            if session.moving or now - held > PATIENCE_S:
                raise TankError(f"stopped: {fault}")
            continue
        held = 0.0
        volts = None
        if battery and now >= due:
            volts, due = rig.volts(), now + VOLTS_S
        turn = session.step(now, keys, volts)
        rig.apply(dict(turn.duties), turn.pulses)
        keys = []
        screen.show(turn)
    rig.motors_off()


class Screen:
    """Shows lines that stay, and below them one that is written over.

    The latter only where a person looks at it.
    """

    def __init__(self) -> None:
        self._status = ""
        self._live = sys.stderr.isatty()

    def show(self, turn: SessionStep) -> None:
        if not turn.lines and turn.status == self._status:
            return
        wipe = "\r\x1b[K" if self._live else ""
        # one line, or it could not be wiped
        status = turn.status[: shutil.get_terminal_size().columns - 1]
        text = (
            wipe
            + "".join(f"{line}\n" for line in turn.lines)
            + (paint(status, BOLD) if self._live and status else "")
        )
        try:
            print(text, end="", file=sys.stderr, flush=True)
        except OSError:  # nobody reads any more
            raise KeyboardInterrupt from None
        self._status = turn.status


class _Writer:
    def __init__(
        self, path: Path, before: Mapping[str, Any], after: Mapping[str, Any], kind: str
    ) -> None:
        self._path, self._before, self._after, self._kind = path, before, after, kind
        self.written = False

    def dialogue(self) -> Dialogue:
        """Before and after, the question, and the file."""
        own = board_values(self._after["board"])
        rows = changes(laid_over(own, self._before), laid_over(own, self._after))
        if not rows:
            yield ShowText("Nothing new was found; the calibration stays as it is.")
            return
        yield ShowText("\n".join(aligned([("key", "before", "after"), *rows])))
        if (
            yield Ask(f"Write this to {self._path}?", {"y": "write", "n": "leave it as it is"})
        ) != "y":
            return
        stamp = time.strftime("%Y-%m-%d %H:%M")
        heading = (
            "This robot's calibration: what differs from "
            f"boards/{self._after['board']}.yaml.\n./tank calibrate {self._kind}, {stamp}"
        )
        kept = write_calibration(self._path, self._after, heading)
        self.written = True
        backup = f", the one before is kept as {kept.name}" if kept else ""
        yield ShowText(f"{self._path} is written{backup}. The driver reads it at its start.")
