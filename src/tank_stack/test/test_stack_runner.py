"""The stack as one thing.

By the supervisor, or by ros2 launch where that is installed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tank_stack.stack import BRINGUP, Process, Stack
from tank_stack.stack_runner import StackRunner, launch_command, ros2_launch_installed

STACK = Stack((Process("one", ("a:B",)), Process("two", ("c:D",))))
ROS2 = f"""#!{sys.executable}
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: (print("interrupted", flush=True), sys.exit(0)))
print(*sys.argv[1:], flush=True)
time.sleep(1000)
"""


@pytest.fixture
def launch_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a ros2 command and a ros2launch that are none.

    And tank_bringup in a resource index.
    """
    index = tmp_path / "share/ament_index/resource_index/packages"
    index.mkdir(parents=True)
    (index / BRINGUP).touch()
    (tmp_path / "ros2launch.py").touch()
    (tmp_path / "ros2").write_text(ROS2)
    (tmp_path / "ros2").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.syspath_prepend(str(tmp_path))


def test_launch_is_used_only_where_all_of_it_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, launch_installed: None
) -> None:
    assert ros2_launch_installed()
    (tmp_path / "ros2").unlink()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not ros2_launch_installed()


def test_settings_become_launch_arguments_and_empty_ones_stay_out() -> None:
    command = launch_command(
        STACK, {"world": "empty", "real_time_factor": 2.0, "flag": True, "model": ""}
    )
    assert command == [
        "ros2",
        "launch",
        BRINGUP,
        "sim.launch.py",
        "world:=empty",
        "real_time_factor:=2.0",
        "flag:=true",
    ]


def test_launch_is_started_and_ended_by_an_interrupt(launch_installed: None) -> None:
    lines: list[tuple[str, str]] = []
    runner = StackRunner(
        STACK,
        {"world": "empty"},
        lambda name, line: lines.append((name, line)),
        print,
        with_launch=True,
    )
    runner.start()
    try:
        assert runner.wait(lambda: bool(lines), 20.0)
        assert list(runner.pids) == ["launch"]
    finally:
        runner.end()
    assert lines == [
        ("launch", "launch tank_bringup sim.launch.py world:=empty"),
        ("launch", "interrupted"),
    ]


@pytest.mark.slow
def test_a_stack_that_cannot_run_ends_and_says_why() -> None:
    """The module costs nothing to start.

    Hence four starts fit into the window anywhere.
    """
    lines: list[str] = []
    runner = StackRunner(
        Stack((Process("bad", module="no_such_module"),)),
        {},
        lambda _, line: lines.append(line),
        print,
    )
    runner.start()
    assert runner.ended.wait(600.0)
    runner.end()
    assert "process bad ended by itself (exit code 1) for the 4th time" in runner.failure
    assert any("no_such_module" in line for line in lines)
