"""Records drives through gates: images, poses, and labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tank_core.geometry import Pose2D
from tank_core.skill import Observation, Skill
from tank_core.state import Image, Twist2D
from tank_learning.skills.gate.demonstrator import is_through, pursue
from tank_learning.skills.gate.room import PLAIN, SHADED, SHRUNK, GateRoom
from tank_skills.chunk_player import ChunkPlayer
from tank_skills.driver import IMAGE, Driver, pose_of
from tank_skills.skill_file import SkillFile
from tank_skills.views import small_view

LONGEST = 150  # steps of a drive; one that takes more has failed
# The camera of each drive by its number: half of them see as the robot does.
CAMERAS = (SHRUNK, PLAIN, SHRUNK, SHADED)
# Noise that lasts: what is left of it after a step, and what is new, of the speed and of the turn.
LASTS, FRESH = 0.8, (0.15, 1.0)

Driving = Callable[[Observation, Twist2D], Twist2D]  # from what is seen and the label


@dataclass
class GateRollout:
    """A drive, step by step: images, and what the demonstrator would do.

    ``odometry`` and ``truth``: base_link when the image was taken, in odom and in the gate's frame.
    ``labels``: the demonstrator's velocities there, whatever was driven.
    """

    images: list[Image] = field(default_factory=list)
    odometry: list[Pose2D] = field(default_factory=list)
    truth: list[Pose2D] = field(default_factory=list)
    labels: list[Twist2D] = field(default_factory=list)
    through: bool = False  # it ended beyond the gate, and touched nothing

    def __len__(self) -> int:
        return len(self.images)


def record(room: GateRoom, seed: int, driving: Driving) -> GateRollout:
    """The drive of a seed, as ``driving`` says."""
    room.reset(seed)
    drive = GateRollout()
    while not is_through(room.pose) and not room.touched and len(drive) < LONGEST:
        seen, label = Observation(room.state, room.frame), pursue(room.pose)
        assert seen.frame is not None, "an ideal camera has no latency"
        drive.images.append(small_view(seen.frame.rgb, IMAGE))
        drive.odometry.append(pose_of(seen))
        drive.truth.append(room.pose)
        drive.labels.append(label)
        room.step(driving(seen, label))
    drive.through = is_through(room.pose) and not room.touched
    return drive


def demonstrations(seeds: Iterable[int], noise: float = 0.0) -> Iterator[GateRollout]:
    """Drives of the demonstrator that end well, with the cameras in turn.

    ``noise`` [rad/s] pushes it about all along, and its labels are what it answers.
    """
    with ExitStack() as stack:
        rooms: dict[str, GateRoom] = {}
        for seed in seeds:
            view = CAMERAS[seed % len(CAMERAS)]
            if view not in rooms:
                rooms[view] = stack.enter_context(GateRoom(view))
            driving = pushed(seed, noise) if noise else (lambda seen, label: label)
            drive = record(rooms[view], seed, driving)
            if drive.through:
                yield drive


def by_skill(file: SkillFile, seeds: Iterable[int]) -> Iterator[GateRollout]:
    """Drives of a skill, labeled by the demonstrator, however they end."""
    with GateRoom(SHRUNK) as room:
        for seed in seeds:
            yield record(room, seed, driven_by(Driver(file, room.robot)))


def driven_by(skill: Skill) -> Driving:
    """Driving as a skill proposes, whatever the label."""
    player = ChunkPlayer.of(skill.card)

    def driving(seen: Observation, _: Twist2D) -> Twist2D:
        if player.wants(seen.state.time):
            player.offer(skill.act(seen))
        action = player.at(seen.state.time)
        return action.twist if action is not None and action.twist is not None else Twist2D()

    return driving


def pushed(seed: int, noise: float) -> Driving:
    """Driving by the label with noise that lasts, to be answered."""
    dice = np.random.default_rng([seed, 11])
    push: npt.NDArray[np.float64] = np.zeros(2)

    def driving(_: Observation, label: Twist2D) -> Twist2D:
        nonlocal push
        push = LASTS * push + noise * dice.standard_normal(2) * FRESH
        return Twist2D(label.linear + push[0], label.angular + push[1])

    return driving
