"""Three things of different colors, and a sentence that names one.

The robot has a camera of its own; a second one looks down on all.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tank_core.commands import Color, Shape
from tank_core.geometry import Place, Pose2D
from tank_core.robot import load_robot
from tank_core.state import Image
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.view.top_view import TopView
from tank_sim.worlds import World, on_floor
from tank_skills.views import SMALL

COLORS = (Color.RED, Color.GREEN, Color.BLUE, Color.YELLOW, Color.ORANGE, Color.PURPLE)
THINGS = 3
SIZE_M = 0.06
FRONT_PX, TOP_PX = SMALL, (64, 64)  # width, height
TOP_CENTER, TOP_EXTENT_M = (0.5, 0.0), 2.0
AWAY_M = 20.0  # a thing of a color that is not there lies so far off
DISTANCE_M, BEARING_RAD = (0.55, 1.1), 0.65  # of the things, from the robot's start
ROOM_M = 0.24  # between two things
LANE_M = 0.22  # beside the straight way to the named thing
STARTS = ((-0.2, 0.2), (-0.25, 0.25), (-0.5, 0.5))  # x, y [m] and yaw [rad]
STOP_M = 0.33  # from base_link to the thing, straight ahead, when the robot has come
NEAR_M = 0.08  # the thing lies at most this far from there
PUSHED_M = 0.02
SENTENCES = (
    "go to the {} cube",
    "drive up to the {} one",
    "approach the {} thing",
    "please go over to the {} block",
    "the {} cube, drive there",
    "find the {} cube",
)
TRIES = 1000


@dataclass(frozen=True)
class WordsScene:
    """A start, things at their places in the world [m], and a sentence."""

    start: Pose2D
    places: Mapping[Color, Place]
    named: Color
    sentence: str


def draw(seed: int, use: str, aside: bool = False) -> WordsScene:
    """Draw a scene; the same seed means another one for another use.

    ``aside``: the robot looks 0.6 to 1.1 rad past the named thing, which no demonstration does.
    """
    dice = random.Random(f"words, {use}, {seed}")  # of text: the same in every process
    while True:
        start = Pose2D(*(dice.uniform(*limits) for limits in STARTS))
        places: dict[Color, Place] = {}
        for color in dice.sample(COLORS, THINGS):
            far, bearing = dice.uniform(*DISTANCE_M), dice.uniform(-BEARING_RAD, BEARING_RAD)
            places[color] = start.to_world((far * math.cos(bearing), far * math.sin(bearing)))
        named = next(iter(places))
        if not _has_room(start, places, named):
            continue
        if aside:
            x, y = start.to_local(places[named])
            past = dice.choice((-1, 1)) * dice.uniform(0.6, 1.1)
            start = replace(start, yaw=start.yaw + math.atan2(y, x) + past)
        return WordsScene(start, places, named, dice.choice(SENTENCES).format(named))


def _has_room(start: Pose2D, places: Mapping[Color, Place], named: Color) -> bool:
    goal, others = places[named], [place for color, place in places.items() if color != named]
    spots = list(places.values())
    if any(math.dist(a, b) < ROOM_M for i, a in enumerate(spots) for b in spots[:i]):
        return False
    ahead = Pose2D(start.x, start.y, math.atan2(goal[1] - start.y, goal[0] - start.x))
    way = math.dist(goal, (start.x, start.y))
    beside = [ahead.to_local(place) for place in others]
    return all(x > way or abs(y) > LANE_M for x, y in beside)


class Stage:
    """A simulated robot that sees by two cameras; use it as a context manager."""

    def __init__(self, robot: str = "tank", shadows: bool = False) -> None:
        loaded = load_robot(robot)
        camera = replace(loaded.camera, width=FRONT_PX[0], height=FRONT_PX[1])
        self.robot = replace(loaded, camera=camera)
        things = tuple(
            on_floor(color, Shape.CUBE, SIZE_M, (AWAY_M, float(row)))
            for row, color in enumerate(COLORS)
        )
        self._names = {thing.color: thing.name for thing in things}
        world = World("words", things)
        self.backend = MujocoBackend(self.robot, world, camera=True, shadows=shadows)
        self._top = TopView(self.backend, TOP_PX, TOP_CENTER, TOP_EXTENT_M)

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the simulation."""
        self._top.close()
        self.backend.close()

    def begin(self, scene: WordsScene) -> None:
        """Put robot and things where a scene has them."""
        self.backend.reset(0, start=scene.start)
        for color, place in scene.places.items():
            self.backend.place(self._names[color], (*place, SIZE_M / 2))
        self._scene = scene

    def look(self) -> dict[str, Image]:
        """Paint both cameras' images of this moment."""
        frame = self.backend.look()
        assert frame is not None, self.backend.camera_problem
        return {"front": frame.rgb, "top": self._top.look()}

    def named(self) -> Place:
        """Return the true place [m] of the named thing in base_link.

        For teacher and judge, not for a policy.
        """
        return self._place(self._scene.named)

    def _place(self, color: Color) -> Place:
        thing = self.backend.objects()[self._names[color]]
        return self.backend.truth().to_local((thing.x, thing.y))

    def came(self) -> bool:
        """Return whether the robot stands before the named thing.

        By the truth; and it pushed none.
        """
        things = self.backend.objects()
        pushed = any(
            math.dist((things[self._names[color]].x, things[self._names[color]].y), place)
            > PUSHED_M
            for color, place in self._scene.places.items()
        )
        return not pushed and math.dist(self.named(), (STOP_M, 0.0)) <= NEAR_M
