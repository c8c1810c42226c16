"""The real robot's stack in separate processes, on the chip model."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from trajectory_msgs.msg import JointTrajectory

from tank_client.client_node import StackClient
from tank_core.exceptions import TankError
from tank_core.robot import Robot, load_robot
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.state import JointTrajectory as Trajectory
from tank_core.state import TrajectoryPoint
from tank_core.testing.lateness import Lateness
from tank_hw_driver.chip_model.client import ModelClient
from tank_hw_driver.hardware import load_hardware
from tank_stack.processes import ChildProcess
from tank_stack.stack import RASPTANK, Process, load_stack

BOARD = "robot_hat_v3"
PATIENCE_S = 120.0  # a busy machine needs some of it to start a process
TRANSLATES = "is ready, answers in"
GUARDIAN, GUARDIANS_CHILD = "guardian", "guardian's child"
READY = {  # what each says when it works, all of it
    "chips": {"chip model of"},
    GUARDIAN: {"listening at"},
    GUARDIANS_CHILD: set[str](),  # it is no process of ours: its parent starts it
    "driver": {"running: driver_node"},
    "executor": {"running: executor_node"},
    "language": {TRANSLATES},
    "robot": {"running: driver_node", TRANSLATES},
}


class RobotProcesses:
    """The robot's processes, with a client and a view of the chips.

    A context manager: starts them in their order, each when the one before is ready, and kills
    them at the end. Raises TankError when one does not become ready.
    """

    def __init__(
        self, folder: Path, model: str = "", board: str = BOARD, together: bool = False
    ) -> None:
        """``model``: path of a GGUF file; the shipped one if empty.

        ``together``: all nodes in the process "robot", as on the robot; else each in its own.
        """
        self.robot = load_robot(load_hardware(board).robot)
        shipped = load_stack(RASPTANK).process("robot")
        fixed = shipped.fixed  # rates and threads as on the robot
        self._chips = folder / "chips"
        wires = f"model:{self._chips}"
        self._env = {
            **os.environ,
            "TANK_GUARDIAN_SOCKET": str(folder / "guardian"),
            "TANK_CHIPS_SOCKET": str(self._chips),
        }
        chosen = {"board": board, "wires": wires, "calibration": "none", "camera_source": "none"}
        driver = {**fixed, **chosen}
        self._commands = {
            "chips": Process(
                "",
                module="tank_hw_driver.chip_model",
                words=("--board", board, "--socket", str(self._chips)),
            ).command({}),
            "guardian": Process(
                "",
                module="tank_hw_driver.guardian",
                words=("--board", board, "--wires", wires, "--calibration", "none"),
            ).command({}),
        }
        named = {"robot": self.robot.name, **({"model": model} if model else {})}
        apart = {
            "driver": Process("", nodes=("tank_hw_driver.driver_node:DriverNode",)).command(driver),
            "executor": Process("", nodes=("tank_executor.executor_node:ExecutorNode",)).command(
                {**fixed, "robot": self.robot.name}
            ),
            "language": Process("", nodes=("tank_language.language_node:LanguageNode",)).command(
                {**fixed, **({"model": model} if model else {})}
            ),
        }
        robot = {"robot": Process("", nodes=shipped.nodes).command({**driver, **named})}
        self._commands |= robot if together else apart
        self._processes: dict[str, ChildProcess] = {}
        self._missing: dict[str, set[str]] = {}  # what each has not said yet
        self.lines: deque[str] = deque(maxlen=200)  # what they said last
        self._ends = ExitStack()
        self.stood = 0  # times at which the robot had stopped by itself before the victim's turn

    def __enter__(self) -> RobotProcesses:
        with ExitStack() as ends:
            for name in self._commands:
                ends.callback(lambda name=name: self._processes[name].kill())  # type: ignore[misc]
                self.start(name)
                self.ready(name)
            self.model = ModelClient(str(self._chips), name="proof")
            ends.callback(self.model.close)
            self.model.set_distance(None)  # nothing in the way
            self._client = ends.enter_context(StackClient())
            self._arm = Trajectories(self._client, self.robot)
            self.lateness = ends.enter_context(Lateness())
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def start(self, name: str) -> None:
        self._missing[name] = set(READY[name])
        self._processes[name] = ChildProcess(
            self._commands[name], lambda line: self._on_line(name, line), self._env
        )

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process, or to the GUARDIANS_CHILD."""
        if name == GUARDIANS_CHILD:
            if number == signal.SIGKILL:
                self._missing[GUARDIAN] = set(READY[GUARDIAN])
            os.kill(self._child_of(GUARDIAN), number)
        else:
            os.kill(self._processes[name].pid, number)

    def again(self, *names: str) -> None:
        """Start killed processes again when they are gone.

        In the order of the stack. The guardian starts its child itself.
        """
        for name in names:
            if name != GUARDIANS_CHILD:
                ended = self._processes[name]
                self.wait(
                    lambda ended=ended: ended.poll() is not None,  # type: ignore[misc]
                    f"the end of {name}",
                )
        for name in sorted(names, key=list(READY).index):
            if name != GUARDIANS_CHILD:
                self.start(name)
            self.ready(GUARDIAN if name == GUARDIANS_CHILD else name)

    def _child_of(self, name: str) -> int:
        pid = self._processes[name].pid
        path = Path(f"/proc/{pid}/task/{pid}/children")
        self.wait(lambda: path.read_text(encoding="ascii").split(), f"the child of {name}")
        return int(path.read_text(encoding="ascii").split()[0])

    def ready(self, name: str) -> None:
        self.wait(lambda: not self._missing[name], f"{name} to be ready")

    def move(self, sentence: str) -> None:
        """Give a fresh command: the robot moves after this, and its arm.

        Said again where they have not found each other yet.
        """
        said = 0.0
        end = time.monotonic() + PATIENCE_S
        while not self.moving:
            if time.monotonic() > end:
                raise TankError(
                    f"the robot does not move; it was told: {sentence}. Last heard: "
                    f"{self.last_words}"
                )
            if time.monotonic() - said > 1.5:
                said = time.monotonic()
                self._client.say(sentence)
            time.sleep(0.01)
        self._arm.wave()

    def call(self, service: str) -> bool:
        """Call a service of the stack; whether it was done."""
        return self._client.call(service, PATIENCE_S)[0]

    def say(self, sentence: str) -> None:
        self._client.say(sentence)

    @property
    def last_words(self) -> str:
        """The processes' last words, and what current the motors had."""
        now = time.monotonic()
        heard = self.model.motor_history(now - 8.0) if hasattr(self, "model") else []
        felt = [f"{t - now:.3f} s: {duties}" for t, duties in heard]
        return " | ".join([*list(self.lines)[-12:], *felt[-20:]])

    @property
    def moving(self) -> bool:
        return any(self.model.motor_duties().values())

    def moved(self, since: float, until: float) -> list[tuple[float, float]]:
        """The stretches of time in which a motor had current.

        Between these moments [s].
        """
        changes = [(t, any(duties.values())) for t, duties in self.model.motor_history(0.0)]
        ends = [t for t, _ in changes[1:]] + [until]
        on = [(begin, end) for (begin, moving), end in zip(changes, ends, strict=True) if moving]
        return [
            (max(begin, since), min(end, until))
            for begin, end in on
            if end > since and begin < until
        ]

    def wait(self, condition: Callable[[], object], what: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > end:
                raise TankError(
                    f"waited {PATIENCE_S:g} s for {what}; last heard: {self.last_words}"
                )
            time.sleep(0.005)

    def _on_line(self, name: str, line: str) -> None:
        self.lines.append(f"{name}: {line}")
        self._missing[name] -= {words for words in READY[name] if words in line}


class Trajectories:
    """Moves the arm to and fro, over ROS."""

    def __init__(self, client: StackClient, robot: Robot) -> None:
        self._publish = client.publisher(JointTrajectory, names.JOINT_TRAJECTORY, names.RELIABLE)
        limits = [robot.joint_limits(name) for name in robot.joint_names]
        poses = [
            tuple(low + share * (high - low) for low, high in limits) for share in (0.45, 0.55)
        ]
        points = tuple(
            TrajectoryPoint(2.0 * (index + 1), pose) for index, pose in enumerate(poses * 3)
        )
        self._way = Trajectory(robot.joint_names, points)

    def wave(self) -> None:
        self._publish(convert.trajectory_to_ros(self._way))
