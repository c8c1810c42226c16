"""Makes examples of drives: pairs of looks, chunks, masked ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from tank_core.geometry import Pose2D
from tank_core.state import Floats
from tank_learning.skills.gate.demonstrations import GateRollout
from tank_learning.skills.gate.demonstrator import drive_on
from tank_skills.driver import BACK_M, HORIZON, PERIOD_S

WITHIN_M = 0.4  # looks on the robot are at most this far apart

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Examples:
    """All looks of all drives in a row; n of them.

    The older look of ``i`` is drawn from ``first[i]`` to ``last[i]``, as the Trail of the robot
    would choose. ``valid`` is 0 where a demonstration had ended (LeRobot's ``action_is_pad``):
    nobody showed what to drive there; ``ended`` is 1 there.
    """

    images: npt.NDArray[np.uint8]  # (n, height, width, 3)
    poses: npt.NDArray[np.float64]  # (n, 3) in odom
    first: Ints  # (n,)
    last: Ints  # (n,)
    twists: Floats  # (n, HORIZON, 2)
    valid: Floats  # (n, HORIZON)
    ended: Floats  # (n, HORIZON)

    def __len__(self) -> int:
        return len(self.images)


def examples(drives: Sequence[GateRollout], mask: bool = True, remade: bool = False) -> Examples:
    """The examples of drives.

    ``mask`` False leaves the last velocity as a label after the end. ``remade``: labels are whole
    chunks that the demonstrator would drive from each pose, in place of what it did later on.
    """
    lengths = [len(drive) for drive in drives]
    starts = np.cumsum([0, *lengths[:-1]])
    spans = [_older(drive.odometry) for drive in drives]
    chunks = [_remade(drive) if remade else _as_driven(drive, mask) for drive in drives]
    twists, valid, ended = (np.concatenate(parts) for parts in zip(*chunks, strict=True))
    offset = np.repeat(starts, lengths)
    first, last = (offset + np.concatenate([span[side] for span in spans]) for side in (0, 1))
    poses = [(pose.x, pose.y, pose.yaw) for drive in drives for pose in drive.odometry]
    images = np.stack([image for drive in drives for image in drive.images])
    return Examples(images, np.array(poses), first, last, twists, valid, ended)


def joined(parts: Sequence[Examples]) -> Examples:
    """The examples of several sources as one."""
    offsets = np.cumsum([0, *(len(part) for part in parts[:-1])])
    moved = [
        replace(part, first=part.first + offset, last=part.last + offset)
        for part, offset in zip(parts, offsets, strict=True)
    ]
    names = [one.name for one in fields(Examples)]
    return Examples(*(np.concatenate([getattr(part, name) for part in moved]) for name in names))


def _older(poses: Sequence[Pose2D]) -> tuple[Ints, Ints]:
    """The first and the last look that may be the older one of each.

    Until the robot has come far enough it is the start's; any look may have been a start.
    """
    first, last = [], []
    for now, pose in enumerate(poses):
        away = [pose.distance(other) for other in poses[: now + 1]]
        far = [n for n, one in enumerate(away) if BACK_M <= one <= BACK_M + WITHIN_M]
        first.append(far[0] if far else 0)
        last.append(far[-1] if far else now)
    return np.array(first), np.array(last)


def _as_driven(drive: GateRollout, mask: bool) -> tuple[Floats, Floats, Floats]:
    steps = np.arange(len(drive))[:, None] + np.arange(HORIZON)
    beyond = steps >= len(drive)
    labels = np.array([(one.linear, one.angular) for one in drive.labels], np.float32)
    twists = labels[np.minimum(steps, len(drive) - 1)]
    valid = ~beyond if mask else np.ones_like(beyond)
    return twists, valid.astype(np.float32), beyond.astype(np.float32)


def _remade(drive: GateRollout) -> tuple[Floats, Floats, Floats]:
    chunks = [list(drive_on(pose, HORIZON, PERIOD_S)) for pose in drive.truth]
    twists = np.array(
        [[(one.linear, one.angular) for one in chunk] for chunk in chunks], np.float32
    )
    ended = (twists[:, :, 0] == 0).astype(np.float32)  # zero means through, and nothing else
    return twists, 1 - ended, ended
