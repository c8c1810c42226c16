"""Kill -9, a hang, and what the wire saw.

The whole stack of the real robot, in separate processes, on the chip model.

The law: 0.3 s after driver, executor, language node or guardian was killed or hangs, no motor has
current, and none gets any before a fresh command comes, although the process that was killed is
started again at once.
"""

from __future__ import annotations

import os
import random
import signal
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from trajectory_msgs.msg import JointTrajectory

from tank_client.client_node import StackClient
from tank_core.exceptions import TankError
from tank_core.robot import Robot, load_robot
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.discovery import speed_up_discovery
from tank_core.state import JointTrajectory as Trajectory
from tank_core.state import TrajectoryPoint
from tank_core.testing.lateness import Lateness
from tank_hw_driver.chip_model.client import ModelClient
from tank_hw_driver.guardian.heartbeat import HOLD_S
from tank_hw_driver.hardware import load_hardware
from tank_stack.processes import ChildProcess
from tank_stack.stack import RASPTANK, Process, load_stack

BOARD = "robot_hat_v3"
WITHIN_S = 0.3  # what the project promises
# a process that hung with a duty in its hand, and wakes, may write it once: motion for so long at
# most
AWAKE_S = 0.1
HANG_S = 1.0
QUIET_S = HOLD_S + 0.3  # watched after the killed process is there again
PATIENCE_S = 120.0  # a busy machine needs some of it to start a process
TRIES = 20
SENTENCES = (
    "drive forward three meters",
    "back up three meters",
    "turn left 300 degrees",
    "turn right, then drive forward three meters",
)
VICTIMS = ("driver", "executor", "language", "guardian")
READY = {  # what each says when it works
    "chips": "chip model of",
    "guardian": "listening at",
    "driver": "running: driver_node",
    "executor": "running: executor_node",
    "language": "is ready, answers in",
}


@dataclass(frozen=True)
class KillTrial:
    """``signal_name`` to ``victim`` in full motion.

    ``zero_s`` [s] later the motors were off for good; ``moved_s`` [s]: motion after that, before a
    fresh command came. ``late_s`` [s]: what the machine itself was late meanwhile, for which nobody
    can answer.
    """

    victim: str
    signal_name: str
    zero_s: float
    moved_s: float
    late_s: float = 0.0

    @property
    def passed(self) -> bool:
        again = AWAKE_S + self.late_s if self.signal_name == signal.SIGSTOP.name else 0.0
        return 0.0 < self.zero_s <= WITHIN_S + self.late_s and self.moved_s <= again


class Proof:
    """The processes, and somebody who speaks to them, drives the arm and watches the chips."""

    def __init__(self, folder: Path, model: str = "", board: str = BOARD) -> None:
        """``model``: path of a GGUF file; the shipped one if empty."""
        self.robot = load_robot(load_hardware(board).robot)
        fixed = load_stack(RASPTANK).processes[-1].fixed  # rates and threads as on the robot
        self._chips = folder / "chips"
        wires = f"model:{self._chips}"
        self._env = {
            **os.environ,
            "TANK_GUARDIAN_SOCKET": str(folder / "guardian"),
            "TANK_CHIPS_SOCKET": str(self._chips),
        }
        driver = {
            **fixed,
            "board": board,
            "wires": wires,
            "calibration": "none",
            "camera_source": "none",
        }
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
            "driver": Process("", nodes=("tank_hw_driver.driver_node:DriverNode",)).command(driver),
            "executor": Process("", nodes=("tank_executor.executor_node:ExecutorNode",)).command(
                {**fixed, "robot": self.robot.name}
            ),
            "language": Process("", nodes=("tank_language.language_node:LanguageNode",)).command(
                {**fixed, **({"model": model} if model else {})}
            ),
        }
        self._processes: dict[str, ChildProcess] = {}
        self._ready: dict[str, bool] = {}
        self.lines: deque[str] = deque(maxlen=200)  # what they said last
        self._ends = ExitStack()
        self.stood = 0  # times at which the robot had stopped by itself before the victim's turn

    def __enter__(self) -> Proof:
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
        self._ready[name] = False
        self._processes[name] = ChildProcess(
            self._commands[name], lambda line: self._on_line(name, line), self._env
        )

    def send(self, name: str, number: signal.Signals) -> None:
        os.kill(self._processes[name].pid, number)

    def buried(self, name: str) -> None:
        """Wait until a killed process is gone."""
        self.wait(lambda: self._processes[name].poll() is not None, f"the end of {name}")

    def ready(self, name: str) -> None:
        self.wait(lambda: self._ready[name], f"{name} to be ready")

    def move(self, sentence: str) -> None:
        """A fresh command: the robot moves after this, and its arm.

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

    @property
    def last_words(self) -> str:
        """What the processes said last, and what the motors felt."""
        now = time.monotonic()
        felt = [f"{t - now:.3f} s: {duties}" for t, duties in self.model.motor_history(now - 8.0)]
        return " | ".join([*list(self.lines)[-12:], *felt[-20:]])

    @property
    def moving(self) -> bool:
        return any(self.model.motor_duties().values())

    def moved(self, since: float, until: float) -> list[tuple[float, float]]:
        """Every stretch of time between these moments [s] in which a motor had current."""
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
        if READY[name] in line:
            self._ready[name] = True


class Trajectories:
    """The arm's way to and fro, over ROS."""

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


