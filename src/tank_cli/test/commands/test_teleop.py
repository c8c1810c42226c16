"""``./tank teleop`` at a real terminal, against real nodes."""

from __future__ import annotations

import io
import os
import signal
import termios
import time
from collections.abc import Callable, Iterator

import pytest
from nav_msgs.msg import Odometry
from nodes_apart import EXECUTOR, LANGUAGE, ROBOT, Nodes, domain
from pseudo_terminal import Terminal

from tank_cli.__main__ import main
from tank_cli.commands.robot import teleop
from tank_cli.commands.robot.teleop import ANOTHER
from tank_client.client_node import Listener, StackClient
from tank_client.ros.hand import Hand
from tank_core.ros import interfaces as names
from tank_core.state import Twist2D
from tank_executor.plan import PlanState, PlanStatus

PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def stack() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        number = domain()
        patch.setenv("ROS_DOMAIN_ID", number)
        patch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
        nodes = Nodes(ROBOT, EXECUTOR, LANGUAGE)
        yield number
        nodes.close()


class Watcher:
    """Hears how the robot moves, and how plans end."""

    def __init__(self) -> None:
        self.linear = self.angular = 0.0
        self.ended: list[PlanStatus] = []
        self.client = StackClient(Listener(on_status=self._on_status))
        self.client.listen(Odometry, names.ODOM, self._on_odometry, names.STREAM)

    def _on_status(self, status: PlanStatus) -> None:
        if status.state is PlanState.STOPPED:
            self.ended.append(status)

    def _on_odometry(self, message: Odometry) -> None:
        self.linear = message.twist.twist.linear.x
        self.angular = message.twist.twist.angular.z

    def wait(self, condition: Callable[[], bool]) -> None:
        assert self.client.wait_until(condition, PATIENCE_S), (self.linear, self.angular)

    def stands(self) -> None:
        self.wait(lambda: self.linear == self.angular == 0.0)


@pytest.fixture
def robot(stack: str) -> Iterator[Watcher]:
    watcher = Watcher()
    watcher.wait(watcher.client.translator_listens)
    yield watcher
    watcher.client.close()


def hold(terminal: Terminal, keys: str, until: Callable[[], bool]) -> None:
    """Hold a key, as a keyboard repeats it; anew where a busy machine lost it."""
    end = time.monotonic() + PATIENCE_S
    while not until():
        for _ in range(100):
            assert time.monotonic() < end
            terminal.type(keys)
            time.sleep(0.04)
            if until():
                return
        time.sleep(1.0)


def driving(stack: str) -> Terminal:
    terminal = Terminal(["-m", "tank_cli", "teleop", "--speed", "slow"], {"ROS_DOMAIN_ID": stack})
    terminal.expect("space: stop")
    return terminal


@pytest.mark.slow
def test_keys_drive_and_their_end_stops(stack: str, robot: Watcher) -> None:
    with driving(stack) as terminal:
        hold(terminal, "w", lambda: robot.linear > 0.15)
        robot.stands()
        hold(terminal, "\x1b[D", lambda: robot.angular > 0.3)
        robot.stands()
        terminal.type("r")
        hold(terminal, "s", lambda: robot.linear < -0.4)
        terminal.expect("normal  driven by hand")
        terminal.type("q")
        assert terminal.end() == 0
        robot.stands()
        assert termios.tcgetattr(terminal._fd)[3] & (termios.ICANON | termios.ECHO) == (
            termios.ICANON | termios.ECHO
        )


@pytest.mark.slow
def test_space_stops_whatever_moves_the_robot(stack: str, robot: Watcher) -> None:
    with driving(stack) as terminal:
        robot.client.say("drive forward one meter")
        robot.wait(lambda: robot.linear > 0.1)
        terminal.type(" ")
        robot.wait(lambda: bool(robot.ended))
        assert "stop" in robot.ended[-1].message
        robot.stands()
        hold(terminal, "s", lambda: robot.linear < -0.1)
        terminal.type("\x03")
        assert terminal.end() == 0


ENDS: dict[str, Callable[[Terminal], None]] = {
    "kill -9": lambda terminal: os.kill(terminal.process.pid, signal.SIGKILL),
    "hangs": lambda terminal: os.kill(terminal.process.pid, signal.SIGSTOP),
    "the ssh line drops": Terminal.hang_up,
}


@pytest.mark.slow
@pytest.mark.parametrize("end", ENDS)
def test_however_it_ends_the_robot_stops(stack: str, robot: Watcher, end: str) -> None:
    with driving(stack) as terminal:
        hold(terminal, "w", lambda: robot.linear > 0.15)
        ENDS[end](terminal)
        robot.stands()
        if end == "hangs":
            os.kill(terminal.process.pid, signal.SIGCONT)


@pytest.mark.slow
def test_another_hand_is_not_disturbed(stack: str, robot: Watcher) -> None:
    other = Hand(robot.client)
    with driving(stack) as terminal:

        def pushed() -> None:
            other.drive(Twist2D(0.3, 0.0))
            time.sleep(0.05)

        end = time.monotonic() + PATIENCE_S
        while ANOTHER not in terminal.text:
            assert time.monotonic() < end
            pushed()
            terminal._read(0.01)
        for _ in range(20):
            terminal.type("s")
            pushed()
            assert robot.linear >= 0.0
        other.drive(Twist2D())
        for _ in range(30):
            terminal.type("s")  # it was held before the other let go
            time.sleep(0.04)
            assert robot.linear >= 0.0
    with driving(stack) as again:
        hold(again, "w", lambda: robot.linear > 0.15)


@pytest.mark.slow
def test_a_held_stop_is_told(stack: str, robot: Watcher) -> None:
    with driving(stack) as terminal:
        assert robot.client.call(names.STOP)[0]
        try:
            terminal.type("w")
            terminal.expect("reset the stop first")
            assert robot.linear == 0.0
        finally:
            assert robot.client.call(names.RESET_STOP)[0]


def test_without_a_terminal_it_refuses(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["teleop"]) == 2
    assert "ssh -t" in capsys.readouterr().err


@pytest.mark.slow
def test_nobody_is_3_and_says_how_to_start_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", domain())
    monkeypatch.setattr(teleop, "FIND_S", 0.5)
    _, inner = os.openpty()
    with os.fdopen(inner, "r") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        assert main(["teleop"]) == 3
    assert "no executor_node" in capsys.readouterr().err
