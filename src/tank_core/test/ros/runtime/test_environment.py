"""Variables that a user may have set in a shell, and that stop ROS 2.

Each ends in one line that names it, before rclpy sees it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tank_core.exceptions import TankError
from tank_core.ros.runtime import environment as module
from tank_core.ros.runtime.environment import (
    PROFILES,
    faults,
    mend,
    middlewares,
    not_started,
    prepare,
)

Make = Callable[..., dict[str, str]]


@pytest.fixture
def environment(tmp_path: Path) -> Make:
    """An environment in order, with some middlewares, and what is given."""

    def make(*installed: str, **given: str) -> dict[str, str]:
        index = tmp_path / "ros" / "share/ament_index/resource_index/rmw_typesupport"
        index.mkdir(parents=True, exist_ok=True)
        for name in (*installed, "rmw_fastrtps_cpp", "rmw_implementation"):
            (index / name).touch()
        return {"HOME": str(tmp_path), "AMENT_PREFIX_PATH": f"/nowhere:{tmp_path / 'ros'}", **given}

    return make


BAD = [
    *(("ROS_DOMAIN_ID", value, "0 to 101") for value in ("abc", "999", "233", "-1", "0x10", "007",
    "1e1", " 5", "5 ", "٣", "1\n2")),
    *(("ROS_AUTOMATIC_DISCOVERY_RANGE", value, "SUBNET") for value in ("foo", "subnet",
    "LOCALHOST ")),
    *((name, value, "0 or 1") for name in module._SWITCHES for value in ("7", "yes", "true", " 1")),
    *((name, value, "no XML file") for name in PROFILES for value in ("/nowhere/at/all.xml", "/",
    "a\0b", "/dev/null")),
    ("RMW_IMPLEMENTATION", "rmw_cyclonedds_cpp", "there is rmw_fastrtps_cpp"),
    *((name, "/dev/null", "cannot write its logs") for name in ("ROS_LOG_DIR", "ROS_HOME", "HOME")),
    ("ROS_LOG_DIR", "/proc/nothing", "cannot write its logs"),
    ("HOME", "", "HOME is not set"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "says"), BAD)
def test_what_is_wrong_is_said_in_one_line(
    environment: Make, name: str, value: str, says: str
) -> None:
    given = environment(**{name: value})
    (fault,) = faults(given)
    assert name in fault and says in fault
    assert repr(value)[1:-1] in fault
    assert "\n" not in fault and fault.isprintable()
    with pytest.raises(TankError, match=name):
        prepare(given, pytest.fail)


GOOD = {
    "ROS_DOMAIN_ID": ("", "0", "42", "101", "232"),
    "ROS_AUTOMATIC_DISCOVERY_RANGE": ("", *module.RANGES),
    **dict.fromkeys(module._SWITCHES, ("", "0", "1")),
    "RMW_IMPLEMENTATION": ("", "rmw_fastrtps_cpp", "rmw_zenoh_cpp"),
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in GOOD.items() for value in values]
)
def test_what_ros_takes_is_left_alone(environment: Make, name: str, value: str) -> None:
    given = environment("rmw_zenoh_cpp", **{name: value})
    before = dict(given)
    prepare(given, pytest.fail)
    assert given == before


def test_profiles_that_can_be_read_are_taken(environment: Make, tmp_path: Path) -> None:
    (tmp_path / "mine.xml").write_text("<dds/>")
    assert not list(faults(environment(**dict.fromkeys(PROFILES, str(tmp_path / "mine.xml")))))
    (tmp_path / "mine.xml").write_bytes(b"\xff\xfe\x00 broken")
    assert (
        len(list(faults(environment(**dict.fromkeys(PROFILES, str(tmp_path / "mine.xml")))))) == 2
    )


def test_the_wheels_have_one_middleware_so_another_is_unset_and_that_is_said_once(
    environment: Make,
) -> None:
    given, said = environment(RMW_IMPLEMENTATION="rmw_zenoh_cpp", TANK_WHEELS="1"), []
    for _ in range(2):
        prepare(given, said.append)
    assert "RMW_IMPLEMENTATION" not in given
    assert said == [
        "RMW_IMPLEMENTATION='rmw_zenoh_cpp' is unset: ROS 2 from PyPI has rmw_fastrtps_cpp alone"
    ]


def test_one_that_the_wheels_have_stays(environment: Make) -> None:
    given = environment(RMW_IMPLEMENTATION="rmw_fastrtps_cpp", TANK_WHEELS="1")
    assert mend(given) == ""
    assert given["RMW_IMPLEMENTATION"] == "rmw_fastrtps_cpp"


def test_without_an_index_nothing_is_said_of_middlewares() -> None:
    assert middlewares({}) == ()
    assert not [
        fault
        for fault in faults({**os.environ, "RMW_IMPLEMENTATION": "rmw_x", "AMENT_PREFIX_PATH": ""})
        if "RMW" in fault
    ]


def test_logs_go_where_ros_puts_them(environment: Make, tmp_path: Path) -> None:
    for folder, given in (
        ("a", {"ROS_LOG_DIR": str(tmp_path / "a")}),
        ("b/log", {"ROS_HOME": str(tmp_path / "b")}),
        (".ros/log", {}),
        ("c", {"ROS_LOG_DIR": "~/c", "ROS_HOME": "/dev/null"}),
    ):
        assert not list(faults(environment(**given)))
        assert (tmp_path / folder).is_dir()
    assert list(faults({"ROS_LOG_DIR": str(tmp_path / "a")})) == []  # then a HOME is not needed


def test_an_rclpy_of_somewhere_else_is_no_wheel(
    environment: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "lib" / "rclpy"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise AssertionError('it was imported')")
    monkeypatch.syspath_prepend(folder.parent)
    monkeypatch.delitem(sys.modules, "rclpy", raising=False)
    assert not list(faults(environment()))
    (fault,) = faults(environment(TANK_WHEELS="1"))
    assert str(folder) in fault and "unset PYTHONPATH" in fault


def test_what_rclpy_raises_all_the_same_is_told_with_what_it_reads() -> None:
    error = RuntimeError(
        "error creating node: Unable to resolve peer x\n, at /project/src/a.cpp:23, at "
        "/project/b.c:252"
    )
    given = {
        "ROS_STATIC_PEERS": "x",
        "ROS_DISTRO": "jazzy",
        "HOME": "/root",
        "FASTDDS_BUILTIN_TRANSPORTS": "y",
    }
    assert not_started(error, given) == (
        "ROS 2 does not start: error creating node: Unable to resolve peer x; "
        "it reads FASTDDS_BUILTIN_TRANSPORTS=y, ROS_STATIC_PEERS=x: unset what is not meant"
    )
    assert not_started(RuntimeError(), {}) == "ROS 2 does not start: RuntimeError"


ROS_IS_HERE = pytest.mark.skipif(
    module.importlib.util.find_spec("rclpy") is None, reason="ROS 2 is not installed here"
)


@ROS_IS_HERE
@pytest.mark.parametrize(("name", "value"), [
    ("ROS_DOMAIN_ID", "abc"), ("ROS_DOMAIN_ID", "999"), ("RCUTILS_COLORIZED_OUTPUT", "7"),
    ("ROS_LOG_DIR", "/dev/null"),
    (PROFILES[0], "/nowhere.xml"), ("ROS_STATIC_PEERS", "not..a..host"),
])  # fmt: skip
def test_the_runner_of_nodes_ends_with_that_line(name: str, value: str) -> None:
    done = _run_nodes(**{name: value})
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("tank_nodes: ") and value in line
    assert done.stdout == ""


@ROS_IS_HERE
def test_another_middleware_does_not_end_it_when_rclpy_is_imported() -> None:
    """rcl ends the process there, with exit code 102."""
    done = _run_nodes(RMW_IMPLEMENTATION="rmw_nobody_cpp")
    assert done.returncode in (1, 2)
    assert "rmw_nobody_cpp" in done.stderr.splitlines()[0]
    assert "rmw_implementation_identifier_check" not in done.stderr


def _run_nodes(**given: str) -> subprocess.CompletedProcess[str]:
    """Run a node that there is not: with all in order, it ends at once."""
    command = [
        sys.executable,
        "-m",
        "tank_core.ros.runtime.run_nodes",
        *(["tank_core.ros.mock_robot_node:MockRobotNode"] if "ROS_STATIC_PEERS" in given else []),
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **given}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
