"""Things of several colors, strewn about a robot that turns."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from tank_core.commands import Color, Shape
from tank_core.geometry import Place, wrap
from tank_core.robot import Robot
from tank_core.state import Array, Image, RobotCommand, Twist2D
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.realism.levels import Realism
from tank_sim.worlds import Scene, World, on_floor
from tank_skills.turning import PERIOD, turn_profile

COLORS = (Color.RED, Color.GREEN, Color.BLUE, Color.YELLOW)  # that the skill finds
COLOR_NAMES = tuple(str(color) for color in COLORS)
OTHERS = (Color.PURPLE,)  # that stand about as well
SHAPES = (Shape.CUBE, Shape.BALL, Shape.CYLINDER)
SIZES = (0.038, 0.046)  # [m] from, to
NEAR, FAR = 0.35, 1.1  # [m] of the things from the robot's middle
APART = 0.12  # [m]
START_DEG = 25.0  # of the wanted thing to either side, at a trial's start
SETTLE_S = 0.1  # after a turn, before the image


def kinds(variety: int) -> World:
    """A world with a thing of each color.

    Shapes and sizes are those of number ``variety``.
    Where they stand is for ``strewn`` to say.
    """
    dice = np.random.default_rng([variety, 5])
    return World(
        "face",
        tuple(
            on_floor(color, SHAPES[dice.integers(3)], dice.uniform(*SIZES), (0.5 + 0.2 * i, 1.0))
            for i, color in enumerate((*COLORS, *OTHERS))
        ),
    )


def strewn(
    world: World,
    wanted: Color,
    dice: np.random.Generator,
    start_deg: tuple[float, float] = (-START_DEG, START_DEG),
    reach: tuple[float, float] = (NEAR, FAR),
) -> World:
    """The same things at other places.

    The wanted one stands at a bearing within ``start_deg``, and all of them within ``reach`` [m].
    """
    places: list[Place] = []
    for thing in world.objects:
        span = start_deg if thing.color == wanted else (-180.0, 180.0)
        while True:
            distance, bearing = dice.uniform(*reach), math.radians(dice.uniform(*span))
            place = distance * math.cos(bearing), distance * math.sin(bearing)
            if all(math.dist(place, other) > APART for other in places):
                break
        places.append(place)
    things = (
        replace(thing, position=(*place, thing.position[2]), yaw=dice.uniform(-math.pi, math.pi))
        for thing, place in zip(world.objects, places, strict=True)
    )
    return replace(world, objects=tuple(things))


def bearing_deg(backend: MujocoBackend, color: Color) -> float:
    """The true bearing [deg] of the thing of a color.

    Seen from the robot's middle.
    """
    pose = backend.truth()
    thing = next(seen for seen in backend.objects().values() if seen.color == color)
    return math.degrees(wrap(math.atan2(thing.y - pose.y, thing.x - pose.x) - pose.yaw))


class TurningScene:
    """A simulated robot that turns on the spot and looks.

    ``size``: width, height [px] of its images. ``shadows``: False is cheaper and looks otherwise.
    Use it as a context manager.
    """

    def __init__(
        self,
        robot: Robot,
        variety: int,
        size: tuple[int, int],
        shadows: bool = True,
        realism: str | Realism = "ideal",
        scene: Scene | None = None,
    ) -> None:
        camera = replace(robot.camera, width=size[0], height=size[1])
        self.world = replace(kinds(variety), scene=scene or Scene())
        self.backend = MujocoBackend(
            replace(robot, camera=camera), self.world, camera=True, realism=realism, shadows=shadows
        )

    def __enter__(self) -> TurningScene:
        return self

    def __exit__(self, *_: object) -> None:
        self.backend.close()

    def begin(
        self,
        wanted: Color,
        dice: np.random.Generator,
        seed: int,
        start_deg: tuple[float, float] = (-START_DEG, START_DEG),
        reach: tuple[float, float] = (NEAR, FAR),
    ) -> None:
        """Strew the things anew, and put the robot among them."""
        self.backend.world = strewn(self.world, wanted, dice, start_deg, reach)
        self.backend.reset(seed)

    def turn(self, degrees: float) -> None:
        """Turn by an angle to the left, and stand."""
        for speed in turn_profile(math.radians(degrees)).tolist():
            self.backend.apply(RobotCommand(Twist2D(0.0, speed)))
            self.backend.advance(PERIOD)
        self.backend.apply(RobotCommand())
        self.backend.advance(SETTLE_S)

    def image(self) -> Image:
        """The image (height, width, 3) of the world as it is now."""
        frame = self.backend.look()
        if frame is None:
            raise RuntimeError(self.backend.camera_problem)
        return frame.rgb

    def bearings(self) -> Array:
        """The true bearings [deg] of the things of COLORS, in that order."""
        return np.array([bearing_deg(self.backend, color) for color in COLORS])
