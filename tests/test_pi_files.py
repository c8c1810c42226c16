"""The files that are installed on the Pi (pi/), and the guide to it.

The laws that can be checked without a Pi.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tank_hw_driver.hardware import Hardware, board_names, load_hardware
from tank_stack.stack import RASPTANK, load_stack

ROOT = Path(__file__).parents[1]
PI, DOCKER = ROOT / "pi", ROOT / "docker"
UNITS = PI / "etc" / "systemd" / "system"


# --- install.sh, on a copy of a system
# -----------------------------------------------------------------------------------------------


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """The few files of a fresh Raspberry Pi OS that install.sh touches."""
    if not shutil.which("systemd-sysusers") or os.geteuid() != 0:
        pytest.skip("install.sh needs systemd and root")
    root = tmp_path / "root"
    for path, text in {
        "boot/firmware/config.txt": "dtparam=audio=on\n[cm4]\notg_mode=1\n[all]\nenable_uart=1\n",
        "boot/firmware/cmdline.txt": "console=serial0,115200 console=tty1 "
        "root=PARTUUID=0 rootwait\n",
        "etc/passwd": "root:x:0:0::/root:/bin/sh\n",
        "etc/group": "root:x:0:\nvideo:x:44:\n",
        "dev/video0": "",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def install(root: Path, *options: str) -> str:
    done = subprocess.run(
        [PI / "install.sh", "--root", root, *options], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def files(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def settings(root: Path) -> list[str]:
    return (root / "boot/firmware/config.txt").read_text().splitlines()


@pytest.mark.parametrize("options", [(), ("--board", "motor_hat"), ("--docker", "--board", "pro")])
def test_a_second_run_changes_nothing(system: Path, options: tuple[str, ...]) -> None:
    assert "changed" in install(system, *options)
    once = files(system)
    assert "changed " not in install(system, *options)
    assert files(system) == once


def test_a_dry_run_tells_and_does_nothing(system: Path) -> None:
    before = files(system)
    told = install(system, "--dry-run", "--board", "motor_hat")
    assert (
        "would change" in told and "> dtparam=i2c_arm=on" in told and "cgroup_enable=memory" in told
    )
    assert files(system) == before


def test_the_boot_settings(system: Path) -> None:
    install(system, "--board", "motor_hat")
    lines = settings(system)
    assert lines[:5] == ["dtparam=audio=on", "[cm4]", "otg_mode=1", "[all]", "enable_uart=1"]
    assert (
        lines.index("enable_uart=0") > lines.index("enable_uart=1")
        and lines[lines.index("# Tank begins") + 1] == "[all]"
    )
    words = (system / "boot/firmware/cmdline.txt").read_text().split()
    assert words == ["console=tty1", "root=PARTUUID=0", "rootwait", "cgroup_enable=memory"]
    assert "console=serial0" in (system / "boot/firmware/cmdline.txt.before-tank").read_text()


@pytest.mark.parametrize("board", board_names())
def test_the_firmware_holds_the_motor_pins_low(system: Path, board: str) -> None:
    ports = load_hardware(board).motor_ports.values()
    pins = sorted(
        {
            pin
            for port in ports
            if port.enable is not None
            for pin in (port.in1, port.in2, port.enable)
        }
    )
    install(system, "--board", board)
    install(system)  # without --board what was said before stays
    held = [line for line in settings(system) if line.startswith("gpio=")]
    assert held == ([f"gpio={','.join(map(str, pins))}=op,dl"] if pins else [])


def test_what_a_person_has_set_is_kept(system: Path) -> None:
    install(system)
    (system / "etc/tank/robot.env").write_text("ROS_DOMAIN_ID=7\n")
    install(system)
    assert (system / "etc/tank/robot.env").read_text() == "ROS_DOMAIN_ID=7\n"


def test_services_run_natively_or_in_containers(system: Path) -> None:
    install(system, "--docker")
    assert not list(system.glob("etc/systemd/system/*.wants/*"))
    needed = set(re.findall(r"\$\{(\w+)", (DOCKER / "compose.yaml").read_text()))
    given = dict(
        line.split("=", 1)
        for line in (system / "etc/tank/.env").read_text().splitlines()
        if line[:1] != "#"
    )
    assert needed <= {name for name, value in given.items() if value.isdigit()}
    for name in given["COMPOSE_FILE"].split(":"):
        assert yaml.safe_load((system / "etc/tank" / name).read_text())["services"]["robot"][
            "devices"
        ]
    install(system)
    enabled = {
        str(path.relative_to(system / "etc/systemd/system"))
        for path in system.glob("etc/systemd/system/*.wants/*")
    }
    assert enabled == {
        "sysinit.target.wants/tank-guardian.service",
        "multi-user.target.wants/tank-robot.service",
    }


@pytest.mark.parametrize("options, said", [
    (("--root", "/nowhere"), "not a folder"),
    (("--board", "x"), "say motor_hat, pro or robot_hat_v3"),
    (("--fast",), "no option '--fast'"),
    (("--root", str(PI)), "is this a Raspberry Pi's system?"),
])  # fmt: skip
def test_what_it_refuses(options: tuple[str, ...], said: str) -> None:
    done = subprocess.run([PI / "install.sh", *options], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and said in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_the_scripts_are_clean() -> None:
    done = subprocess.run(
        ["shellcheck", PI / "install.sh", PI / "run", PI / "write_env.sh"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == ""


# --- services
# --------------------------------------------------------------------------------------------------


def unit(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (UNITS / f"tank-{name}.service").read_text().splitlines():
        key, mark, value = line.partition("=")
        if mark and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.skipif(
    not Path("/usr/lib/systemd/system/sysinit.target").exists(), reason="systemd is not installed"
)
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "opt/tank/pi").mkdir(parents=True)
    shutil.copytree("/usr/lib/systemd/system", tmp_path / "usr/lib/systemd/system", symlinks=True)
    shutil.copytree(PI / "etc", tmp_path / "etc")
    shutil.copy(PI / "run", tmp_path / "opt/tank/pi/run")
    names = [path.name for path in sorted(UNITS.glob("tank-*.service"))]
    assert len(names) == 3
    done = subprocess.run(
        ["systemd-analyze", "verify", f"--root={tmp_path}", "--man=no", *names],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    assert [line for line in done.stderr.splitlines() if "tank" in line] == []


def test_the_guardian_is_first_and_lives_longest() -> None:
    guardian, robot = unit("guardian"), unit("robot")
    assert guardian["DefaultDependencies"] == ["no"] and guardian["WantedBy"] == ["sysinit.target"]
    assert (
        "network" not in " ".join(guardian["After"])
        and guardian["Restart"] == ["always"]
        and guardian["StartLimitIntervalSec"] == ["0"]
    )
    assert int(guardian["OOMScoreAdjust"][0]) == -1000 < 0 < int(robot["OOMScoreAdjust"][0])
    assert guardian["NotifyAccess"] == ["all"]  # of its two processes the child says so
    assert guardian["Type"] == ["notify"]  # it is up when it says so, and then the motors are off
    assert (
        robot["Requires"] == ["tank-guardian.service"]
        and "tank-guardian.service" in robot["After"][0].split()
    )
    # the guardian takes its own user's drivers alone
    assert robot["User"] == guardian["User"] == ["tank"]
    assert robot["MemoryMax"] == ["300M"]


def test_what_is_started_are_processes_of_the_stack() -> None:
    started = {process.name for process in load_stack(RASPTANK).processes}
    services = yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]
    assert {unit(name)["ExecStart"][0] for name in ("guardian", "robot")} == {
        f"/opt/tank/pi/run {name}" for name in services
    }
    page = unit("page")
    assert page["ExecStart"] == ["/opt/tank/pi/run page"] and "page" in started
    assert page["User"] == unit("robot")["User"]  # whose socket it opens
    assert "Requires" not in page  # it stops the robot whatever else is down
    assert (
        {service["command"][0] for service in services.values()} == {"guardian", "robot"} <= started
    )


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """As on the Pi: nothing but a file of assignments."""
    names = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "AMENT_PREFIX_PATH")
    (tmp_path / "env.sh").write_text(
        "".join(f"export {name}='{os.environ[name]}'\n" for name in names if name in os.environ)
    )
    python = Path(sys.executable).parent
    return {
        "TANK_ENV": str(tmp_path / "env.sh"),
        "PATH": f"{python}:/usr/bin:/bin",
        "TANK_GUARDIAN_SOCKET": str(tmp_path / "guardian"),
    }


def test_run_starts_a_process_of_the_stack_with_its_arguments(environment: dict[str, str]) -> None:
    arguments = {"TANK_ARGUMENTS": "board:=robot_hat_v3 color:=red"}
    done = subprocess.run(
        [PI / "run", "guardian"],
        env=environment | arguments,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (
        done.returncode == 2 and "'color:=red' is no argument of the stack rasptank" in done.stderr
    )


def test_run_does_what_the_command_line_does(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [PI / "run", "--help"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0 and "calibrate" in done.stdout


def test_settings_can_be_read_by_all_three_readers() -> None:
    lines = (PI / "etc/tank/robot.env").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    assert all(
        re.fullmatch(r'[A-Z0-9_]+=([\w./:=-]*|"[^"$\\]*")', line)
        for line in lines
        if not line.startswith("#")
    )
    assert (
        0 <= int(given["ROS_DOMAIN_ID"]) <= 101
        and given["ROS_AUTOMATIC_DISCOVERY_RANGE"] == "SUBNET"
    )


def test_the_device_rules() -> None:
    rules = [
        line
        for line in (PI / "etc/udev/rules.d/99-tank.rules").read_text().splitlines()
        if not line.startswith("#")
    ]
    assert all(re.fullmatch(r'(\w+==?"[^"]+"(, )?)+', rule) for rule in rules)
    groups = {re.findall(r'GROUP="(\w+)"', rule)[0] for rule in rules}
    members = re.findall(
        r"^m tank (\w+)$", (PI / "etc/sysusers.d/tank.conf").read_text(), re.MULTILINE
    )
    assert groups == set(members) == {"i2c", "gpio", "video"}
    assert all('MODE="0660"' in rule for rule in rules)


# --- the guide
# --------------------------------------------------------------------------------------------------


def wiring(hardware: Hardware) -> Iterator[str]:
    for side, track in (("left", hardware.tracks.left), ("right", hardware.tracks.right)):
        port = hardware.motor_ports[track.port]
        numbers = f"{port.in1}, {port.in2}"
        where = (
            f"channels {numbers}"
            if port.enable is None
            else f"GPIO {numbers}, enable {port.enable}"
        )
        yield f"| {side} track | motor {track.port} | {where} |"
    yield from (
        f"| {name} | servo | channel {servo.channel} |" for name, servo in hardware.servos.items()
    )
    if (finder := hardware.range_finder) is not None:
        yield f"| HC-SR04 | | trigger GPIO {finder.trigger}, echo GPIO {finder.echo} |"
    yield f"| PCA9685 | I2C | {hardware.pca9685.address:#04x} |"
    if (battery := hardware.battery) is not None:
        yield (
            f"| battery | ADS7830 at {battery.address:#04x} | channel {battery.channel}, warns "
            f"below {battery.warn:g} V |"
        )


@pytest.mark.parametrize("board", board_names())
def test_the_guides_wiring_is_the_boards(board: str) -> None:
    guide = (ROOT / "docs/hardware.md").read_text()
    table = guide.split(f"\n**{board}**\n\n", 1)[1].split("\n\n", 1)[0].splitlines()
    assert table[2:] == list(wiring(load_hardware(board)))
