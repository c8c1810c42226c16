"""Worlds by name: objects that stand on the floor around the robot.

- ``world``: the types: World, its objects, fixtures, light and moving shadow
- ``catalog``: the worlds that come with Tank, by name
- ``arches``, ``gates``, ``rooms``: an arch, and the worlds of openings to drive through
- ``gate_starts``: starts before a gate, drawn by a seed
- ``placement``: free places for objects, drawn by a seed
- ``putting_down``: whether a thing lies where it was to be brought
"""

from tank_sim.worlds.catalog import build_world, world_names
from tank_sim.worlds.world import (
    OBJECT_MASS,
    Fixture,
    Opening,
    Scene,
    ShadowPanel,
    World,
    WorldError,
    WorldObject,
    on_floor,
)

__all__ = [
    "OBJECT_MASS", "Fixture", "Opening", "Scene", "ShadowPanel", "World", "WorldError",
    "WorldObject", "build_world", "on_floor", "world_names",
]  # fmt: skip
