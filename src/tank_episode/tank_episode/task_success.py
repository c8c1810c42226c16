"""Whether a prediction takes the robot where the right answer does.

Both are carried out in simulation, from the same beginning.

The criterion is that of docs/language.md ("Equality"): the robot within 0.10 m and 10 degrees,
every object within 0.10 m.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tank_core.commands import Approach, Command, Face, Grasp, Move, Release, Turn, equivalent
from tank_core.robot import load_robot
from tank_episode.episode import Episode, Truth, run_episode
from tank_episode.initial_conditions import InitialConditions, needs_perception
from tank_executor.plan import PlanState, PlanStatus
from tank_sim.worlds import World

NEAR_M, NEAR_DEG = 0.10, 10.0
ARM = (Grasp, Release, Face, Approach)


def has_motion(commands: Sequence[Command]) -> bool:
    """Whether anything moves: all but stops and waits."""
    return any(isinstance(command, (Move, Turn, *ARM)) for command in commands)


@dataclass(frozen=True)
class End:
    """The place where a command list ended.

    It tells, too, whether the list was carried out to its last step.
    """

    complete: bool
    truth: Truth


class Judge:
    """Runs command lists, each once.

    The same list in the same world ends the same way, to the last digit.
    """

    def __init__(self) -> None:
        self._robot = load_robot()
        self._ends: dict[tuple[World, tuple[Command, ...]], End] = {}
        self.incomplete = 0  # right answers that could not be carried out to their end

    def same_end(self, wanted: Sequence[Command], got: Sequence[Command]) -> bool:
        """Whether both command lists end at the same place.

        Both are carried out in a world that holds what the right answer names.

        Where the right answer itself ends early (it goes to a thing twice, or puts down what it
        does not hold), what comes after it would go unmeasured: such a pair is a success only when
        both lists are equal.
        """
        stage = InitialConditions(self._robot, wanted)
        reference = self._end(stage, tuple(wanted))
        if not reference.complete:
            self.incomplete += 1
            return equivalent(wanted, got)
        prediction = self._end(stage, tuple(got))
        return prediction.complete and near(reference.truth, prediction.truth)

    def _end(self, stage: InitialConditions, commands: tuple[Command, ...]) -> End:
        key = (stage.world, (*stage.prelude, *commands))
        if key not in self._ends:
            status, truth = self._run(*key)
            self._ends[key] = End(not commands or status.state == PlanState.SUCCEEDED, truth)
        return self._ends[key]

    def _run(self, world: World, commands: tuple[Command, ...]) -> tuple[PlanStatus, Truth]:
        """Nothing stops for obstacles.

        What counts is what the words say, not whether the way is free.
        """
        if not world.objects:
            return run_episode(commands)
        episode = Episode(world=world, camera=needs_perception(commands), stop_for_obstacles=False)
        try:
            status = episode.run(commands) if commands else PlanStatus()
            episode.settle()
            return status, episode.truth()
        finally:
            episode.close()


def near(one: Truth, other: Truth) -> bool:
    """The criterion."""
    turned = (one.robot["yaw_deg"] - other.robot["yaw_deg"] + 180) % 360 - 180
    robot = math.dist(_place(one.robot), _place(other.robot)) <= NEAR_M and abs(turned) <= NEAR_DEG
    held = one.robot["held"] == other.robot["held"]
    return (
        robot
        and held
        and all(
            math.dist(_place(thing), _place(other.objects[name])) <= NEAR_M
            for name, thing in one.objects.items()
        )
    )


def _place(thing: dict[str, float]) -> tuple[float, float]:
    return thing["x"], thing["y"]
