"""The robot under calibration: its board, guarded as when it drives.

Its guardian runs already, or one is started for the time.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tank_core.exceptions import TankError
from tank_core.io.console import YELLOW, say
from tank_hw_driver.board.board import Board, open_board
from tank_hw_driver.bus.base import MODEL, REAL, BusError, Wires
from tank_hw_driver.bus.open import open_wires
from tank_hw_driver.guardian.heartbeat import Heartbeat
from tank_hw_driver.guardian.motor_switch import guards_of
from tank_hw_driver.guardian.sockets import TABLE, guardians
from tank_hw_driver.hardware import (
    UNCALIBRATED,
    Hardware,
    calibration_path,
    load_hardware,
    read_calibration,
)
from tank_hw_driver.runtime import guardian_socket
from tank_stack.processes import ChildProcess

PERIOD_S = 0.02  # of a beat, as in the driver
PATIENCE_S = 3.0  # for the guardian to let go of the motors
START_S = 20.0  # for a process of ours to be ready, on a busy Pi
CHECK_S = 0.5  # between two looks at the chip's settings
AUTO = "auto"
CURE = (
    "if the robot's stack runs, end it first: Ctrl-C in its terminal, or sudo systemctl stop "
    "tank-robot"
)
BROWN_OUT = (
    "the robot lost its board; weak or empty cells do that when motors or servos start: "
    "charge them (each has to give 4 A)"
)


class Rig:
    """The motors, servos and battery that a dialogue's turns act on.

    Not thread-safe.
    """

    def __init__(self, board: Board, heartbeat: Heartbeat) -> None:
        self.hardware: Hardware = board.hardware
        self._board, self._heartbeat = board, heartbeat
        self._off = dict.fromkeys(board.hardware.motor_ports, 0.0)
        self._duties = self._off
        self._pulses: dict[int, float | None] = {}
        self._checked = time.monotonic()

    def keep_alive(self) -> str | None:
        """Give a sign of life; returns why the motors must not run now.

        Once a PERIOD_S. Raises BusError when the board is lost.
        """
        self._heartbeat.beat()
        fault = self._heartbeat.fault()
        if fault:
            self.motors_off()
            self._heartbeat.acknowledge()
        if time.monotonic() - self._checked > CHECK_S:
            self._checked = time.monotonic()
            self._board.check()
        return fault

    def wait_until_free(self) -> None:
        """Until the guardian leaves the motors to us.

        Raises TankError that says who holds them, and the cure.
        """
        give_up = time.monotonic() + PATIENCE_S
        while fault := self.keep_alive():
            if time.monotonic() > give_up:
                raise TankError(f"{fault}; {CURE}")
            time.sleep(PERIOD_S)

    def apply(self, duties: dict[str, float], pulses: dict[int, float | None]) -> None:
        """Duties by port, all others zero; pulses [us] by channel.

        Only what is new goes onto the bus. Raises BusError.
        """
        wanted = {**self._off, **duties}
        if wanted != self._duties:
            self._duties = wanted
            self._board.set_motors(wanted)
        fresh = {
            channel: pulse
            for channel, pulse in pulses.items()
            if channel not in self._pulses or self._pulses[channel] != pulse
        }
        if fresh:
            self._pulses |= fresh
            self._board.set_pulses(fresh)

    def motors_off(self) -> None:
        """Every port without current. Raises BusError."""
        self._duties = self._off
        self._board.motors_off()

    def volts(self) -> float | None:
        """Read the battery [V]. Raises BusError."""
        return self._board.battery_v()


@contextmanager
def open_rig(wires_name: str, board_name: str, calibration: Path, mock: str) -> Iterator[Rig]:
    """The robot, its motors off and its servos free, while this context lasts.

    ``mock``: a board's name; its chips are a model then, in a process of its own. At the end,
    however it comes, motors off and servos free. Raises TankError.
    """
    with ExitStack() as stack:
        socket = guardian_socket() if not mock else None
        if mock:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tank-mock-")))
            socket, wires_name = folder / "guardian", f"{MODEL}{folder / 'chips'}"
            words = [
                "tank_hw_driver.chip_model",
                "--board",
                mock,
                "--socket",
                str(folder / "chips"),
            ]
            stack.enter_context(_process("chip model", words, "chip model of"))
        assert socket is not None
        wires = open_wires(wires_name)
        stack.callback(wires.close)
        hardware = _hardware(wires, board_name, calibration)
        if wires_name == REAL:
            _refuse_other_guardians(socket)
        heartbeat = Heartbeat(socket, guards=guards_of(hardware, wires.name))
        stack.callback(heartbeat.close)
        heartbeat.beat()
        if (heartbeat.fault() or "").startswith("no guardian"):
            words = [
                "tank_hw_driver.guardian",
                "--wires",
                wires_name,
                "--board",
                hardware.board,
                "--socket",
                str(socket),
            ]
            known = str(calibration) if calibration.exists() else UNCALIBRATED
            stack.enter_context(_process("guardian", [*words, "--calibration", known], "listening"))
        board = open_board(hardware, wires)
        rig = Rig(board, heartbeat)
        _wait_for_no_driver(heartbeat)
        stack.callback(board.close)
        board.start()
        rig.wait_until_free()
        yield rig


def _hardware(wires: Wires, board_name: str, calibration: Path) -> Hardware:
    from tank_hw_driver.board.probing import probe_board

    known = read_calibration(calibration)
    board = board_name if board_name != AUTO else str(known.get("board") or probe_board(wires))
    return load_hardware(board, known, str(calibration))


def _wait_for_no_driver(heartbeat: Heartbeat) -> None:
    """Before the chips are touched.

    A second driver would only disturb the first. Raises TankError.
    """
    give_up = time.monotonic() + PATIENCE_S
    while True:
        heartbeat.beat()
        fault = heartbeat.fault()
        if fault is None or fault.startswith("the guardian holds"):
            return
        if " refuses: " in fault or time.monotonic() > give_up:
            raise TankError(f"{fault}; {CURE}")
        time.sleep(PERIOD_S)


def _refuse_other_guardians(socket: Path) -> None:
    """Refuse where a guardian of another user's stack runs.

    It would not keep us apart. Raises TankError.
    """
    others = [
        path
        for path in guardians(Path(TABLE).read_text(encoding="utf-8", errors="replace"))
        if path != socket
    ]
    if others:
        raise TankError(
            f"the robot has another guardian, at {others[0]}; be its user, as in: sudo -u tank "
            "/opt/tank/pi/run calibrate ..."
        )


@contextmanager
def _process(name: str, words: Sequence[str], ready: str) -> Iterator[None]:
    """A Python module as a process that ends with us, even by kill -9.

    Yields when it has said ``ready``. Raises TankError.
    """
    said: list[str] = []
    is_ready = threading.Event()

    def on_line(line: str) -> None:
        said.append(line)
        if ready in line:
            is_ready.set()

    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
    }
    child = ChildProcess([sys.executable, "-m", *words], on_line, environment)
    try:
        give_up = time.monotonic() + START_S
        while not is_ready.wait(0.05):
            if child.poll() is not None or time.monotonic() > give_up:
                raise TankError(
                    f"the {name} did not start: {said[-1] if said else 'it said nothing'}"
                )
        yield
    finally:
        child.end()
        give_up = time.monotonic() + PATIENCE_S
        while child.poll() is None and time.monotonic() < give_up:
            time.sleep(0.01)
        if child.poll() is None:
            say(f"the {name} does not end by itself and is killed", YELLOW)
            child.kill()


def default_calibration(mock: str) -> Path:
    """The path of the calibration: a model's never where the robot's is."""
    return Path("rasptank-mock.yaml") if mock else calibration_path()


def brown_out(error: BusError) -> TankError:
    """The cure for a board that is lost in the middle."""
    return TankError(f"{error}; {BROWN_OUT}")
