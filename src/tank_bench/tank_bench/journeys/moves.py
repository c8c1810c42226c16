"""Moves that end when something happens, and arcs."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Sequence

import numpy as np

from tank_bench.journeys.places import told
from tank_bench.journeys.trial import Assessment, Moment, Run
from tank_core.commands import Arc, Color, Move, MoveDirection, Shape, Side, Speed, Turn, Until
from tank_core.diff_drive import arc_end
from tank_core.geometry import Place
from tank_episode.perception_loop import PerceivedImage
from tank_executor.motion.guard import WIDE
from tank_executor.motion.route import Footprint
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import Fixture, Scene, World, on_floor

LIMIT_M = 10.0
SPEEDS = (None, Speed.SLOW, Speed.NORMAL, Speed.FAST)
ROOM_M = (0.25, 0.35)  # before what is in the way
SAID_M = 0.05  # a distance that was said is true within this
HEIGHTS_M, ACROSS = (0.012, 0.03, 0.06, 0.12), 21  # rays ahead: how high, how many side by side
# what is this near to its side the robot may count as in its way, by its margin and its eyes
BESIDE_M = tuple(np.linspace(0.0, WIDE.beside + 0.02, 5))
NOTHING = "nothing was in the way"
UNSEEN = "have not seen"  # what a robot says that saw nothing
SIGHT_M = 0.05  # from the place of first sight
LEAST_CONFIDENCE, ON_FLOOR_M = 0.15, 0.03  # of what the robot calls seen
NEAR_M, PER_M, OF_RADIUS = 0.02, 0.01, 0.02  # an arc's end, and that by its way; its radius
ARC_RADIUS_M, ARC_DEG = (0.12, 3.0), (10.0, 360.0)
_SAID = re.compile(r"(is|may be) (\d+\.\d+) m ahead")


# -- Until


def something_ahead(robot: str, seed: int) -> World:
    """A wall, a post or a thing across the way."""
    dice = random.Random(f"ahead {seed}")
    x, y = dice.uniform(0.6, 4.0), dice.uniform(-0.03, 0.03)
    what = dice.choice(("wall", "wall", "post", *Shape))
    if isinstance(what, Shape):
        thing = on_floor(dice.choice(list(Color)), what, dice.uniform(0.03, 0.06), (x, y))
        return World("something ahead", (thing,))
    half = (0.05, 2.0, 0.3) if what == "wall" else (0.025, 0.1, 0.15)
    fixture = Fixture(what, half, (x + half[0], 0.0 if what == "wall" else y, half[2]))
    return World("something ahead", (), Scene(fixtures=(fixture,)))


def until_obstacle(run: Run) -> Iterator[Assessment]:
    """Straight on until something is in the way; in rooms after a turn."""
    if run.world == "rooms":
        run.do(Turn(run.dice.choice(list(Side)), round(run.dice.uniform(1, 180))))
    speed = run.dice.choice(SPEEDS)
    claimed = run.did(Move(MoveDirection.FORWARD, LIMIT_M, speed, Until.OBSTACLE))
    run.episode.settle()
    gaps, touched = gaps_ahead(run.episode.backend), run.episode.backend.touched()
    said = _SAID.search(run.message)
    if NOTHING in run.message:  # it went by, by the truth, which is not the line that was meant
        done, belied = not touched and gaps[0] > ROOM_M[1], False
    else:
        done = not touched and any(ROOM_M[0] <= gap <= ROOM_M[1] for gap in gaps)
        belied = (
            said is not None
            and said[1] == "is"
            and all(abs(float(said[2]) - gap) > SAID_M for gap in gaps)
        )
    least, most = gaps[-1], gaps[0]
    yield Assessment(
        f"move until obstacle, {run.world}",
        claimed,
        done,
        run.message,
        f"{speed or 'normal'}: {most:.3f} m ahead"
        + (f", {least:.3f} m beside that" if least < most else "")
        + (f", touched {', '.join(sorted(touched))}" if touched else ""),
        allowed=said is not None,
        belied=belied,
    )


def gaps_ahead(backend: MujocoBackend) -> list[float]:
    """Return the ways [m] from the robot's front edge to what stands before it.

    The first is that within its own width and height, infinite where nothing is there; the others
    are those within the wider bands of ``BESIDE_M``, each of which it may take for its way.
    """
    import mujoco  # after tank_sim, which says by what OpenGL is spoken

    model, data, robot = backend.model, backend.data, backend.robot
    footprint, pose = Footprint.of(robot), backend.truth()
    names = [*(one.name for one in backend.world.objects)]
    names += [one.name for one in backend.world.scene.fixtures]
    ray, half = np.array([math.cos(pose.yaw), math.sin(pose.yaw), 0.0]), footprint.half_width
    edges = [sign * (half + beside) for beside in BESIDE_M for sign in (-1, 1)]
    met: list[tuple[float, float]] = []  # how far aside, how far ahead
    for name in names:
        geom = data.geom(name)
        size, kind = model.geom_size[geom.id], int(model.geom_type[geom.id])
        for up in HEIGHTS_M:
            for y in (*np.linspace(-half, half, ACROSS), *edges):
                start = np.array([*pose.to_world((0.0, float(y))), up])
                way = mujoco.mju_rayGeom(geom.xpos, geom.xmat, size, start, ray, kind)
                if way >= 0.0:
                    met.append((abs(float(y)), way - footprint.front))
    return [
        min((way for aside, way in met if aside <= half + beside + 1e-6), default=math.inf)
        for beside in BESIDE_M
    ]


def thing_afar(robot: str, seed: int) -> World:
    """A thing that comes in sight on the way, and another one beside it."""
    dice = random.Random(f"afar {seed}")
    color, shape = dice.choice(list(Color)), dice.choice(list(Shape))
    other = dice.choice([one for one in Color if one is not color])
    place = dice.uniform(2.2, 5.0), dice.uniform(-0.6, 0.6)
    beside = dice.uniform(0.8, 1.5), dice.choice((-1, 1)) * dice.uniform(0.4, 0.8)
    return World(
        "thing afar",
        (
            on_floor(color, shape, dice.uniform(0.03, 0.06), place),
            on_floor(other, shape, 0.04, beside),
        ),
    )


def until_object(run: Run) -> Iterator[Assessment]:
    """Straight on until a thing comes in sight, to within 5 cm of there."""
    thing = run.episode.backend.world.objects[0]
    shape = thing.shape if run.dice.random() < 0.7 else None
    seen: list[float] = []

    def look(image: PerceivedImage) -> None:
        if any(
            one.color == thing.color
            and shape in (None, one.shape)
            and one.age == 0.0
            and one.confidence >= LEAST_CONFIDENCE
            and one.position[2] - one.size[2] / 2 < ON_FLOOR_M
            for one in image.detections.objects
        ):
            seen.append(image.frame.time)

    loop = run.episode.perception_loop
    assert loop is not None
    loop.observer = look
    speed = run.dice.choice(SPEEDS)
    command = Move(MoveDirection.FORWARD, LIMIT_M, speed, Until.OBJECT, thing.color, shape)
    claimed = run.did(command)
    run.episode.settle()
    loop.observer = None
    off = run.at(seen[0]).pose.distance(run.pose) if seen else math.inf
    none = UNSEEN in run.message
    where = f"{off:.3f} m after first sight" if seen else "it never came in sight"
    yield Assessment(
        "move until object",
        claimed,
        none if not seen else off <= SIGHT_M,
        run.message,
        f"{thing.color} {shape or 'thing'}, {speed or 'normal'}: {where}",
        allowed=bool(seen) and not none,
    )


# -- Arcs


def arc(run: Run) -> Iterator[Assessment]:
    """Along a circle, by what the robot measures and by the truth.

    What slips away from odometry the robot cannot know: how much that may be it has to say.
    """
    radius = math.exp(run.dice.uniform(*map(math.log, ARC_RADIUS_M)))
    angle, side = run.dice.uniform(*ARC_DEG), run.dice.choice(list(Side))
    speed = run.dice.choice(SPEEDS)
    run.moments.clear()
    start, odom = run.pose, run.episode.state.odometry.pose
    claimed = run.did(Arc(side, radius, angle, speed))
    run.episode.settle()
    paths = {
        "by odometry": [odom.to_local((one.odometry.x, one.odometry.y)) for one in run.moments],
        "by truth": [start.to_local((one.pose.x, one.pose.y)) for one in run.moments],
    }
    for name, path in paths.items():
        off, bent = arc_errors(path, side, radius, math.radians(angle))
        yield Assessment(
            f"arc, {name}",
            claimed,
            off <= NEAR_M + PER_M * radius * math.radians(angle) and bent <= OF_RADIUS,
            run.message,
            f"{side} {angle:.0f} deg, radius {radius:.2f} m, {speed or 'normal'}: end {off:.3f} m "
            f"off, radius {100 * bent:.1f} % off",
            allowed=max(off, bent * radius) <= told(run.message),
        )


def arc_errors(
    path: Sequence[Place], side: Side, radius: float, angle: float
) -> tuple[float, float]:
    """Return a path's errors [m]: from an arc's end, and from its circle.

    The latter as the largest share of the radius [m]; ``angle`` in [rad].
    """
    to_the_left = side.sign * radius
    end = arc_end(to_the_left, side.sign * angle)
    off = max(abs(math.hypot(x, y - to_the_left) - radius) for x, y in path)
    return math.dist(path[-1], (end.x, end.y)), off / radius


def rests(moment: Moment) -> bool:
    """Whether the robot stands still, truly."""
    return abs(moment.twist.linear) < 0.01 and abs(moment.twist.angular) < 0.03
