"""A calibration at a real terminal against the chip model.

What the wire saw when a key was pressed, and when the tool was gone.
"""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pseudo_terminal import Terminal

from tank_core.testing.lateness import Lateness
from tank_core.testing.waiting import wait_for
from tank_hw_driver.chip_model.client import ModelClient
from tank_hw_driver.chip_model.testing import chip_model
from tank_hw_driver.hardware import load_hardware, read_calibration

STOPPED_WITHIN_S = 0.3  # docs/safety.md: by the guardian, whatever became of the driver
BOARDS = ("robot_hat_v3", "motor_hat")


@pytest.fixture(params=BOARDS)
def chips(request: pytest.FixtureRequest) -> Iterator[ModelClient]:
    with chip_model(request.param, battery=7.5) as client:
        yield client


@pytest.fixture
def calibrate(chips: ModelClient, tmp_path: Path) -> Callable[..., Terminal]:
    """A calibration of these chips, with a guardian of its own.

    Its file is ``tmp_path/robot.yaml``.
    """
    words = ["-m", "tank_cli", "calibrate"]
    options = ["--wires", f"model:{chips.path}", "--out", str(tmp_path / "robot.yaml")]
    return lambda *kind: Terminal(
        [*words, *kind, *options], {"TANK_GUARDIAN_SOCKET": str(tmp_path / "guardian")}
    )


def moves(chips: ModelClient) -> bool:
    return any(chips.motor_duties().values())


def drive(terminal: Terminal, chips: ModelClient) -> None:
    """To the step in which a duty rises for up to 20 s."""
    terminal.answer("on a box", "y")
    terminal.answer("Step 1", "s")
    terminal.answer("Step 2", "y")
    terminal.answer("AT ONCE", "y")
    wait_for(lambda: moves(chips))


@contextmanager
def driving(calibrate: Callable[..., Terminal], chips: ModelClient) -> Iterator[Terminal]:
    """A calibration whose motors turn.

    It is begun again where a busy machine kept its beats from the guardian, which rightly stops it.
    """
    for left in reversed(range(6)):
        with calibrate("motors") as terminal:
            try:
                drive(terminal, chips)
            except AssertionError:
                if not left or "the guardian" not in terminal.text:
                    raise
                time.sleep(2.0)  # it gives the motors back a second after it stopped them
                continue
            yield terminal
            return


def stopped_after(chips: ModelClient, since: float) -> float:
    """The time [s] from ``since`` until the motors' last current."""
    wait_for(lambda: not moves(chips))
    return max(
        [t - since for t, duties in chips.motor_history(since) if not any(duties.values())],
        default=0.0,
    )


def stops_in_time(chips: ModelClient, end: Callable[[], None]) -> bool:
    """Whether the motors stop as soon as is promised, after ``end``."""
    with Lateness() as lateness:
        since = time.monotonic()
        end()
        return stopped_after(chips, since) < STOPPED_WITHIN_S + lateness.allowance(since)


@pytest.mark.slow
def test_any_key_stops_and_nobody_else_gets_the_robot_meanwhile(
    calibrate: Callable[..., Terminal], chips: ModelClient
) -> None:
    with driving(calibrate, chips) as terminal:
        with calibrate("battery") as second:
            second.expect("refuses")
            assert second.end() == 2
        assert moves(chips)
        assert stops_in_time(chips, lambda: terminal.type("\x1b"))
        terminal.expect("just then?")
        terminal.type("\x03")
        assert terminal.end() == 130
        assert not moves(chips) and not any(chips.pulses().values())
    assert "nothing is written" in terminal.text


ENDS: dict[str, Callable[[Terminal], None]] = {
    "kill -9": lambda terminal: os.kill(terminal.process.pid, signal.SIGKILL),
    "hangs": lambda terminal: os.kill(terminal.process.pid, signal.SIGSTOP),
    "the ssh line drops": Terminal.hang_up,
    "SIGTERM": lambda terminal: os.kill(terminal.process.pid, signal.SIGTERM),
    "Ctrl-C": lambda terminal: terminal.type("\x03"),
    "Ctrl-D": lambda terminal: terminal.type("\x04"),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("end", "chips"),
    [*((end, "robot_hat_v3") for end in ENDS), ("kill -9", "motor_hat")],
    indirect=["chips"],
)
def test_however_it_ends_the_motors_stop_and_nothing_is_left(
    end: str, calibrate: Callable[..., Terminal], chips: ModelClient, tmp_path: Path
) -> None:
    with driving(calibrate, chips) as terminal:
        assert stops_in_time(chips, lambda: ENDS[end](terminal))
        if end == "hangs":
            os.kill(terminal.process.pid, signal.SIGCONT)
            terminal.expect("stopped: the guardian")
            assert not moves(chips)
    wait_for(lambda: not (tmp_path / "guardian").exists())
    assert not moves(chips) and not (tmp_path / "robot.yaml").exists()


@pytest.mark.slow
@pytest.mark.parametrize("chips", ["robot_hat_v3"], indirect=True)
def test_what_was_found_is_shown_and_written_and_other_keys_stay(
    calibrate: Callable[..., Terminal], chips: ModelClient, tmp_path: Path
) -> None:
    path = tmp_path / "robot.yaml"
    path.write_text("board: robot_hat_v3\ntracks: {slew: 5.0}\n")
    with calibrate("battery") as terminal:
        terminal.answer("[enter] go on", "\r")
        terminal.answer("multimeter show", "7.2\r")
        terminal.expect("battery.reference")
        terminal.answer("Write this", "y")
        assert terminal.end() == 0
    assert read_calibration(path.with_name("robot.yaml.bak")) == {
        "board": "robot_hat_v3",
        "tracks": {"slew": 5.0},
    }
    after = load_hardware("robot_hat_v3", read_calibration(path))
    assert after.tracks.slew == 5.0
    assert after.battery is not None and after.battery.reference == pytest.approx(
        5.2 * 7.2 / 7.5, rel=0.01
    )


@pytest.mark.slow
@pytest.mark.parametrize("chips", ["robot_hat_v3"], indirect=True)
def test_a_board_that_is_lost_is_told_with_its_cure(
    calibrate: Callable[..., Terminal], chips: ModelClient, tmp_path: Path
) -> None:
    with calibrate("servos", "--only", "camera_tilt") as terminal:
        terminal.answer("space is clear", "y")
        terminal.answer("wakes there", "w")
        wait_for(lambda: any(chips.pulses().values()))
        chips.fault("reset")
        terminal.expect("cells")
        assert terminal.end() == 2


def test_without_a_terminal_it_refuses(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tank_cli.__main__ import main

    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["calibrate", "motors", "--mock", "--out", str(tmp_path / "robot.yaml")]) == 2
    assert "ssh -t" in capsys.readouterr().err
