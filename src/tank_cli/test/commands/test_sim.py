"""``./tank sim`` as a whole: real processes over ROS.

Without a model, which only stop words can do without.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
import rclpy
from rosgraph_msgs.msg import Clock

from tank_cli.__main__ import main
from tank_cli.commands.robot import sim as command
from tank_client.client_node import StackClient
from tank_core.ros import interfaces as names
from tank_core.testing.own_domain import own_domain
from tank_core.testing.waiting import comes_true

DOMAIN = str(own_domain())

PATIENCE_S = 60.0
START = [
    sys.executable,
    "-m",
    "tank_cli",
    "sim",
    "--headless",
    "--world",
    "empty",
    "--model",
    "/nowhere.gguf",
]


def children_of(pid: int) -> list[int]:
    """The processes that it started and that run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it ended while we looked
        if int(parent) == pid and state != "Z":
            found.append(int(path.parent.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Sim:
    """A running ``./tank sim`` and all that it has shown.

    ``terminal`` True: it believes that a person sits there.
    """

    def __init__(self, terminal: bool, stdin: IO[str] | None) -> None:
        ours, theirs = pty.openpty()
        # 40 lines of 120 characters
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, b"\x28\x00\x78\x00\x00\x00\x00\x00")
        other = subprocess.DEVNULL if stdin is None else stdin
        self.process = subprocess.Popen(
            START,
            stdin=theirs if terminal else other,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._terminal = ours
        self._shown = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._terminal, 65536)
            except OSError:
                return  # the last one who had it open has ended
            self._shown += data
            if b"\x1b[6n" in data:  # "where is the cursor?"
                os.write(self._terminal, b"\x1b[1;1R")

    @property
    def bytes(self) -> bytes:
        """All that was shown, as it came."""
        return self._shown

    @property
    def shown(self) -> str:
        """The text that was shown, without colors and moves of the cursor."""
        return re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", self._shown.decode(errors="replace"))

    def shows(self, text: str) -> bool:
        return (
            comes_true(lambda: text in self.shown or self.process.poll() is not None)
            and text in self.shown
        )

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def ends(self) -> int:
        """Its exit code, once it has ended by itself."""
        return self.process.wait(PATIENCE_S)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.ends()
        self._reader.join(PATIENCE_S)
        os.close(self._terminal)


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Sim]]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("ROS_DOMAIN_ID", DOMAIN)
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    monkeypatch.setenv("TERM", "xterm-256color")
    made: list[Sim] = []

    def make(terminal: bool = False, stdin: IO[str] | None = None) -> Sim:
        made.append(Sim(terminal, stdin))
        return made[-1]

    yield make
    for sim in made:
        sim.close()


