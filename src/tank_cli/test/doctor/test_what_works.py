"""The last line of the set-up: what works, by doing it."""

from __future__ import annotations

import pytest

from tank_cli.doctor import what_works
from tank_cli.doctor.what_works import Part
from tank_sim.sensors import render_backend
from tank_sim.sensors.render_backend import RenderResult


def test_this_machine_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    code = what_works.main()
    out, _ = capsys.readouterr()
    assert out.count("\n") == 1 and out.startswith("works: ")
    for word in ("viewer", "ROS 2", "language model"):
        assert word in out
    assert (code == 0) == ("does not" not in out)


def test_what_does_not_work_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    blind = RenderResult(problem="EGL: no driver")
    monkeypatch.setattr(render_backend, "look", lambda: blind)
    monkeypatch.setattr(what_works, "ros", lambda: 1 / 0)
    parts = {part.name: part for part in what_works.look()}
    assert list(parts) == ["camera", "viewer", "ROS 2", "model"]
    assert not parts["camera"].works and "libegl1" in parts["camera"].problem
    assert "ZeroDivisionError" in parts["ROS 2"].problem and parts["model"].works
    line = what_works.tell(list(parts.values()))
    assert "\n" not in line and "; camera does not: EGL: no driver" in line


def test_all_and_nothing() -> None:
    assert what_works.tell([Part("a", "a (b)"), Part("c", "c")]) == "works: a (b), c"
    assert what_works.tell([Part("a", problem="why; cure")]) == "a does not: why; cure"
