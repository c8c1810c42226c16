"""Demonstrations by scripts that know the simulator's truth.

For each seed another. They are for data only: what they know, no robot can know.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tank_core.geometry import Place, Pose2D, clamp
from tank_core.robot_controller import RobotController
from tank_core.state import CameraFrame, Twist2D
from tank_learning.skills.dataset.sources.attempts import Attempt, Known
from tank_learning.skills.dataset.sources.sampling import FrameSampler
from tank_learning.skills.dataset.sources.simulated import SETTLE_S, SourceRoom
from tank_learning.skills.dataset.spec import FRONT, DatasetError, Spec
from tank_learning.skills.gate import demonstrator, scenes
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.ticking import pass_ticks
from tank_sim.worlds.gate_starts import GATES

PATIENCE_S = 30.0
MOVED_M = 0.02  # a thing that moved farther was pushed
# A visit begins so far from the origin [m], so turned [rad], and ends so far [m] from the thing
ABOUT_M, TURNED, STANDOFF_M = 0.2, 0.45, 0.35
TURN_GAIN, SLOW_GAIN, CREEP = 2.5, 1.5, 0.03  # [1/s], [1/s] over the way that is left, [m/s]


@dataclass(frozen=True)
class ScriptedDrive:
    """A drive to be shown: its sentence, its room, its start in the world.

    ``law`` gives the velocity at a true pose; None: it is over.
    """

    task: str
    world_seed: int
    start: Pose2D
    law: Callable[[Pose2D], Twist2D | None]


Script = Callable[[MujocoBackend, int], ScriptedDrive]


def through_a_gate(backend: MujocoBackend, seed: int) -> ScriptedDrive:
    """Through the gate ahead, by the demonstrator that the skill is trained on."""
    if backend.world.name != GATES:
        raise DatasetError(
            f"the script gate is of the world {GATES}, and not of {backend.world.name}; "
            "leave out --world"
        )
    scene = scenes.scene(backend.robot, seed)

    def law(pose: Pose2D) -> Twist2D | None:
        here = scene.local(pose)
        return None if demonstrator.is_through(here) else demonstrator.pursue(here)

    return ScriptedDrive("go through the gate", scene.world_seed, scene.start, law)


def to_a_thing(backend: MujocoBackend, seed: int) -> ScriptedDrive:
    """Up to one of the world's things, from near the origin."""
    backend.reset(seed)
    dice, things = random.Random(seed), backend.objects()
    if not things:
        raise DatasetError(
            f"world {backend.world.name} has nothing to go to; say --world playground or clutter"
        )
    thing = things[dice.choice(sorted(things))]
    x, y = dice.uniform(-ABOUT_M, ABOUT_M), dice.uniform(-ABOUT_M, ABOUT_M)
    start = Pose2D(x, y, dice.uniform(-TURNED, TURNED))
    place, pace = (thing.x, thing.y), backend.robot.pace(None)

    def law(pose: Pose2D) -> Twist2D | None:
        left = math.dist((pose.x, pose.y), place) - STANDOFF_M
        if left <= 0.0:
            return None
        bearing = _bearing(pose, place)
        speed = min(pace.linear, SLOW_GAIN * left + CREEP) * max(0.0, math.cos(bearing))
        return Twist2D(speed, clamp(TURN_GAIN * bearing, -pace.angular, pace.angular))

    return ScriptedDrive(f"go to the {thing.color} {thing.shape}", seed, start, law)


SCRIPTS: dict[str, Script] = {"gate": through_a_gate, "visit": to_a_thing}
WORLDS = {"gate": GATES, "visit": "playground"}  # where each is done if nothing is said


def shown_by(
    name: str, backend: MujocoBackend, room: SourceRoom, spec: Spec, seeds: range, known: Known
) -> Iterator[Attempt]:
    """A script's try with each seed.

    What is ``known`` is not done again, and not told.
    """
    for seed in seeds:
        source = room.source(f"script {name}", seed)
        if not known(source):
            yield _shown(SCRIPTS[name], backend, spec, seed, source)


def _shown(script: Script, backend: MujocoBackend, spec: Spec, seed: int, source: str) -> Attempt:
    drive = script(backend, seed)
    backend.reset(drive.world_seed, start=drive.start)
    before = _places(backend)
    controller, sampler = RobotController(backend), FrameSampler(backend.robot, spec)
    state = controller.step(0.0)
    while state.time < SETTLE_S:
        state = pass_ticks(backend, controller, state)
    if spec.cameras and (problem := backend.camera_problem):
        raise DatasetError(f"{problem}; say --no-images for a dataset without")

    def look() -> Mapping[str, CameraFrame] | None:
        frame = backend.camera()
        return None if frame is None else {FRONT: frame}

    twist: Twist2D | None = Twist2D()
    while twist is not None and state.time < PATIENCE_S:
        # the script decides as often as a policy that learns from it will
        if sampler.step(state, look, controller.sent):
            twist = drive.law(backend.truth())
        controller.command_twist(twist or Twist2D(), state.time)
        state = pass_ticks(backend, controller, state)
    sampler.step(state, look, controller.sent)  # what was sent last is a stop
    why_not = "" if twist is None else f"not there after {PATIENCE_S:.0f} s"
    why_not = why_not or _harm(backend, before)
    if why_not:
        return Attempt(source, why_not=why_not)
    return Attempt(source, sampler.demonstration(drive.task, source))


def _harm(backend: MujocoBackend, before: Mapping[str, Place]) -> str:
    """The things that were touched or pushed, in words; empty for none."""
    if touched := backend.touched():
        return f"it touched {', '.join(sorted(touched))}"
    after = _places(backend)
    pushed = [name for name, place in before.items() if math.dist(place, after[name]) > MOVED_M]
    return f"it pushed {', '.join(sorted(pushed))}" if pushed else ""


def _places(backend: MujocoBackend) -> dict[str, Place]:
    return {name: (thing.x, thing.y) for name, thing in backend.objects().items()}


def _bearing(pose: Pose2D, place: Place) -> float:
    x, y = pose.to_local(place)
    return math.atan2(y, x)
