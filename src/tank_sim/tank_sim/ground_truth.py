"""The simulation's truth about robot and objects, for results and tests.

Nothing that drives the robot may look at it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import mujoco
import numpy as np

from tank_core.geometry import Vector
from tank_core.robot import ArmDescription
from tank_core.state import Pose2D, Twist2D
from tank_sim.mjcf.addresses import Parts
from tank_sim.mjcf.names import CHASSIS
from tank_sim.worlds import Fixture, WorldObject


@dataclass(frozen=True)
class ObjectState:
    """A thing's true place: its center [m] in the world."""

    x: float
    y: float
    z: float
    color: str
    shape: str


class GroundTruth:
    """Reads the robot's and the objects' true places out of MuJoCo's arrays."""

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData, parts: Parts) -> None:
        self._model, self._data, self._parts = model, data, parts

    def pose(self) -> Pose2D:
        """The pose of base_link in the world."""
        x, y, _ = self._data.site_xpos[self._parts.base_site]
        ahead_x, ahead_y = self._data.site_xmat[self._parts.base_site][[0, 3]]
        return Pose2D(float(x), float(y), math.atan2(ahead_y, ahead_x))

    def twist(self) -> Twist2D:
        """The velocity of base_link, in base_link."""
        velocity = np.zeros(6)  # angular, then linear, in the site's frame
        site = mujoco.mjtObj.mjOBJ_SITE
        mujoco.mj_objectVelocity(self._model, self._data, site, self._parts.base_site, velocity, 1)
        return Twist2D(float(velocity[3]), float(velocity[2]))

    def tool(self, arm: ArmDescription) -> Vector:
        """The arm's tool center point [m] in base_link."""
        base, hand = self._parts.base_site, self._data.body(arm.links[-1].name)
        tip = hand.xpos + hand.xmat.reshape(3, 3) @ np.array(arm.tool)
        frame = self._data.site_xmat[base].reshape(3, 3)
        x, y, z = ((tip - self._data.site_xpos[base]) @ frame).tolist()
        return x, y, z

    def objects(self, things: Iterable[WorldObject]) -> dict[str, ObjectState]:
        """The places of these objects, by name."""
        return {thing.name: self._object(thing) for thing in things}

    def _object(self, thing: WorldObject) -> ObjectState:
        x, y, z = self._data.body(thing.name).xpos.tolist()
        return ObjectState(x, y, z, str(thing.color), str(thing.shape))

    def held(self, things: Iterable[WorldObject]) -> str | None:
        """The first of these objects that is in the gripper; None if none is.

        Both fingers touch it, and it does not rest on the floor.
        """
        touching: dict[int, set[int]] = {}
        for first, second in self._data.contact.geom:
            touching.setdefault(int(first), set()).add(int(second))
            touching.setdefault(int(second), set()).add(int(first))
        for thing in things:
            met = touching.get(self._model.geom(thing.name).id, set())
            if self._parts.fingers <= met and self._parts.floor not in met:
                return thing.name
        return None

    def touching(self, fixtures: Iterable[Fixture]) -> frozenset[str]:
        """The names of these fixtures that the robot touches now."""
        numbers = {self._model.geom(fixture.name).id: fixture.name for fixture in fixtures}
        robot = self._model.body(CHASSIS).id
        roots = self._model.body_rootid[self._model.geom_bodyid]
        met = set()
        for pair in self._data.contact.geom:
            for one, other in (pair, pair[::-1]):
                if roots[one] == robot and int(other) in numbers:
                    met.add(numbers[int(other)])
        return frozenset(met)
