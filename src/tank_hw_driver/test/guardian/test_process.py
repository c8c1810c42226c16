"""The guardian as the process that it is, and what the wire saw of it.

Beside a chip model and drivers in processes of theirs.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tank_core.testing.lateness import Lateness
from tank_core.testing.waiting import wait_for
from tank_hw_driver.chip_model.client import ModelClient
from tank_hw_driver.chip_model.testing import chip_model
from tank_hw_driver.guardian.heartbeat import Heartbeat
from tank_hw_driver.guardian.motor_switch import guards_of
from tank_hw_driver.hardware import load_hardware

pytestmark = pytest.mark.slow
PATIENCE = 60.0
WITHIN = 0.3  # [s] what the project promises
LEAN_KB = 20_000  # resident; a bare Python 3.11 has 11 000 of them
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}

# Puts a duty on the first motor whenever it may, beats 50 times a second, and says so; "raise"
# makes it fail after a while.
DRIVER = """
import sys, time
from tank_core.testing.lateness import Lateness
from tank_hw_driver.chip_model.client import ModelClient
from tank_hw_driver.hardware import load_hardware
from tank_hw_driver.guardian.heartbeat import Heartbeat
chips, guardian, board, end = sys.argv[1:]
model, heartbeat = ModelClient(chips, name="driver"), Heartbeat(guardian)
hardware = load_hardware(board)
port = next(iter(hardware.motor_ports.values()))
def drive(on):
    if port.enable is None:
        model.i2c_write(hardware.pca9685.address, bytes([0, 0x21]))
        for channel, full in ((port.in1, on), (port.in2, False)):
            count = [0, 0x10, 0, 0] if full else [0, 0, 0, 0x10]
            model.i2c_write(hardware.pca9685.address, bytes([6 + 4 * channel, *count]))
    else:
        for pin, level in ((port.in1, on), (port.in2, False), (port.enable, on)):
            model.gpio(pin, function="output", level=int(level))
said = False
while True:
    heartbeat.beat()
    if heartbeat.fault():
        drive(False)
        heartbeat.acknowledge()
    else:
        drive(True)
        if not said:
            print("drives", flush=True)
            said = True
        elif end == "raise":
            raise RuntimeError("broken")
    time.sleep(0.02)
