"""Drives through a gate by small images, in chunks of velocities."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import islice

import numpy as np

from tank_core.diff_drive import advance
from tank_core.exceptions import ModelError, TankError
from tank_core.geometry import Pose2D
from tank_core.robot import Robot
from tank_core.skill import Chunk, Observation
from tank_core.state import Floats, Image
from tank_skills.skill_file import SkillFile
from tank_skills.views import SMALL, network_input

IMAGE = SMALL  # that the skill looks at
PERIOD_S = 0.1  # between two velocities of a chunk
HORIZON = 20  # velocities in a chunk
# Beyond the gate the camera sees nothing of it: the skill looks at an older image, too, which was
# taken at least this far [m] back, and knows by odometry how the robot has moved since.
BACK_M = 0.8
KEPT = 64  # looks that are remembered


@dataclass(frozen=True)
class PosedImage:
    """An image as the eye saw it, and base_link in odom when it was taken."""

    pose: Pose2D
    seen: Floats  # (n,)


class Trail:
    """The looks of a drive, from its start on."""

    def __init__(self) -> None:
        self._looks: deque[PosedImage] = deque(maxlen=KEPT)

    def add(self, look: PosedImage) -> None:
        """Remember the newest."""
        self._looks.append(look)

    def back(self) -> PosedImage:
        """The newest look at least BACK_M from the last one, or the first."""
        last = self._looks[-1]
        older = islice(reversed(self._looks), 1, None)
        return next(
            (look for look in older if last.pose.distance(look.pose) >= BACK_M), self._looks[0]
        )


def motion(since: Pose2D, now: Pose2D) -> tuple[float, float, float]:
    """The robot's motion: x, y [m] and turn [rad], in its earlier frame."""
    there = now.relative_to(since)
    return there.x, there.y, there.yaw


def pose_of(seen: Observation) -> Pose2D:
    """The pose of base_link in odom when the image was taken.

    An image is older than the state that it comes with: the velocity of now tells how far.
    """
    late = seen.state.time - seen.frame.time if seen.frame is not None else 0.0
    return advance(seen.state.odometry.pose, seen.state.odometry.twist, -late)


class Driver:
    """The skill at run time; it remembers the looks of one drive."""

    def __init__(self, file: SkillFile, robot: Robot) -> None:
        """Raises ModelError where the file's networks are none of a driver's.

        Its networks: "eye" sees an image, "head" proposes from what it saw in two and the motion.
        """
        self.card = file.card
        self._eye, self._head = file.network("eye"), file.network("head")
        self.reset()
        if self.card.image != IMAGE:
            raise ModelError(
                f"skill {self.card.name} looks at images of {self.card.image}; a driver at {IMAGE}"
            )
        width, height = IMAGE
        blank = PosedImage(Pose2D(), self._see(np.zeros((height, width, 3), np.uint8)))
        shape, wanted = self._propose(blank, blank).shape, (self.card.horizon, 3)
        if shape != wanted:
            raise ModelError(f"skill {self.card.name} proposes {shape} numbers, wanted {wanted}")

    def reset(self) -> None:
        """Forget what was seen: another drive begins."""
        self._trail = Trail()

    def act(self, seen: Observation) -> Chunk:
        """Propose how to drive on from an image.

        Raises TankError without one.
        """
        if seen.frame is None:
            raise TankError(f"skill {self.card.name} needs an image, and there is none")
        look = PosedImage(pose_of(seen), self._see(seen.frame.rgb))
        self._trail.add(look)
        out = self._propose(look, self._trail.back())
        twists, logits = out[:, :2].astype(float), out[:, 2].astype(float)
        end = 0.5 * (1 + np.tanh(0.5 * logits))
        return Chunk(seen.frame.time, self.card.period, twists, end=end)

    def _see(self, rgb: Image) -> Floats:
        seen: Floats = self._eye(network_input(rgb, IMAGE))[0]
        return seen

    def _propose(self, now: PosedImage, back: PosedImage) -> Floats:
        moved = np.array(motion(back.pose, now.pose), np.float32)
        chunk: Floats = self._head(np.concatenate([now.seen, back.seen, moved])[None])[0]
        return chunk