def in_motion(proof: Proof, dice: random.Random) -> float:
    """A random moment [s], which is now, at which the robot moves.

    A trial with a robot that stands would prove nothing.
    """
    for _ in range(TRIES):
        proof.move(dice.choice(SENTENCES))
        time.sleep(dice.uniform(0.05, 0.8))
        moment = time.monotonic()
        if proof.moving:
            return moment
        proof.stood += 1
        time.sleep(QUIET_S)
    raise TankError(
        f"the robot stopped by itself {TRIES} times before anybody was killed: {proof.last_words}"
    )


def kill(proof: Proof, victim: str, dice: random.Random) -> KillTrial:
    """kill -9 in full motion, and the process is started again at once."""
    moment = in_motion(proof, dice)
    proof.send(victim, signal.SIGKILL)
    proof.buried(victim)
    proof.start(victim)
    proof.ready(victim)
    time.sleep(QUIET_S)
    return _judge(
        proof, victim, signal.SIGKILL, moment, moment + WITHIN_S + proof.lateness.allowance(moment)
    )


def hang(proof: Proof, victim: str, dice: random.Random) -> KillTrial:
    """SIGSTOP in full motion, and SIGCONT a second later."""
    moment = in_motion(proof, dice)
    proof.send(victim, signal.SIGSTOP)
    time.sleep(HANG_S + dice.uniform(0.0, 0.1))
    wakes = time.monotonic()
    proof.send(victim, signal.SIGCONT)
    time.sleep(QUIET_S)
    return _judge(proof, victim, signal.SIGSTOP, moment, wakes)


def _judge(
    proof: Proof, victim: str, number: signal.Signals, moment: float, second: float
) -> KillTrial:
    """Motion that begins before ``second`` [s] counts for how long the stop took, what begins
    later as moving again.
    """
    now = time.monotonic()
    stretches = proof.moved(moment, now)
    first = [end for begin, end in stretches if begin < second]
    later = sum(end - begin for begin, end in stretches if begin >= second)
    return KillTrial(
        victim,
        number.name,
        max(first, default=moment) - moment,
        later,
        proof.lateness.allowance(moment),
    )


@contextmanager
def _environment(domain: str) -> Iterator[None]:
    """Where this process and its children find each other and nobody else."""
    before = dict(os.environ)
    os.environ.update(ROS_DOMAIN_ID=domain, ROS_AUTOMATIC_DISCOVERY_RANGE="LOCALHOST")
    speed_up_discovery()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def prove(
    kills: int,
    hangs: int,
    seed: int,
    domain: str,
    tell: Callable[[str], None] = print,
    model: str = "",
    board: str = BOARD,
) -> list[KillTrial]:
    """So many kills and hangs, the victims in turn, at moments that ``seed`` decides. Raises
    TankError when the stack does not run.
    """
    dice = random.Random(seed)
    plan = [
        (act, VICTIMS[index % len(VICTIMS)])
        for act, count in ((kill, kills), (hang, hangs))
        for index in range(count)
    ]
    dice.shuffle(plan)
    trials: list[KillTrial] = []
    with (
        _environment(domain),
        TemporaryDirectory(prefix="tank-proof-") as folder,
        Proof(Path(folder), model, board) as proof,
    ):
        for number, (act, victim) in enumerate(plan, 1):
            trial = act(proof, victim, dice)
            trials.append(trial)
            said = (
                f", the machine up to {trial.late_s:.3f} s late" if trial.zero_s > WITHIN_S else ""
            )
            said += "" if trial.passed else f"  BROKEN: {proof.last_words}"
            tell(
                f"{number}/{len(plan)} {trial.signal_name} {victim}: off after {trial.zero_s:.3f} "
                f"s, then moved {trial.moved_s:.3f} s{said}"
            )
        tell(
            f"{proof.stood} times the robot had stopped by itself before its turn; those were "
            "begun again"
        )
    return trials


def table(trials: Sequence[KillTrial]) -> str:
    """For people: a line for each kind of victim."""
    lines = [
        "| what | times | off after, median / longest | moved again | broken |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind in sorted({(trial.signal_name, trial.victim) for trial in trials}):
        these = [trial for trial in trials if (trial.signal_name, trial.victim) == kind]
        delays = [trial.zero_s for trial in these]
        lines.append(
            f"| {' '.join(kind)} | {len(these)} | {statistics.median(delays):.3f} / "
            f"{max(delays):.3f} s "
            f"| {max(trial.moved_s for trial in these):.3f} s | "
            f"{sum(not trial.passed for trial in these)} |"
        )
    return "\n".join(lines)
