"""``./tank robot``: what cannot be started is refused.

With --mock the whole chain moves the motors of the chip model. A small machine serves no cockpit
by itself.
"""

from __future__ import annotations

import argparse
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from nav_msgs.msg import Odometry
from stack_operator import PATIENCE_S, stack_in

from tank_cli.__main__ import main
from tank_cli.commands.robot import robot
from tank_core.robot import load_robot
from tank_core.ros import interfaces as names
from tank_core.testing.lateness import Lateness
from tank_core.testing.own_domain import own_domain
from tank_executor.plan import PlanState
from tank_hw_driver.actuators.track_motors import duty_of
from tank_hw_driver.chip_model.client import ModelClient
from tank_hw_driver.hardware import load_hardware
from tank_stack.stack import RASPTANK

DOMAIN = str(own_domain())
BOARD = "robot_hat_v3"
WAY_M = 0.5
TRIES = 10


@pytest.mark.slow
def test_a_sentence_moves_the_right_motors_for_the_right_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANK_GUARDIAN_SOCKET", str(tmp_path / "guardian"))
    monkeypatch.setenv("TANK_CHIPS_SOCKET", str(tmp_path / "chips"))
    hardware, speed = load_hardware(BOARD), load_robot("rasptank").pace(None).linear
    with stack_in(
        DOMAIN, RASPTANK, mock_hardware=True, board=BOARD, calibration="none", camera_source="none"
    ) as operator:
        odometry: list[float] = []
        operator.client.listen(
            Odometry, names.ODOM, lambda m: odometry.append(m.pose.pose.position.x), names.STREAM
        )
        operator.until(lambda: odometry)
        # a machine that stalls for so long that the robot's watchdog ends the drive says nothing of
        # the drive
        for _ in range(TRIES):
            with Lateness() as lateness:
                began, x = time.monotonic(), odometry[-1]
                status = operator.do(f"drive forward {WAY_M:g} meters")
                late = lateness.allowance()
            if not (status.state is PlanState.STOPPED and "no odometry for" in status.message):
                break
        assert status.state is PlanState.SUCCEEDED, status
        with closing(ModelClient(str(tmp_path / "chips"))) as chips:
            assert operator.client.wait_until(
                lambda: not any(chips.motor_duties().values()), PATIENCE_S
            )
            history = chips.motor_history(began)
        way = odometry[-1] - x
    assert way == pytest.approx(WAY_M, abs=0.02 + speed * late)
    for track in (hardware.tracks.left, hardware.tracks.right):
        sign = -1 if track.inverted else 1
        duties = [(when, sign * ports[track.port]) for when, ports in history]
        cruise = duty_of(track, speed)
        assert max(duty for _, duty in duties) == pytest.approx(cruise, abs=0.01)
        fast = sum(
            later - when
            for (when, duty), (later, _) in pairwise(duties)
            if duty > duty_of(track, speed / 2)
        )
        # for as long as it takes to get where it says it got
        assert fast == pytest.approx(way / speed, rel=0.1, abs=late)
    used = {hardware.tracks.left.port, hardware.tracks.right.port}
    assert not any(duty for _, ports in history for port, duty in ports.items() if port not in used)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--mock", "--robot", "nobody"], "nobody"),
        (["--mock", "--calibration", "/nowhere/x.yaml"], "/nowhere/x.yaml"),
        ([], "i2c"),
    ],
)
def test_what_cannot_be_started_is_refused_at_once(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if not arguments and Path("/dev/i2c-1").exists():
        pytest.skip("this machine has an I2C bus")
    assert main(["robot", *arguments]) == 2
    err = capsys.readouterr().err
    assert err.startswith("tank: ") and err.count("\n") == 1 and words in err


def test_a_calibration_with_a_mistake_is_refused_with_its_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("board: pro\ntracks: {left: {ded_band: 0.3}}\n")
    assert main(["robot", "--mock", "--calibration", str(path)]) == 2
    err = capsys.readouterr().err
    assert str(path) in err and "ded_band" in err and "dead_band" in err


@pytest.mark.parametrize(
    ("words", "memory_mb", "viewer"),
    [
        ([], 16_000, "web"),
        ([], 512, "none"),  # a Pi Zero 2 W: ./tank cockpit on a PC shows it
        (["--viewer", "web"], 512, "web"),
        (["--viewer", "none"], 16_000, "none"),
        (["--cockpit"], 16_000, "none"),
    ],
)
def test_a_small_machine_has_no_cockpit_unless_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, words: list[str], memory_mb: int, viewer: str
) -> None:
    monkeypatch.setattr(robot, "total_memory", lambda: memory_mb << 20)
    parser = argparse.ArgumentParser()
    robot.configure(parser)
    settings = robot._settings(parser.parse_args(["--mock", *words]))
    assert settings["viewer"] == viewer and settings["cockpit"] == ("--cockpit" in words)