"""


class Stage:
    """A chip model, a guardian and a driver."""

    def __init__(self, model: ModelClient, board: str, folder: Path, lateness: Lateness) -> None:
        self.model, self.board, self.path = model, board, folder / "guardian"
        self._lateness = lateness
        self.log = folder / "log"
        self.processes: list[subprocess.Popen[str]] = []
        self.guardian: subprocess.Popen[str]

    def start_guardian(self, board: str = "auto", **environment: str) -> subprocess.Popen[str]:
        self.guardian = self._start(
            "-m", "tank_hw_driver.guardian", *self.options, "--board", board, **environment
        )
        wait_for(lambda: self.said("listening"), "the guardian")
        return self.guardian

    @property
    def options(self) -> list[str]:
        return [
            "--wires",
            f"model:{self.model.path}",
            "--socket",
            str(self.path),
            "--calibration",
            "none",
        ]

    def start_driver(self, end: str = "never") -> subprocess.Popen[str]:
        driver = self._start("-c", DRIVER, self.model.path, str(self.path), self.board, end)
        assert driver.stdout is not None
        assert driver.stdout.readline() == "drives\n", self.log.read_text()
        return driver

    def _start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        with self.log.open("a") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**ENVIRONMENT, **environment},
            )
        self.processes.append(process)
        return process

    def said(self, text: str) -> int:
        return self.log.read_text().count(text) if self.log.exists() else 0

    def put_duty(self) -> None:
        """As somebody who died long ago left it."""
        hardware = load_hardware(self.board)
        port = next(iter(hardware.motor_ports.values()))
        if port.enable is None:
            self.model.i2c_write(hardware.pca9685.address, bytes([0, 0x21]))
            self.model.i2c_write(hardware.pca9685.address, bytes([6 + 4 * port.in1, 0, 0x10, 0, 0]))
        else:
            for pin in (port.in1, port.enable):
                self.model.gpio(pin, function="output", level=1)

    @property
    def child(self) -> int:
        """The process that guards, of the two."""
        guardian = self.guardian.pid
        wait_for(lambda: children(guardian), "the guardian's child")
        return children(guardian)[0]

    @property
    def moving(self) -> bool:
        return any(self.model.motor_duties().values())

    def zero_after(self, moment: float, within: float = WITHIN) -> bool:
        """Waits until the motors are off and stay off.

        Whether they went off for good ``within`` seconds of ``moment``.
        """
        wait_for(lambda: not self.moving, "motors off")
        time.sleep(WITHIN)
        assert not self.moving
        history = self.model.motor_history(moment)
        took = max([t for t, _ in history], default=moment) - moment
        return took < within + self._lateness.allowance(moment)

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.communicate()


def children(process: int) -> list[int]:
    text = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(word) for word in text.split()]


@contextmanager
def stage_with(board: str, folder: Path) -> Iterator[Stage]:
    with chip_model(board) as model, Lateness() as lateness:
        stage = Stage(model, board, folder, lateness)
        try:
            yield stage
        finally:
            stage.end()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with stage_with("robot_hat_v3", tmp_path) as stage:
        yield stage


@pytest.mark.parametrize("board", ["robot_hat_v3", "motor_hat", "pro"])
def test_power_on_crash_exception_and_hang_on_every_board(board: str, tmp_path: Path) -> None:
    with stage_with(board, tmp_path) as stage:
        stage.put_duty()
        assert stage.moving
        stage.start_guardian()
        assert not stage.moving, "before anybody can connect"
        driver = stage.start_driver()
        assert stage.moving
        moment = time.monotonic()
        driver.kill()
        assert stage.zero_after(moment)
        moment = time.monotonic()
        stage.start_driver("raise")
        assert stage.zero_after(moment, PATIENCE)
        driver = stage.start_driver()
        moment = time.monotonic()
        driver.send_signal(signal.SIGSTOP)
        assert stage.zero_after(moment)
        stage.put_duty()  # in the middle of a write when it was stopped
        wait_for(lambda: not stage.moving, "the guardian's repeated off")
        driver.send_signal(signal.SIGCONT)
        wait_for(lambda: stage.moving, "the driver that acknowledged")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_its_own_end_is_motors_off_and_leaves_no_socket(
    stage: Stage, number: signal.Signals
) -> None:
    stage.start_guardian()
    driver = stage.start_driver()
    driver.send_signal(signal.SIGSTOP)  # so that it is the guardian that we see
    moment = time.monotonic()
    stage.guardian.send_signal(number)
    assert stage.guardian.wait(PATIENCE) == 0
    assert stage.zero_after(moment)
    assert not stage.path.exists()


def test_a_guardian_killed_and_started_again(stage: Stage) -> None:
    """The driver finds the new one. Meanwhile it stops by itself."""
    stage.start_guardian()
    stage.start_driver()
    moment = time.monotonic()
    stage.guardian.kill()
    assert stage.zero_after(moment)
    stage.log.write_text("")
    stage.start_guardian()
    wait_for(lambda: stage.moving, "the driver")


@pytest.mark.parametrize("of_two", ["parent", "child"])
def test_driver_and_guardian_may_be_killed_in_the_same_moment(stage: Stage, of_two: str) -> None:
    stage.start_guardian()
    driver = stage.start_driver()
    guardian = stage.guardian.pid if of_two == "parent" else stage.child
    other = stage.child if of_two == "parent" else stage.guardian.pid
    moment = time.monotonic()
    os.kill(guardian, signal.SIGKILL)
    driver.kill()
    assert stage.zero_after(moment)
    if of_two == "child":
        assert children(other) != [guardian], "it is replaced"
        stage.start_driver()
    else:
        assert stage.guardian.wait(PATIENCE) == -signal.SIGKILL
        wait_for(lambda: not Path(f"/proc/{other}").exists(), "the child without a parent to end")
        assert not stage.path.exists()


def test_a_child_that_is_killed_while_the_driver_hangs_is_replaced(stage: Stage) -> None:
    """Nothing but the child that comes after it is there to stop the motors."""
    stage.start_guardian()
    driver = stage.start_driver()
    moment = time.monotonic()
    driver.send_signal(signal.SIGSTOP)
    os.kill(stage.child, signal.SIGKILL)
    assert stage.zero_after(moment)
    wait_for(lambda: stage.said("listening") == 2, "the next one")
    driver.send_signal(signal.SIGCONT)
    wait_for(lambda: stage.moving, "the driver that acknowledged")


def test_the_next_guardian_waits_for_one_that_ends(stage: Stage) -> None:
    stage.start_guardian()
    child = stage.child
    os.kill(child, signal.SIGSTOP)
    stage.guardian.kill()
    stage.guardian.wait(PATIENCE)
    stage.log.write_text("")
    stage.guardian = stage._start("-m", "tank_hw_driver.guardian", *stage.options)
    time.sleep(0.3)
    assert not stage.said("listening")
    os.kill(child, signal.SIGCONT)
    wait_for(lambda: stage.said("listening"), "the next one")
    stage.start_driver()


def test_a_live_guardian_is_not_pushed_aside(stage: Stage) -> None:
    stage.start_guardian()
    second = subprocess.run(
        [sys.executable, "-m", "tank_hw_driver.guardian", *stage.options],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "another guardian lives" in second.stderr
    stage.start_driver()


def test_the_start_of_a_second_guardian_never_cuts_the_motors(stage: Stage) -> None:
    stage.start_guardian()
    stage.start_driver()
    wait_for(lambda: stage.moving, "the driver")
    moment = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "tank_hw_driver.guardian", *stage.options],
        env=ENVIRONMENT, capture_output=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert stage.moving
    history = stage.model.motor_history(moment)
    assert all(any(duties.values()) for _, duties in history), history


def test_strangers_rubbish_and_a_second_driver(stage: Stage) -> None:
    stage.start_guardian()
    assert stage.path.stat().st_mode & 0o777 == 0o600
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
        client.connect(str(stage.path))
        client.send(b"\x00rubbish")
        wait_for(lambda: stage.said("rubbish"), "its word about the rubbish")
    driver = stage.start_driver()
    second = Heartbeat(stage.path)
    wait_for(lambda: (second.beat(), "drives already" in str(second.fault()))[1], "the refusal")
    second.close()
    assert stage.moving
    driver.kill()
    wait_for(lambda: not stage.moving, "motors off")


def test_a_bus_that_comes_late_hangs_and_comes_back(tmp_path: Path) -> None:
    with stage_with("robot_hat_v3", tmp_path) as stage:
        stage.put_duty()
        stage.model.fault("absent", address=0x5F)
        stage.start_guardian()
        heartbeat = Heartbeat(stage.path)
        wait_for(
            lambda: (
                heartbeat.beat(),
                heartbeat.acknowledge(),
                "no board found" in str(heartbeat.fault()),
            )[2],
            "the bus's fault at the driver",
        )
        heartbeat.close()
        assert stage.moving
        stage.model.clear_faults()
        wait_for(lambda: not stage.moving, "motors off as soon as the board is there")
        driver = stage.start_driver()
        stage.model.fault("hang", seconds=1.0)
        moment = time.monotonic()
        driver.kill()
        assert stage.zero_after(moment, 1.0 + WITHIN)
        assert stage.said("cannot be switched off") >= 2


def test_a_driver_of_another_board_than_the_guardians_never_moves(stage: Stage) -> None:
    stage.start_guardian()
    wires = f"model:{stage.model.path}"
    heartbeat = Heartbeat(stage.path, guards=guards_of(load_hardware("motor_hat"), wires))
    wait_for(
        lambda: (heartbeat.beat(), heartbeat.acknowledge(), "motor_hat/" in str(heartbeat.fault()))[
            2
        ],
        "the guardian's word",
    )
    assert "it guards robot_hat_v3/" in str(heartbeat.fault())
    assert "start both with the same board, calibration and wires" in str(heartbeat.fault())
    stage.put_duty()
    wait_for(lambda: not stage.moving, "what is guarded to be off again")
    heartbeat.close()
    heartbeat = Heartbeat(stage.path, guards=guards_of(load_hardware("robot_hat_v3"), wires))
    wait_for(
        lambda: (heartbeat.beat(), heartbeat.acknowledge(), heartbeat.fault() is None)[2],
        "the motors for the right board",
    )
    heartbeat.close()


def test_a_guardian_of_another_board_than_there_is_gives_nobody_the_motors(stage: Stage) -> None:
    stage.start_guardian(board="motor_hat")
    heartbeat = Heartbeat(stage.path)
    wait_for(
        lambda: (
            heartbeat.beat(),
            heartbeat.acknowledge(),
            "the board motor_hat is not there" in str(heartbeat.fault()),
        )[2],
        "the guardian's word",
    )
    heartbeat.close()
    assert stage.said("motor_hat is not there")


def test_it_is_lean_and_tells_systemd(stage: Stage, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(PATIENCE)
        guardian = stage.start_guardian(
            NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="300000"
        )
        heard = ""
        while heard.count("WATCHDOG=1") < 4:
            heard += systemd.recv(512).decode() + "\n"
        assert "READY=1" in heard
        stage.start_driver()
        while "drives" not in heard:
            heard += systemd.recv(512).decode()
    both = (guardian.pid, stage.child)
    shares = [Path(f"/proc/{process}/smaps_rollup").read_text() for process in both]
    proportional = sum(int(share.partition("\nPss:")[2].split()[0]) for share in shares)
    maps = Path(f"/proc/{stage.child}/maps").read_text()
    assert proportional < LEAN_KB, f"{proportional} kB"
    assert not [
        name for name in ("numpy", "rclpy", "librcl", "gpiozero", "lgpio", "cv2") if name in maps
    ]


def test_it_imports_nothing_heavy() -> None:
    code = (
        "import sys, tank_hw_driver.guardian.__main__, tank_hw_driver.board.probing, "
        "tank_hw_driver.bus.pi_wires, tank_hw_driver.bus.model_wires\n"
        "print([name for name in ('numpy', 'rclpy', 'gpiozero', 'cv2', 'lgpio', 'multiprocessing', "
        "'asyncio') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert done.stdout == "[]\n"
