"""Trials of kill -9 and hangs, judged by what the wire saw.

The whole stack of the real robot, in separate processes, on the chip model.

The law: 0.3 s after driver, executor, language node or guardian was killed or hangs, no motor has
current, and none gets any before a fresh command comes, although the process that was killed is
started again at once. It holds for two faults in the same moment, too: two kills, or a kill while
another process stalls.
"""

from __future__ import annotations

import os
import random
import signal
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tank_bench.ros.robot_processes import BOARD, GUARDIAN, GUARDIANS_CHILD, RobotProcesses
from tank_core.exceptions import TankError
from tank_core.ros.runtime.discovery import speed_up_discovery
from tank_hw_driver.guardian.heartbeat import HOLD_S

WITHIN_S = 0.3  # what the project promises
# a process that hung with a duty in its hand, and wakes, may write it once: motion for so long at
# most
AWAKE_S = 0.1
HANG_S = 1.0
QUIET_S = HOLD_S + 0.3  # watched after the killed process is there again
TRIES = 20
SENTENCES = (
    "drive forward three meters",
    "back up three meters",
    "turn left 300 degrees",
    "turn right, then drive forward three meters",
)
VICTIMS = ("driver", "executor", "language", GUARDIAN)
TOGETHER = ("robot", GUARDIAN)  # where all nodes share a process, as on the robot
# Two faults in the same moment, apart and together. The guardian is two processes itself.
PAIRS = (("driver", GUARDIAN), ("driver", GUARDIANS_CHILD))
PAIRS_TOGETHER = (("robot", GUARDIAN), ("robot", GUARDIANS_CHILD))
STALLED = ("executor", "driver")  # the first is killed while the second stalls
STALL_S = (0.02, 0.4)


@dataclass(frozen=True)
class KillTrial:
    """A trial: ``signal_name`` to ``victim`` in full motion.

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


def in_motion(robot: RobotProcesses, dice: random.Random) -> float:
    """Wait for a random moment [s] at which the robot moves; it is now.

    A trial with a robot that stands would prove nothing.
    """
    for _ in range(TRIES):
        robot.move(dice.choice(SENTENCES))
        time.sleep(dice.uniform(0.05, 0.8))
        moment = time.monotonic()
        if robot.moving:
            return moment
        robot.stood += 1
        time.sleep(QUIET_S)
    raise TankError(
        f"the robot stopped by itself {TRIES} times before anybody was killed: {robot.last_words}"
    )


def kill(robot: RobotProcesses, victim: str, dice: random.Random) -> KillTrial:
    """Kill -9 in full motion; the process is started again at once."""
    return kill_all(robot, (victim,), dice)


def kill_all(robot: RobotProcesses, victims: Sequence[str], dice: random.Random) -> KillTrial:
    """The same with several processes in the same moment."""
    moment = in_motion(robot, dice)
    for victim in dice.sample(victims, len(victims)):
        robot.send(victim, signal.SIGKILL)
    robot.again(*victims)
    time.sleep(QUIET_S)
    return _judge_kill(robot, " and ".join(victims), moment)


def kill_while_stalled(
    robot: RobotProcesses, victims: Sequence[str], dice: random.Random
) -> KillTrial:
    """Kill -9 of the first while the second stands still for a moment."""
    victim, stalled = victims
    moment = in_motion(robot, dice)
    stall = dice.uniform(*STALL_S)
    before = dice.uniform(0.0, 0.15)
    acts = sorted(((0.0, victim, signal.SIGKILL), (before, stalled, signal.SIGSTOP)))
    for at, name, number in acts:
        time.sleep(max(0.0, moment + at - time.monotonic()))
        robot.send(name, number)
    time.sleep(stall)
    robot.send(stalled, signal.SIGCONT)
    robot.again(victim)
    time.sleep(QUIET_S)
    return _judge_kill(robot, f"{victim}, {stalled} stalls", moment)


def _judge_kill(robot: RobotProcesses, victim: str, moment: float) -> KillTrial:
    within = WITHIN_S + robot.lateness.allowance(moment)
    return _judge(robot, victim, signal.SIGKILL, moment, moment + within)


def hang(robot: RobotProcesses, victim: str, dice: random.Random) -> KillTrial:
    """Send SIGSTOP in full motion, and SIGCONT a second later."""
    process = GUARDIANS_CHILD if victim == GUARDIAN else victim  # the one of the two that guards
    moment = in_motion(robot, dice)
    robot.send(process, signal.SIGSTOP)
    time.sleep(HANG_S + dice.uniform(0.0, 0.1))
    wakes = time.monotonic()
    robot.send(process, signal.SIGCONT)
    time.sleep(QUIET_S)
    return _judge(robot, victim, signal.SIGSTOP, moment, wakes)


def _judge(
    robot: RobotProcesses, victim: str, number: signal.Signals, moment: float, second: float
) -> KillTrial:
    """Judge a trial by the motors' current since ``moment`` [s].

    Motion that begins before ``second`` [s] counts for how long the stop took, what begins later as
    moving again.
    """
    now = time.monotonic()
    stretches = robot.moved(moment, now)
    first = [end for begin, end in stretches if begin < second]
    later = sum(end - begin for begin, end in stretches if begin >= second)
    return KillTrial(
        victim,
        number.name,
        max(first, default=moment) - moment,
        later,
        robot.lateness.allowance(moment),
    )


@contextmanager
def environment(domain: str) -> Iterator[None]:
    """An environment where this process and its children hear nobody else."""
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
    together: bool = False,
    pairs: int = 0,
) -> list[KillTrial]:
    """Kill and hang the victims in turn, at moments that ``seed`` decides.

    ``together``: all nodes in one process. ``pairs``: so many times two faults at once. Raises
    TankError when the stack does not run.
    """
    victims = TOGETHER if together else VICTIMS
    doubles: list[tuple[Callable[..., KillTrial], Any]]
    doubles = [(kill_all, pair) for pair in (PAIRS_TOGETHER if together else PAIRS)]
    doubles += [] if together else [(kill_while_stalled, STALLED)]
    dice = random.Random(seed)
    plan: list[tuple[Callable[..., KillTrial], Any]] = [
        (act, victims[index % len(victims)])
        for act, count in ((kill, kills), (hang, hangs))
        for index in range(count)
    ]
    plan += [doubles[index % len(doubles)] for index in range(pairs)]
    dice.shuffle(plan)
    trials: list[KillTrial] = []
    with (
        environment(domain),
        TemporaryDirectory(prefix="tank-proof-") as folder,
        RobotProcesses(Path(folder), model, board, together) as robot,
    ):
        for number, (act, victim) in enumerate(plan, 1):
            trial = act(robot, victim, dice)
            trials.append(trial)
            said = (
                f", the machine up to {trial.late_s:.3f} s late" if trial.zero_s > WITHIN_S else ""
            )
            said += "" if trial.passed else f"  BROKEN: {robot.last_words}"
            tell(
                f"{number}/{len(plan)} {trial.signal_name} {trial.victim}: off after "
                f"{trial.zero_s:.3f} s, then moved {trial.moved_s:.3f} s{said}"
            )
        tell(
            f"{robot.stood} times the robot had stopped by itself before its turn; those were "
            "begun again"
        )
    return trials


def table(trials: Sequence[KillTrial]) -> str:
    """A table for people: a line for each kind of victim."""
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