@pytest.mark.slow
def test_without_a_terminal_it_runs_alone_until_it_is_told_to_end(
    start: Callable[..., Sim], capfd: pytest.CaptureFixture[str]
) -> None:
    sim = start()
    assert sim.shows("ready after "), sim.shown
    assert "no language model" in sim.shown and "/nowhere.gguf" in sim.shown
    assert main(["say", "stop"]) == 0
    assert sim.shows("✓ stop")
    assert main(["say", "turn left"]) == 2

    second = start()
    assert second.ends() == 2
    assert "another stack of Tank runs already in ROS domain" in second.shown
    assert str(sim.process.pid) in second.shown and "starting" not in second.shown
    assert sim.process.poll() is None

    brain = next(
        pid
        for pid in children_of(sim.process.pid)
        if b"LanguageNode" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(brain, signal.SIGKILL)
    assert sim.shows("process brain ended by itself (signal 9, SIGKILL); it is started again")
    with StackClient() as client:
        assert client.wait_until(client.translator_listens, PATIENCE_S)
    assert main(["say", "stop"]) == 0

    children = children_of(sim.process.pid)
    assert len(children) == 2
    sim.process.send_signal(signal.SIGTERM)
    assert sim.ends() == 0
    assert not any(map(alive, children))


@pytest.mark.slow
def test_at_a_terminal_there_is_a_prompt(start: Callable[..., Sim]) -> None:
    sim = start(terminal=True)
    assert sim.shows("tank ›"), sim.shown
    sim.type("stop\r")
    assert sim.shows("✓ stop")
    sim.type("turn left\r")
    assert sim.shows("? not understood: ")
    sim.type("/stop\r")
    assert sim.shows("the robot is stopped")
    sim.type("/reset\r")
    assert sim.shows("the robot may move")
    sim.type("/status\r")
    assert sim.shows("real-time factor") and sim.shows("✗ language_node: model")
    sim.type("\x03")
    assert sim.shows("stopped; nothing was under way; Ctrl-C again within 2 s")
    sim.type("\x03")
    assert sim.ends() == 0


@pytest.mark.slow
def test_at_a_terminal_that_can_only_write_lines_there_is_a_prompt_too(
    start: Callable[..., Sim], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    sim = start(terminal=True)
    assert sim.shows("tank › "), sim.shown
    sim.type("stop\n")
    assert sim.shows("✓ stop")
    sim.process.send_signal(signal.SIGINT)  # as the terminal does for Ctrl-C
    assert sim.shows("stopped; nothing was under way; Ctrl-C again within 2 s")
    assert b"\x1b" not in sim.bytes
    sim.process.send_signal(signal.SIGINT)
    assert sim.ends() == 0


@pytest.mark.slow
def test_what_is_piped_is_carried_out_and_then_it_ends_by_itself(
    start: Callable[..., Sim], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the model that comes with Tank."""
    words = [word for word in START if word not in ("--model", "/nowhere.gguf")]
    monkeypatch.setattr(sys.modules[__name__], "START", words)
    said = tmp_path / "said"
    said.write_text("drive forward 20 centimeters\nturn left\n", encoding="utf-8")
    with said.open() as stdin:
        sim = start(stdin=stdin)
        assert sim.ends() == 0, sim.shown
    assert sim.shows("✓ move forward 0.2 m") and sim.shows("✓ turn left 90 degrees")
    assert sim.shown.rstrip().endswith("2 of 2 done")


@pytest.mark.slow
def test_beside_a_clock_it_does_not_start(start: Callable[..., Sim]) -> None:
    context = rclpy.Context()
    rclpy.init(args=[], context=context)
    player = rclpy.create_node("rosbag2_player", context=context)
    player.create_publisher(Clock, names.CLOCK, names.STREAM)
    sim = start()
    assert sim.ends() == 2
    assert "/rosbag2_player publishes /clock already" in sim.shown and "ROS_DOMAIN_ID" in sim.shown
    player.destroy_node()
    context.try_shutdown()


@pytest.mark.slow
def test_nothing_stays_behind_when_it_is_killed(start: Callable[..., Sim]) -> None:
    sim = start(terminal=True)
    assert sim.shows("tank ›"), sim.shown
    children = children_of(sim.process.pid)
    assert len(children) == 2
    sim.process.kill()
    assert comes_true(lambda: not any(map(alive, children)))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--world", "moon"], "playground"),
        (["--robot", "nobody"], "tank"),
        (["--real-time-factor", "nan"], "real-time-factor"),
        (["--real-time-factor", "-1"], "real-time-factor"),
        (["--port", "80"], "1024"),
        (["--viewer", "tv"], "mujoco"),
    ],
)
def test_what_cannot_be_started_is_refused_at_once(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sim", *arguments]) == 2
    err = capsys.readouterr().err
    assert err.startswith("tank: ") and err.count("\n") == 1 and words in err


@pytest.mark.slow
def test_another_middleware_and_format_of_lines_in_the_shell_are_in_nobodys_way(
    start: Callable[..., Sim], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RMW_IMPLEMENTATION", "rmw_nobody_cpp")
    monkeypatch.setenv("RCUTILS_CONSOLE_OUTPUT_FORMAT", "{message}")
    sim = start(terminal=True)
    # a ROS 2 that is sourced could have it, so it is no use to guess
    if not os.environ.get("TANK_WHEELS"):
        assert sim.ends() == 2
        assert "RMW_IMPLEMENTATION is 'rmw_nobody_cpp', which is not installed here" in sim.shown
        return
    assert sim.shows("tank ›"), sim.shown
    assert sim.shown.count("RMW_IMPLEMENTATION='rmw_nobody_cpp' is unset") == 1
    # Read as a node's warning; in the other format it would be a line of the process "brain".
    assert "[language_node] model file /nowhere.gguf" in sim.shown and "[brain]" not in sim.shown


@pytest.mark.parametrize(
    "command", [("sim", "--headless"), ("robot", "--mock"), ("say", "turn left")]
)
@pytest.mark.parametrize(("name", "value"), [
    ("ROS_DOMAIN_ID", "abc"), ("ROS_DOMAIN_ID", "999"), ("ROS_LOG_DIR", "/dev/null"),
    ("RCUTILS_LOGGING_USE_STDOUT", "9"), ("FASTRTPS_DEFAULT_PROFILES_FILE", "/nowhere.xml"),
])  # fmt: skip
def test_a_ros_variable_that_is_wrong_is_one_line(
    command: tuple[str, ...], name: str, value: str
) -> None:
    """It is looked at before rclpy is imported: in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tank_cli", *command], env={**os.environ, name: value},
        stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 2 and not done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith("tank: ") and name in line and value in line


@pytest.mark.slow
def test_the_cockpit_is_shown_with_one_address_and_ends_with_the_rest(
    start: Callable[..., Sim], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    shown = [word for word in START if word != "--headless"]
    monkeypatch.setattr(sys.modules[__name__], "START", [*shown, "--port", "23400"])
    sim = start(terminal=True)
    assert sim.shows("the cockpit is at http://127.0.0.1:"), sim.shown
    assert sim.shown.count("the cockpit is at") == 1
    (port,) = re.findall(r"the cockpit is at http://127\.0\.0\.1:(\d+)/", sim.shown)
    with socket.create_connection(("127.0.0.1", int(port)), PATIENCE_S):
        children = children_of(sim.process.pid)
    assert len(children) == 3
    sim.process.kill()
    assert comes_true(lambda: not any(map(alive, children)))


def test_the_seed_goes_to_the_simulation() -> None:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    assert command._settings(parser.parse_args(["--seed", "7"]))["seed"] == 7
