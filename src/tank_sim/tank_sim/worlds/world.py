"""A world: objects on the floor, and what is there besides them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from tank_core.commands import Color, Shape
from tank_core.exceptions import TankError
from tank_core.geometry import Place, Pose2D

OBJECT_MASS = 0.04  # [kg]

UnitRgb = tuple[float, float, float]  # 0 to 1


class WorldError(TankError, ValueError):
    """A world that is not known."""


@dataclass(frozen=True)
class WorldObject:
    """A thing that stands on the floor and can be picked up.

    ``size`` [m]: edge, diameter, or diameter and height; position of its center [m], yaw [rad].
    """

    color: Color
    shape: Shape
    size: float
    position: tuple[float, float, float]
    yaw: float = 0.0
    number: int = 1  # among those of its color and shape; a World counts them

    @property
    def name(self) -> str:
        return f"{self.color}_{self.shape}" + (f"_{self.number}" if self.number > 1 else "")


@dataclass(frozen=True)
class Fixture:
    """A box that stands fast and is no object to pick up.

    Half-sizes [m], its center [m], its yaw [rad]. ``color``: that of an object; None: ``rgb``,
    which none of the objects has.
    """

    name: str
    half_size: tuple[float, float, float]
    position: tuple[float, float, float]
    rgb: UnitRgb = (0.36, 0.44, 0.55)
    yaw: float = 0.0
    color: Color | None = None

    def to_world(self, place: Place) -> Place:
        """A place [m] beside its middle, along its own axes, in the world."""
        return Pose2D(*self.position[:2], self.yaw).to_world(place)


@dataclass(frozen=True)
class Opening:
    """A gap between fixtures to drive through, for results and tests.

    ``pose``: its middle on the floor, x through it and away from the robot's start.
    """

    name: str
    pose: Pose2D
    width: float  # [m] between the uprights
    color: Color | None = None


@dataclass(frozen=True)
class ShadowPanel:
    """A panel under the lamp, whose shadow sweeps over the floor.

    It is over everything and touches nothing.
    """

    # [m]; half of the lamp's height up, it throws a shadow twice as large
    half_size: tuple[float, float] = (0.22, 3.0)
    # [m] so that the shadow's middle is half a meter ahead of the start
    center: tuple[float, float, float] = (-0.45, 0.9, 2.0)
    swing: tuple[float, float, float] = (1.0, 0.0, 0.0)  # [m] to each side
    period: float = 12.0  # [s] there and back

    def place(self, time: float) -> tuple[float, float, float]:
        """The panel's center [m] at ``time`` [s]."""
        share = math.sin(2 * math.pi * time / self.period)
        x, y, z = (
            middle + share * way for middle, way in zip(self.center, self.swing, strict=True)
        )
        return x, y, z


@dataclass(frozen=True)
class Scene:
    """The surroundings of the objects: light and things that stand fast.

    ``brightness``: of the light, 1 is a lit room.
    """

    brightness: float = 1.0
    fixtures: tuple[Fixture, ...] = ()
    openings: tuple[Opening, ...] = ()
    shadow_panel: ShadowPanel | None = None


@dataclass(frozen=True)
class World:
    """A named set of objects in a scene.

    Another seed moves them and the fixtures, but never changes what they are. Objects of one kind
    get numbers.
    """

    name: str
    objects: tuple[WorldObject, ...] = ()
    scene: Scene = field(default_factory=Scene)

    def __post_init__(self) -> None:
        kinds = [(thing.color, thing.shape) for thing in self.objects]
        counted = (
            replace(thing, number=1 + kinds[:index].count(kinds[index]))
            for index, thing in enumerate(self.objects)
        )
        object.__setattr__(self, "objects", tuple(counted))


def on_floor(
    color: Color, shape: Shape, size: float, place: Place, yaw: float = 0.0
) -> WorldObject:
    """An object that stands on the floor at (x, y) [m]."""
    return WorldObject(color, shape, size, (place[0], place[1], size / 2), yaw)
