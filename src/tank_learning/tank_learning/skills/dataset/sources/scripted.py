"""Demonstrations by scripts that know the simulator's truth.

For each seed another. They are for data only: what they know, no robot can know.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tank_core.geometry import Place, Pose2D, clamp, wrap
from tank_core.robot import Robot
from tank_core.robot_controller import RobotController
from tank_core.state import CameraFrame, Twist2D
from tank_learning.skills.dataset.sources.attempts import Attempt, Known
from tank_learning.skills.dataset.sources.sampling import FrameSampler
from tank_learning.skills.dataset.sources.simulated import SETTLE_S, Room
from tank_learning.skills.dataset.spec import FRONT, DatasetError, Spec
from tank_sim.mujoco_backend import MujocoBackend

TICK_S = 0.02  # [s] of simulated time: the control rate of the nodes, 50 Hz
PATIENCE_S = 30.0
TURN_GAIN = 2.5  # [1/s]
PASSED_M = 0.15  # from a point on the way, which is then passed
SLOW_GAIN, CREEP = 1.5, 0.03  # [1/s], [m/s]: the speed by the way that is left
MOVED_M = 0.02  # a thing that moved farther was pushed
# Starts before a gate: how far from its middle, how far aside [m], how turned [rad]
BEFORE_M, ASIDE_M, TURNED = (0.9, 1.6), 0.5, 0.45
ENTRY_M, EXIT_M = 0.35, 0.5  # of the line through it
STANDOFF_M = 0.35  # of the base from a thing that it visits


@dataclass(frozen=True)
class Way:
    """A drive that is shown: sentence, start, and the points on its way."""

    task: str
    start: Pose2D
    points: tuple[Place, ...]
    near: float = PASSED_M  # [m] from the last point, where it ends


Script = Callable[[MujocoBackend, random.Random], Way]


def through_a_gate(backend: MujocoBackend, dice: random.Random) -> Way:
    """Through one of the world's openings, from anywhere before it."""
    openings = backend.world.scene.openings
    if not openings:
        raise DatasetError(
            f"world {backend.world.name} has no gate to go through; say --world gate or gates"
        )
    chosen = dice.choice(openings)
    place = chosen.pose.to_world((-dice.uniform(*BEFORE_M), dice.uniform(-ASIDE_M, ASIDE_M)))
    heading = math.atan2(chosen.pose.y - place[1], chosen.pose.x - place[0])
    start = Pose2D(*place, heading + dice.uniform(-TURNED, TURNED))
    name = f"{chosen.color} gate" if chosen.color and len(openings) > 1 else "gate"
    points = [chosen.pose.to_world((ahead, 0.0)) for ahead in (-ENTRY_M, EXIT_M)]
    return Way(f"go through the {name}", start, tuple(points))


def to_a_thing(backend: MujocoBackend, dice: random.Random) -> Way:
    """Up to one of the world's things, from near the origin."""
    things = backend.objects()
    if not things:
        raise DatasetError(
            f"world {backend.world.name} has nothing to go to; say --world playground or clutter"
        )
    thing = things[dice.choice(sorted(things))]
    start = Pose2D(dice.uniform(-0.2, 0.2), dice.uniform(-0.2, 0.2), dice.uniform(-TURNED, TURNED))
    place = thing.x, thing.y
    return Way(f"go to the {thing.color} {thing.shape}", start, (place,), STANDOFF_M)


SCRIPTS: dict[str, Script] = {"gate": through_a_gate, "visit": to_a_thing}
WORLDS = {"gate": "gate", "visit": "playground"}  # where each is done if nothing is said


def shown_by(
    name: str, backend: MujocoBackend, room: Room, spec: Spec, seeds: range, known: Known
) -> Iterator[Attempt]:
    """A script's try with each seed.

    What is ``known`` is not done again, and not told.
    """
    for seed in seeds:
        source = room.source(f"script {name}", seed)
        if not known(source):
            yield _shown(SCRIPTS[name], backend, spec, seed, source)


def _shown(script: Script, backend: MujocoBackend, spec: Spec, seed: int, source: str) -> Attempt:
    backend.reset(seed)
    way = script(backend, random.Random(seed))
    backend.reset(seed, start=way.start)
    before = {name: (thing.x, thing.y) for name, thing in backend.objects().items()}
    controller, sampler = RobotController(backend), FrameSampler(backend.robot, spec)
    state = controller.step(0.0)
    while state.time < SETTLE_S:
        backend.advance(TICK_S)
        state = controller.step(state.time + TICK_S)
    if spec.cameras and (problem := backend.camera_problem):
        raise DatasetError(f"{problem}; say --no-images for a dataset without")

    def look() -> Mapping[str, CameraFrame] | None:
        frame = backend.camera()
        return None if frame is None else {FRONT: frame}

    driver, twist = _Pursuit(backend.robot, way), Twist2D()
    while not driver.arrived and state.time < PATIENCE_S:
        # the script decides as often as a policy that learns from it will
        if sampler.step(state, look, controller.sent):
            twist = driver.twist(backend.truth())
        controller.command_twist(twist, state.time)
        backend.advance(TICK_S)
        state = controller.step(state.time + TICK_S)
    sampler.step(state, look, controller.sent)  # what was sent last is a stop
    if not driver.arrived:
        return Attempt(source, why_not=f"not there after {PATIENCE_S:.0f} s")
    if touched := backend.touched():
        return Attempt(source, why_not=f"it touched {', '.join(sorted(touched))}")
    pushed = [
        name
        for name, thing in backend.objects().items()
        if math.dist(before[name], (thing.x, thing.y)) > MOVED_M
    ]
    if pushed:
        return Attempt(source, why_not=f"it pushed {', '.join(sorted(pushed))}")
    return Attempt(source, sampler.demonstration(way.task, source))


class _Pursuit:
    """Drives to points one after the other, turning towards each as it goes."""

    def __init__(self, robot: Robot, way: Way) -> None:
        self._pace, self._points, self._near = robot.pace(None), list(way.points), way.near

    @property
    def arrived(self) -> bool:
        return not self._points

    def twist(self, pose: Pose2D) -> Twist2D:
        """The velocity from a true pose on; zero at the end."""
        while self._points and self._left(pose) <= 0.0:
            del self._points[0]
        if not self._points:
            return Twist2D()
        x, y = pose.to_local(self._points[0])
        bearing = wrap(math.atan2(y, x))
        turn = clamp(TURN_GAIN * bearing, -self._pace.angular, self._pace.angular)
        speed = self._pace.linear
        if len(self._points) == 1:
            speed = min(speed, SLOW_GAIN * self._left(pose) + CREEP)
        return Twist2D(speed * max(0.0, math.cos(bearing)), turn)

    def _left(self, pose: Pose2D) -> float:
        """The way [m] to the next point, but for what is near enough."""
        near = self._near if len(self._points) == 1 else PASSED_M
        return math.dist((pose.x, pose.y), self._points[0]) - near
