"""Pick a thing up and put it into another cell: ``tank/PickPlace-v0``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gymnasium import spaces

from tank_core.commands import Cell, Color, Shape
from tank_core.geometry import Place, Vector
from tank_core.robot import Robot
from tank_core.skill import SURE, Observation, SkillTarget
from tank_core.state import Floats, Twist2D
from tank_gym.base import TankEnv, tank_robot
from tank_gym.scenes import PickPlaceScene, pick_place
from tank_sim.realism.levels import Realism
from tank_sim.worlds import World, on_floor
from tank_sim.worlds.putting_down import is_put_down
from tank_skills.sequence import PERIOD_S, Senses

SIZE_M = 0.04
RIGHT, WRONG = 10.0, -10.0  # rewards of saying that it is done
LARGEST = 10.0  # of any number that is observed


class PickPlaceEnv(TankEnv):
    """A red cube in one cell of the arm zone, which belongs into another.

    Observation: what ``tank_skills.sequence.Senses`` tells: joints, the gripper's effort, whether
    it has squeezed something, thing and goal. Thing and goal are told by the simulator's truth
    (``info["privileged"]``): a robot has to see them.

    Action (n + 3,): targets of all n joints as -1 to 1 of their limits, linear and angular velocity
    as -1 to 1 of the most, and over 0.5: it is done, which ends the episode.
    With the tank's five joints those are eight numbers.
    """

    def __init__(
        self,
        robot: str | Robot = "tank",
        realism: str | Realism = "ideal",
        render_mode: str | None = None,
    ) -> None:
        loaded = tank_robot(robot)
        thing = on_floor(Color.RED, Shape.CUBE, SIZE_M, loaded.cell(Cell.FRONT))
        self._name = thing.name
        super().__init__(
            loaded,
            World("pick and place", (thing,)),
            PERIOD_S,
            realism,
            render_mode=render_mode,
        )
        limits = [loaded.joint_limits(name) for name in loaded.joint_names]
        self._lower, self._upper = np.array(limits).T
        self._goal: Place = loaded.cell(Cell.FRONT)
        self._senses = Senses(loaded)
        shape = self._seen().shape
        self.observation_space = spaces.Box(-LARGEST, LARGEST, shape, np.float32)
        self.action_space = spaces.Box(-1.0, 1.0, (len(limits) + 3,), np.float32)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Put the cube into a cell."""
        number = self.begin(seed, options)
        self._senses.reset()
        self.scene: PickPlaceScene = pick_place(self.robot, number)
        self.put(number)
        self.backend.place(self._name, (*self.scene.place, SIZE_M / 2), self.scene.yaw)
        self._goal = self.backend.truth().to_world(self.robot.cell(self.scene.goal))
        return self._seen(), {"scene": number, "privileged": True}

    def step(self, action: Floats) -> tuple[Floats, float, bool, bool, dict[str, Any]]:
        """Move joints and wheels for PERIOD_S."""
        share = np.clip(action.astype(float), -1.0, 1.0)
        joints = self._lower + (share[:-3] + 1) / 2 * (self._upper - self._lower)
        linear, angular, done = share[-3:].tolist()
        most = self.robot.drive
        twist = Twist2D(linear * most.max_linear, angular * most.max_angular)
        self.drive(twist, joints.tolist(), self.robot.joint_names)
        ended = done > SURE
        success = ended and self.lies_there()
        x, y, z = self._thing()
        away = math.dist(self.backend.truth_tool(), (x, y, z))
        left = math.dist((x, y), self.backend.truth().to_local(self._goal))
        reward = (RIGHT if success else WRONG) if ended else -away - left
        return self._seen(), reward, ended, False, {"is_success": success, "privileged": True}

    def lies_there(self) -> bool:
        """Whether the cube truly lies in the goal's cell, and nothing holds it."""
        thing, held = self.backend.objects()[self._name], self.backend.held() is not None
        return is_put_down((thing.x, thing.y), thing.z, SIZE_M, self._goal, held)

    def _thing(self) -> Vector:
        """The cube's place [m] in base_link, by the truth."""
        thing = self.backend.objects()[self._name]
        return (*self.backend.truth().to_local((thing.x, thing.y)), thing.z)

    def _seen(self) -> Floats:
        goal = (*self.backend.truth().to_local(self._goal), 0.0)
        x, y, _ = self._thing()
        target = SkillTarget("red", "cube", place=(x, y, 0.0), goal=goal)
        told = self._senses(Observation(self.state, None, target))
        return told.clip(-LARGEST, LARGEST).astype(np.float32)
