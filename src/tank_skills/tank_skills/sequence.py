"""The action transformer at run time: pick a thing up, put it into a cell.

It sees the last steps and what it did in them, and says the next action.
"""

from __future__ import annotations

import math

import numpy as np

from tank_core.exceptions import TankError
from tank_core.geometry import Vector
from tank_core.robot import Robot
from tank_core.skill import Chunk, Observation
from tank_core.state import Array, Floats
from tank_skills.skill_file import SkillFile

PERIOD_S = 0.1  # between two actions
CONTEXT = 32  # steps that the network sees
ACTIONS = 8  # five joint targets, two velocities, and whether all is done
JOINTS = 5
INPUTS = JOINTS + 10  # numbers that the network is told in a step, besides its last action
SQUEEZED = 0.5  # of the gripper's effort, when it holds something


class Sequence:
    """A transformer of actions, with one of its heads.

    ``act`` is to be called once each period; the target tells the thing's place and the goal.
    """

    def __init__(self, file: SkillFile, robot: Robot) -> None:
        """Raises ModelError for a file whose numbers do not fit together."""
        self.card, self._senses = file.card, Senses(robot)
        self._body = file.network("body")
        self._bins = file.network("bins") if "bins" in file.specs else None
        self._mean, self._spread = (file.constant(key, INPUTS) for key in ("mean", "spread"))
        self._low, self._high = (
            np.asarray(file.constant(key, ACTIONS), np.float64) for key in ("low", "high")
        )
        self.reset()

    def reset(self) -> None:
        """Forget what was seen and done."""
        self._senses.reset()
        self._steps: list[Floats] = []
        self._last = np.zeros(ACTIONS, np.float32)

    def act(self, seen: Observation) -> Chunk:
        """Propose the next action.

        Raises TankError where thing or goal has no place.
        """
        told = (self._senses(seen).astype(np.float32) - self._mean) / self._spread
        self._steps = [*self._steps[1 - CONTEXT :], np.concatenate([told, self._last])]
        self._last = self._decoded(self._body(np.stack(self._steps)[None])[0, -1])
        share = (np.asarray(self._last, np.float64) + 1) / 2
        action: Array = self._low + share * (self._high - self._low)
        return Chunk(
            seen.state.time,
            self.card.period,
            twists=action[None, JOINTS : JOINTS + 2],
            joints=action[None, :JOINTS],
            end=action[None, -1].clip(0.0, 1.0),
        )

    def _decoded(self, output: Floats) -> Floats:
        """Return the action in -1..1, where bins count by their middles."""
        if self._bins is None:
            return output
        scores = self._bins(output.reshape(ACTIONS, -1))
        middles = (2 * scores.argmax(-1) + 1) / np.float32(scores.shape[-1]) - 1
        return np.asarray(middles, np.float32)


class Senses:
    """Tells the network what is seen: (joints + 10,) numbers a step.

    The joints' positions [rad or m]; the gripper's effort as a share of the most it has, and 1 from
    when it first squeezed something; and for the thing and the goal x, y [m] in base_link with
    their bearing [rad] and distance [m] from the arm's first joint. Training, benchmark and robot
    all use this class.
    """

    def __init__(self, robot: Robot) -> None:
        self._robot = robot
        self.reset()

    def reset(self) -> None:
        """Forget what was felt."""
        self._felt = False

    def __call__(self, seen: Observation) -> Array:
        """Return the numbers of a step.

        Raises TankError where thing or goal has no place.
        """
        robot, place, goal = self._robot, seen.target.place, seen.target.goal
        if place is None or goal is None:
            raise TankError(
                f"pick and place was told no place of the {'thing' if place is None else 'goal'}; "
                "look at the thing first, and name a cell"
            )
        effort = seen.state.joints[robot.gripper.joint].effort / robot.gripper.effort
        self._felt = self._felt or abs(effort) > SQUEEZED
        places = [number for spot in (place, goal) for number in self._from_arm(spot)]
        joints = seen.state.positions(robot.joint_names)
        return np.array([*joints, effort, self._felt, *places])

    def _from_arm(self, spot: Vector) -> tuple[float, float, float, float]:
        (x, y, _), base = spot, self._robot.arm.joints[0].origin
        to_x, to_y = x - base[0], y - base[1]
        return x, y, math.atan2(to_y, to_x), math.hypot(to_x, to_y)
