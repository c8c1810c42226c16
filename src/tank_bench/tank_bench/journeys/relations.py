"""Things that are put beside or on others."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tank_bench.journeys.answers import objects
from tank_bench.journeys.trial import Assessment, Run
from tank_bench.manipulation.tasks import TrueObject
from tank_bench.manipulation.truth import Witness, scene_of
from tank_core.commands import Color, Grasp, Relation, Release, Report, Shape, Topic
from tank_core.geometry import wrap
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds.putting_down import ON_FLOOR_M

BESIDE = tuple(one for one in Relation if one is not Relation.ON)
APART_M = (0.02, 0.06)  # edge to edge
SIDE_RAD = math.radians(45)  # about the side that was said
UPRIGHT = math.cos(math.radians(10))
STANDS_S = 2.0  # what is on another stays there
# [rad] to the left of the way from the robot to the thing
SIDES = {
    Relation.BEHIND: 0.0,
    Relation.LEFT_OF: math.pi / 2,
    Relation.IN_FRONT_OF: math.pi,
    Relation.RIGHT_OF: -math.pi / 2,
}


@dataclass(frozen=True)
class Pair:
    """A thing and the other one, by the truth.

    ``gap`` [m] between their edges, ``bearing`` [rad] of the thing from the other, to the left of
    the way on which the robot faces that; ``upright``: the thing stands on its base.
    """

    thing: TrueObject
    other: TrueObject
    gap: float
    bearing: float
    upright: bool

    def stands(self, relation: Relation) -> bool:
        """Whether the thing is where it was to be put."""
        away = math.dist((self.thing.x, self.thing.y), (self.other.x, self.other.y))
        base = self.thing.z - self.thing.size / 2
        if relation is Relation.ON:
            on_top = self.other.z + self.other.size / 2
            return away <= self.other.size / 2 and abs(base - on_top) <= ON_FLOOR_M and self.upright
        side = SIDES.get(relation)
        return (
            APART_M[0] <= self.gap <= APART_M[1]
            and self.thing.lies
            and self.upright
            and (side is None or abs(wrap(self.bearing - side)) <= SIDE_RAD)
        )


def release_beside(run: Run) -> Iterator[Assessment]:
    """Beside another thing; the seed says on which side."""
    yield from _release(run, BESIDE[run.seed % len(BESIDE)], "release beside a thing")


def release_on(run: Run) -> Iterator[Assessment]:
    """On a cube or cylinder, where it is to stand for two seconds."""
    yield from _release(run, Relation.ON, "release on a thing")


def _release(run: Run, relation: Relation, row: str) -> Iterator[Assessment]:
    backend = run.episode.backend
    thing, other = drawn(run, relation)
    before = scene_of(backend).objects
    held, mark = before[thing], before[other]
    task = f"{held.kind} {relation} {mark.kind}"
    begun = run.did(Grasp(color=Color(held.color), shape=Shape(held.shape)))
    if not begun or backend.held() != thing:
        yield Assessment(row, begun, False, run.message, f"{task}: not picked up", begun=False)
        return
    robot = run.pose
    facing = math.atan2(mark.y - robot.y, mark.x - robot.x)
    claimed = run.did(Release(None, relation, Color(mark.color), Shape(mark.shape)))
    run.episode.settle(STANDS_S)
    pair = pair_of(backend, thing, other, facing)
    done = pair.stands(relation) and backend.held() is None
    yield Assessment(
        row,
        claimed,
        done,
        run.message,
        f"{task}: {100 * pair.gap:.1f} cm apart, {math.degrees(pair.bearing):.0f} degrees, "
        f"{100 * (pair.thing.z - pair.thing.size / 2):.1f} cm up, "
        f"{'upright' if pair.upright else 'fallen'}",
    )
    yield objects(run, Witness(backend), Report(Topic.OBJECTS), f"answers after: {row}")


def drawn(run: Run, relation: Relation) -> tuple[str, str]:
    """The names of a thing to hold and of another, each alone of its kind."""
    things = {one.name: one for one in run.episode.backend.world.objects}
    kinds = Counter((one.color, one.shape) for one in things.values())
    stacks = relation is Relation.ON
    fit = [
        name
        for name, one in sorted(things.items())
        if kinds[one.color, one.shape] == 1 and not (stacks and one.shape is Shape.BALL)
    ]
    most = run.episode.robot.gripper.max_object
    held = run.dice.choice([name for name in fit if things[name].size <= most])
    others = [name for name in fit if things[name].color is not things[held].color]
    return held, run.dice.choice(others)


def pair_of(backend: MujocoBackend, thing: str, other: str, facing: float) -> Pair:
    """The truth of two things; ``facing`` [rad]: the way to the other one."""
    import mujoco  # after tank_sim, which says by what OpenGL is spoken

    model, data, bodies = backend.model, backend.data, scene_of(backend).objects
    one, mark = bodies[thing], bodies[other]
    geoms = model.geom(thing).id, model.geom(other).id
    gap = mujoco.mj_geomDistance(model, data, *geoms, 10.0, None)
    bearing = wrap(math.atan2(one.y - mark.y, one.x - mark.x) - facing)
    up = float(data.geom(thing).xmat[8])
    ball = one.shape == Shape.BALL
    return Pair(one, mark, gap, bearing, ball or abs(up) >= UPRIGHT)
