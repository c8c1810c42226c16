"""``./tank doctor``: each fault of a machine is found and has its cure.

A machine in order has none; nothing makes it fall over.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_machine import MEMINFO, NEIGHBORS, STATE, FakeMachine

from tank_cli.__main__ import main
from tank_cli.commands.upkeep.doctor import CHECKS, told
from tank_cli.doctor import network
from tank_cli.doctor.findings import Check, Diagnosis, Findings, Severity, examine
from tank_cli.doctor.system import Ran, ThisMachine
from tank_core.testing.own_domain import own_domain
from tank_hw_driver.chip_model.testing import chip_model

SOURCES = Path(__file__).resolve().parents[3]
Break = Callable[[FakeMachine], object]


@pytest.fixture(autouse=True)
def calibration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "rasptank.yaml"
    path.write_text("board: robot_hat_v3\ntracks: {slew: 5.0}\n")
    monkeypatch.setenv("TANK_CALIBRATION", str(path))
    return path


def examined(system: FakeMachine, robot: bool = True) -> list[Diagnosis]:
    return list(examine(system, CHECKS, robot))


def changed(**values: Any) -> Break:
    """A machine with other attributes.

    Of a dictionary, with other entries (None: without).
    """

    def change(system: FakeMachine) -> None:
        for name, value in values.items():
            before = getattr(system, name)
            if isinstance(before, dict) and isinstance(value, dict):
                merged = {**before, **value}
                value = (
                    merged
                    if name == "commands"
                    else {key: entry for key, entry in merged.items() if entry is not None}
                )
            setattr(system, name, value)

    return change


@pytest.mark.parametrize("robot", [True, False])
def test_a_machine_in_order_has_nothing_to_mend(robot: bool) -> None:
    findings = examined(FakeMachine(), robot)
    assert [
        finding for finding in findings if finding.level in (Severity.WARN, Severity.FAIL)
    ] == []
    assert findings[-1].level is Severity.SKIP
    assert ("compilers" if robot else "board") in findings[-1].text


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "tank-gemma is too large"),
        ({"/proc/meminfo": MEMINFO.replace("426000", "4000000")}, "./tank setup --gemma"),
        ({"/proc/meminfo": MEMINFO.replace("426000", "4000000"),
          "/tank/.tank/models/tank-gemma.gguf": ""}, "--model tank-gemma, or both"),
    ],
)  # fmt: skip
def test_which_model_fits_is_said_by_the_memory(files: dict[str, str], told: str) -> None:
    machine = FakeMachine()
    machine.files |= files
    (found,) = [f for f in examined(machine, True) if f.name == "choice of model"]
    assert found.level is Severity.OK and told in found.text


FAULTS: list[tuple[Break, Severity, str, str, str]] = [
    (changed(python=(3, 9)), Severity.FAIL, "python", "3.9", "apt-get install"),
    (changed(modules={"smbus2": None}), Severity.FAIL, "packages", "smbus2", "./tank setup"),
    (changed(modules={"rclpy": None}), Severity.FAIL, "ros", "no rclpy", "source /opt/ros"),
    (changed(modules={"tank_msgs": None}), Severity.FAIL, "ros messages", "not built",
    "colcon build"),
    (changed(files={"/tank/models/tank-nano.gguf": "bb22"}), Severity.FAIL, "model", "damaged",
    "git checkout models"),
    (changed(files={"/tank/models/tank-nano.gguf": None}), Severity.FAIL, "model", "missing",
    "git checkout models"),
    (changed(files={"/tank/.tank/models/SHA256SUMS": "cc33  tank-gemma.gguf"}), Severity.FAIL,
    "model", "tank-gemma.gguf is missing", "./tank setup --gemma"),
    (changed(files={"/tank/models/SHA256SUMS": None}), Severity.WARN, "model", "SHA256SUMS",
    "git checkout models"),
    (changed(files={"/proc/meminfo":
    "MemTotal: 200000 kB\nMemAvailable: 90000 kB\nSwapTotal: 9999 kB\n"}),
    Severity.FAIL, "memory", "195 MB in all", "gpu_mem"),
    (changed(files={"/proc/meminfo": MEMINFO.replace("345000", "200000")}), Severity.WARN, "memory",
    "195 MB of 416", "ps aux"),
    (changed(files={"/proc/meminfo": MEMINFO.replace("204800", "0")}), Severity.WARN, "swap",
    "none", "zram"),
    (changed(files={"/proc/swaps": "head\n/var/swap file 102396 0 -2\n"}), Severity.WARN, "swap",
    "/var/swap", "zram"),
    (changed(files={"/sys/class/thermal/thermal_zone0/temp": "74000"}), Severity.WARN,
    "temperature", "74 C", "heat sink"),
    (changed(files={"/sys/class/thermal/thermal_zone0/temp": "83000"}), Severity.FAIL,
    "temperature", "83 C", "heat sink"),
    (changed(commands={"vcgencmd get_throttled": Ran(0, "throttled=0x50005")}), Severity.FAIL,
    "power", "now: under-voltage, throttled", "4 A"),
    (changed(commands={"vcgencmd get_throttled": Ran(0, "throttled=0x50000")}), Severity.WARN,
    "power", "since the start: under-voltage", "4 A"),
    (changed(commands={"vcgencmd get_throttled": Ran(0, "throttled=0x80000")}), Severity.WARN,
    "power", "soft temperature limit", "heat sink"),
    (changed(commands={"vcgencmd get_throttled": None}), Severity.WARN, "power", "neither",
    "raspi-utils"),
    (changed(commands={"vcgencmd get_throttled": None},
    files={"/sys/devices/platform/soc/soc:firmware/get_throttled": "1\n"}), Severity.FAIL, "power",
    "under-voltage", "charge"),
    (changed(files={"/proc/mounts": "/dev/root / ext4 ro,noatime 0 0\n"}), Severity.WARN, "disk",
    "read-only", "dmesg"),
    (changed(free=50_000_000), Severity.FAIL, "disk", "50 MB", "vacuum"),
    (changed(free=300_000_000), Severity.WARN, "disk", "300 MB", "vacuum"),
    (changed(commands={"timedatectl": Ran(0, "no")}), Severity.WARN, "clock", "does not follow",
    "set-ntp true"),
    (changed(commands={"timedatectl": None}), Severity.WARN, "clock", "nobody tells",
    "timedatectl"),
    (changed(files={"/dev/i2c-1": None}), Severity.FAIL, "i2c", "no /dev/i2c-1", "do_i2c 0"),
    (changed(shut={"/dev/i2c-1"}), Severity.FAIL, "i2c", "pi may not use", "usermod -aG i2c pi"),
    (changed(there=[]), Severity.FAIL, "board", "nothing answered", "40 pins"),
    (changed(there=[0x3C]), Severity.FAIL, "board", "0x3c", "40 pins"),
    (changed(there=[0x5F, 0x70]), Severity.FAIL, "board", "battery ADC at 0x48", "contacts"),
    (changed(there=[0x40, 0x70]), Severity.FAIL, "calibration", "the robot has 'motor_hat'",
    "calibrate"),
    (changed(modules={"lgpio": None}), Severity.FAIL, "gpio", "no lgpio", "python3-lgpio"),
    (changed(modules={"lgpio": "0.0.0.2"}), Severity.FAIL, "gpio", "empty placeholder",
    "lgpio>=0.2.2.0"),
    (changed(hollow=True), Severity.FAIL, "gpio", "empty placeholder", "lgpio>=0.2.2.0"),
    (changed(modules={"gpiozero": "2.0.1.post2"}), Severity.FAIL, "gpio", "post2",
    "gpiozero==2.0.1.post3"),
    (changed(files={"/dev/gpiochip0": None, "/dev/gpiomem": None}), Severity.FAIL, "gpio devices",
    "neither", "devices:"),
    (changed(shut={"/dev/gpiomem"}), Severity.FAIL, "gpio devices", "/dev/gpiomem",
    "usermod -aG gpio pi"),
    (changed(there=[0x40, 0x70],
    files={"/boot/firmware/cmdline.txt": "console=serial0,115200 console=tty1"}), Severity.FAIL,
    "serial console", "14 and 15", "do_serial_cons 1"),
    (changed(modules={"picamera2": None}), Severity.WARN, "camera", "not picamera2",
    "python3-picamera2"),
    (changed(commands={"rpicam-hello": None}, files={"/dev/video0": None}), Severity.WARN, "camera",
    "none", "ribbon"),
    (changed(commands={"rpicam-hello": Ran(0, "No cameras available!")},
    files={"/dev/video10": "", "/dev/video11": ""}), Severity.WARN, "camera", "no camera answers",
    "ribbon"),
    (changed(commands={"rpicam-hello": None}, shut={"/dev/video0"}), Severity.FAIL, "camera",
    "may not use", "usermod -aG video pi"),
    (changed(guards=[]), Severity.FAIL, "guardian", "none listens",
    "systemctl enable --now tank-guardian"),
    (changed(guards=["/run/tank/guardian", "/tmp/tank-1000/guardian"]), Severity.WARN, "guardian",
    "2 of them", "all but one"),
    (changed(shut={"/run/tank/guardian"}), Severity.WARN, "guardian", "not for pi", "sudo -u tank"),
    (changed(commands={"systemctl": Ran(0, STATE.replace("=active", "=failed"))}), Severity.FAIL,
    "tank-robot", "failed", "journalctl -u tank-robot"),
    (changed(commands={"systemctl": Ran(0, STATE.replace("=active", "=inactive"))}), Severity.WARN,
    "tank-guardian", "inactive", "enable --now tank-guardian"),
    (changed(commands={"systemctl": Ran(0, STATE.replace("Restarts=0", "Restarts=9"))}),
    Severity.FAIL, "tank-guardian", "9 times", "journalctl"),
    (changed(commands={"systemctl": Ran(0, STATE.replace("=loaded", "=not-found"))}), Severity.WARN,
    "tank-guardian", "not installed", "install.sh"),
    (changed(commands={"systemctl": None}), Severity.WARN, "services", "does not answer",
    "docker compose"),
    (changed(env={"ROS_DOMAIN_ID": "lab"}), Severity.FAIL, "domain", "'lab'", "0 to 101"),
    (changed(env={"ROS_DOMAIN_ID": "150"}), Severity.WARN, "domain", "150", "0 to 101"),
    (changed(env={"ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}), Severity.WARN, "discovery",
    "not seen", "SUBNET"),
    (changed(env={"ROS_LOCALHOST_ONLY": "1"}), Severity.WARN, "discovery", "ROS_LOCALHOST_ONLY=1",
    "unset"),
    (changed(env={"ROS_AUTOMATIC_DISCOVERY_RANGE": "subnet"}), Severity.FAIL, "discovery",
    "'subnet'", "SUBNET"),
    (changed(env={"RMW_IMPLEMENTATION": "rmw_zenoh_cpp"}), Severity.WARN, "middleware", "zenoh",
    "unset"),
    (changed(commands={"tank_cli.ros.neighbors": Ran(1, "ROS_LOG_DIR is bad; export it")}),
    Severity.FAIL, "neighbors", "ROS_LOG_DIR is bad", "mend that"),
    (changed(multicast_fault="Network is unreachable"), Severity.FAIL, "multicast", "unreachable",
    "multicast on"),
    (changed(files={"/etc/ufw/ufw.conf": "ENABLED=yes"}), Severity.WARN, "firewall", "UDP 17900",
    "ufw allow proto udp to any port 17900:18149"),
    (changed(commands={"firewall-cmd": Ran(0, "running")}), Severity.WARN, "firewall", "firewalld",
    "17900-18149/udp"),
    (changed(commands={"iw dev": Ran(0, "Power save: on")}), Severity.WARN, "wi-fi", "saves power",
    "power_save off"),
    (changed(commands={"tank_cli.ros.neighbors": Ran(1, "Traceback\nRCLError: no")}), Severity.FAIL,
    "neighbors", "RCLError", "./tank setup"),
    (changed(commands={"tank_cli.ros.neighbors": Ran(0, NEIGHBORS.replace("executor", "driver"))}),
    Severity.WARN, "neighbors", "twice: /driver_node", "ROS_DOMAIN_ID"),
    (changed(commands={"tank_cli.ros.neighbors": Ran(0,
    NEIGHBORS.replace('"unheard": []', '"unheard": ["/t publishes /cmd_vel as Twist; let it"]'))}),
    Severity.WARN, "matching", "/t publishes", "let it"),
    (changed(commands={"tank_cli.ros.neighbors": Ran(0,
    NEIGHBORS.replace('"clocks": []', '"clocks": ["/b/sim_node", "/a/sim_node"]'))}), Severity.WARN,
    "clock", "/a/sim_node, /b/sim_node", "ROS_DOMAIN_ID"),
    (changed(commands={"tank_cli.ros.neighbors": Ran(0,
    NEIGHBORS.replace("0.04, 0.02", "-3.1, -3.0"))}), Severity.WARN, "stamps", "3.10 s ahead",
    "timesync"),
    (changed(commands={"tank_cli.ros.neighbors": Ran(0,
    NEIGHBORS.replace("0.04, 0.02", "0.9, 5.0"))}), Severity.WARN, "stamps", "0.90 s behind",
    "timesync"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "level", "name", "text", "cure"), FAULTS, ids=[f"{row[2]}-{row[3]}" for row in FAULTS]
)
def test_a_fault_is_found_and_has_its_cure(
    fault: Break, level: Severity, name: str, text: str, cure: str
) -> None:
    system = FakeMachine()
    fault(system)
    findings = examined(system)
    found = [finding for finding in findings if finding.name == name and finding.level is level]
    assert any(text in finding.text and cure in finding.cure for finding in found), found
    assert all(
        finding.cure or finding.level in (Severity.OK, Severity.SKIP) for finding in findings
    )
    assert not any("\n" in told(finding) for finding in findings)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("board: robot_hat_v3\ntrakcs: {}\n", "'trakcs'"),
        ("tracks: [", "not YAML"),
        ("tracks: {slew: 900}\n", "slew"),
    ],
)
def test_a_calibration_with_a_fault_is_found(text: str, words: str, calibration: Path) -> None:
    calibration.write_text(text)
    found = [finding for finding in examined(FakeMachine()) if finding.name == "calibration"]
    assert [finding.level for finding in found] == [Severity.FAIL] and words in found[0].text


def test_no_calibration_is_worth_a_warning(calibration: Path) -> None:
    calibration.unlink()
    assert any(
        finding.level is Severity.WARN and finding.name == "calibration"
        for finding in examined(FakeMachine())
    )


def test_a_pc_may_be_alone_and_an_empty_machine_makes_nothing_fall_over() -> None:
    alone = FakeMachine(files={}, env={"ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"})
    assert (
        next(
            finding.level for finding in examined(alone, robot=False) if finding.name == "discovery"
        )
        is Severity.OK
    )
    empty = FakeMachine(
        files={}, commands={}, modules={}, there=[], env={}, guards=[], free=None, python=(3, 8)
    )
    for robot in (True, False):
        assert not [
            finding for finding in examined(empty, robot) if "cannot be looked at" in finding.text
        ]


def test_a_ros_look_is_left_out_where_memory_is_short() -> None:
    system = FakeMachine()
    changed(files={"/proc/meminfo": MEMINFO.replace("345000", "100000")})(system)
    assert any(
        finding.level is Severity.SKIP and finding.name == "neighbors"
        for finding in examined(system)
    )


def test_in_a_container_services_are_docker_s() -> None:
    system = FakeMachine()
    changed(files={"/.dockerenv": ""})(system)
    assert any(
        finding.level is Severity.SKIP and finding.name == "services"
        for finding in examined(system)
    )


@pytest.mark.parametrize(
    ("error", "cure"),
    [
        (ImportError("no module named yaml"), "./tank setup"),
        (ZeroDivisionError("oh\nno"), "the rest"),
    ],
)
def test_a_check_that_raises_is_a_finding(error: Exception, cure: str) -> None:
    def sick(system: object) -> Findings:
        raise error
        yield

    def well(system: object) -> Findings:
        yield Diagnosis(Severity.OK, "well", "fine")

    findings = list(examine(FakeMachine(), [Check("sick", sick), Check("well", well)], robot=True))
    assert [finding.level for finding in findings] == [Severity.FAIL, Severity.OK]
    assert cure in findings[0].cure and "\n" not in findings[0].text


@pytest.mark.slow
def test_this_machine_as_a_robot_with_the_chip_model(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", str(own_domain()))  # nobody else's: it looks who is there
    with chip_model("robot_hat_v3") as chips:
        status = main(["doctor", "--robot", "--json", "--wires", f"model:{chips.path}"])
        assert not any(chips.motor_duties().values()) and not any(chips.pulses().values())
    report = json.loads(capsys.readouterr().out)
    rows = {row["name"]: row for row in report["findings"]}
    assert report["machine"] == "robot" and status == (0 if report["ok"] else 1)
    assert (
        rows["board"]["level"] == "OK"
        and "robot_hat_v3, at 0x48, 0x5f, 0x70" in rows["board"]["text"]
    )
    assert rows["calibration"]["level"] == "OK"
    assert not [row for row in report["findings"] if "cannot be looked at" in row["text"]]


@pytest.mark.parametrize(("wheels", "level"), [("1", Severity.WARN), ("", Severity.FAIL)])
def test_a_middleware_that_is_not_installed(tmp_path: Path, wheels: str, level: Severity) -> None:
    (tmp_path / "share/ament_index/resource_index/rmw_typesupport/rmw_fastrtps_cpp").mkdir(
        parents=True
    )
    env = {
        "AMENT_PREFIX_PATH": str(tmp_path),
        "TANK_WHEELS": wheels,
        "RMW_IMPLEMENTATION": "rmw_zenoh_cpp",
    }
    (finding,) = network.middleware(FakeMachine(env=env))
    assert finding.level is level and "there is rmw_fastrtps_cpp" in finding.text
    assert "unset RMW_IMPLEMENTATION" in finding.cure


@pytest.mark.parametrize(
    ("name", "value"), [("ROS_DOMAIN_ID", "abc"), ("ROS_LOG_DIR", "/dev/null")]
)
def test_who_is_there_is_not_looked_for_where_ros_cannot_start(name: str, value: str) -> None:
    words = [sys.executable, "-m", "tank_cli.ros.neighbors"]
    ran = subprocess.run(
        words,
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
        timeout=60.0,
        check=False,
    )
    assert ran.returncode == 1 and not ran.stdout
    (line,) = ran.stderr.splitlines()
    assert name in line and value in line


def test_it_works_where_no_package_is_installed(tmp_path: Path) -> None:
    path = os.pathsep.join(map(str, SOURCES.glob("tank_*")))  # as in ./tank
    words = [sys.executable, "-S", "-m", "tank_cli", "doctor", "--robot", "--json"]
    environment = {
        "PYTHONPATH": path,
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
    }
    ran = subprocess.run(
        words, env=environment, capture_output=True, text=True, timeout=60.0, check=False
    )
    report = json.loads(ran.stdout)
    assert ran.returncode == 1 and not ran.stderr
    rows = [row for row in report["findings"] if row["level"] == "FAIL"]
    assert {"packages", "ros"} <= {row["name"] for row in rows}
    assert all(row["cure"] for row in rows)


def test_a_locked_guardian_is_seen_without_connecting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    socket = tmp_path / "guardian"
    monkeypatch.setenv("TANK_GUARDIAN_SOCKET", str(socket))
    assert socket not in ThisMachine().guardians()
    with (tmp_path / "guardian.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert socket in ThisMachine().guardians()
    assert socket not in ThisMachine().guardians()
