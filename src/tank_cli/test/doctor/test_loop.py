"""The doctor's judgment of a control loop: kept, hardly, or not, and the cure."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tank_cli.__main__ import main
from tank_cli.doctor.findings import Severity
from tank_cli.doctor.loop import NAME, LoopMeasurement, Phase, judge
from tank_cli.doctor.processes import Processes, find
from tank_core.testing.own_domain import own_domain


def seen(
    rates: tuple[float, ...] = (20.0, 20.0),
    gap: float = 55.0,
    cuts: int = 0,
    cores: float = 0.4,
    camera: bool = False,
    others: tuple[tuple[str, float], ...] = (),
    free_mb: float = 200.0,
    wanted: float = 20.0,
) -> LoopMeasurement:
    phases = [
        Phase("at rest", [wanted] * 5, [gap] * 5),
        Phase("driving", list(rates), [gap], 0, cuts, cores),
    ]
    return LoopMeasurement(wanted, phases, camera, others, 160.0, free_mb)


def test_a_loop_that_is_kept_is_in_order_and_told_in_figures() -> None:
    (finding,) = judge(seen())
    assert finding.level is Severity.OK
    assert "20.0 Hz at rest, 20.0 Hz driving of 20; longest gap 55 ms" in finding.text
    assert "0.40 of a core, 160 MB" in finding.text


@pytest.mark.parametrize(
    ("measured", "level", "cure"),
    [
        (seen(rates=(17.0, 17.5)), Severity.FAIL, "throttled"),
        (seen(cuts=1), Severity.FAIL, "throttled"),
        (seen(gap=170.0), Severity.WARN, "throttled"),
        (seen(rates=(15.0,), cores=0.9), Severity.FAIL, "control_rate 10 in"),
        (seen(rates=(40.0,), cores=0.9, wanted=50.0), Severity.FAIL, "control_rate 25 in"),
        (seen(rates=(15.0,), camera=True), Severity.FAIL, "camera_source:=none"),
        (seen(rates=(15.0,), others=(("make", 0.8),)), Severity.FAIL, "make (0.8 of a core)"),
    ],
)
def test_a_loop_that_is_not_kept_has_a_cure(
    measured: LoopMeasurement, level: Severity, cure: str
) -> None:
    (finding,) = judge(measured)
    assert (finding.level, finding.name) == (level, NAME)
    assert cure in finding.cure


def test_what_others_use_comes_before_the_camera_and_that_before_the_rate() -> None:
    (finding,) = judge(seen(rates=(15.0,), cores=0.9, camera=True, others=(("make", 1.0),)))
    first, second, third = finding.cure.split("; ")
    assert first.startswith("end what") and second.startswith("look less")
    assert third.startswith("turn it down")


def test_a_robot_that_says_nothing_and_a_machine_without_room_are_told() -> None:
    (silent,) = judge(LoopMeasurement(20.0, [Phase("at rest")], False, (), 160.0, 200.0))
    assert silent.level is Severity.FAIL and "at rest" in silent.text
    assert [finding.level for finding in judge(seen(free_mb=30.0))] == [Severity.OK, Severity.WARN]


def stat(root: Path, pid: int, name: str, ticks: int) -> None:
    folder = root / str(pid)
    folder.mkdir(exist_ok=True)
    (folder / "stat").write_text(f"{pid} ({name}) S 1 {'0 ' * 9}{ticks} {ticks} 0 0")
    (folder / "cmdline").write_bytes(f"python\0{name}:Node\0".encode())
    (folder / "status").write_text("VmPeak: 1 kB\nVmRSS:\t 100000 kB\n")


def test_processes_are_told_apart_by_the_time_that_they_use(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:  200000 kB\n")
    for pid, name in ((1, "robot (x)"), (2, "make"), (3, "guardian"), (4, "idle")):
        stat(tmp_path, pid, name, 100)
    assert find("make:Node", tmp_path) == 2 and find("nobody", tmp_path) is None
    processes = Processes(1, tmp_path)
    stat(tmp_path, 1, "robot (x)", 200)
    stat(tmp_path, 2, "make", 500)
    stat(tmp_path, 3, "guardian", 400)
    assert processes.own_cores() > 0.0
    processes.begin()
    assert processes.own_cores() == 0.0
    names = [name for name, _ in processes.others(frozenset({3}))]
    assert names == ["make", "idle"]
    assert processes.resident_mb() == pytest.approx(102.4)
    assert processes.free_mb() == pytest.approx(204.8)


@pytest.mark.slow
def test_nothing_moves_where_nobody_asked_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--robot", "--json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    (finding,) = (finding for finding in findings if finding["name"] == NAME)
    assert finding["level"] == "SKIP" and "--loop" in finding["text"]


@pytest.mark.slow
@pytest.mark.parametrize("answer", [None, "n"])
def test_nor_without_a_yes(
    answer: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """None: nobody is at the terminal."""
    asked = io.StringIO("" if answer is None else f"{answer}\n")
    monkeypatch.setattr(asked, "isatty", lambda: answer is not None)
    monkeypatch.setattr("sys.stdin", asked)
    monkeypatch.setattr("tank_cli.ros.loop_measure.measure", lambda *_: pytest.fail("it moves"))
    main(["doctor", "--robot", "--loop", "--json"])
    found = capsys.readouterr()
    (finding,) = (one for one in json.loads(found.out)["findings"] if one["name"] == NAME)
    assert finding["level"] == "SKIP" and "--yes" in finding["text"]


@pytest.mark.slow
def test_the_model_of_a_robot_is_measured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", str(own_domain()))
    for name in ("TANK_GUARDIAN_SOCKET", "TANK_CHIPS_SOCKET"):
        monkeypatch.setenv(name, "")  # so that it is put back
    main(["doctor", "--pc", "--mock", "--seconds", "6", "--json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    (finding,) = (finding for finding in findings if finding["name"] == NAME)
    assert "Hz at rest" in finding["text"] and "while told" in finding["text"], finding
    assert finding["level"] != "SKIP"
