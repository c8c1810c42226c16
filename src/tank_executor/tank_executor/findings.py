"""Answers and pictures: what a step finds out, beside how it ended."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tank_core.commands import Topic
from tank_core.geometry import Pose2D
from tank_core.state import Detection

MOVED_M, MOVED_RAD = 0.01, math.radians(1.0)  # more is no noise of odometry at rest
PERHAPS = "perhaps "  # before what was held and may have been lost since


@dataclass(frozen=True)
class Answer:
    """The answer to a question, from what the robot measures.

    ``text`` is the sentence for the person who asked; the rest is what it was made of, as far as
    the ``what`` needs it.
    """

    what: Topic
    text: str
    time: float  # [s] when it was measured
    objects: tuple[Detection, ...] = ()  # in base_link, with their age
    pose: Pose2D | None = None  # in odom, since the robot was started
    variance: tuple[float, float, float] = (0.0, 0.0, 0.0)  # of the pose: x, y [m^2], yaw [rad^2]
    way: float = 0.0  # [m] driven since then
    heading_deg: float | None = None  # clockwise from north; None: not known
    held: str = ""  # what the fingers hold, after PERHAPS where that is not known; empty: nothing
    voltage: float | None = None  # [V]; None: not measured


@dataclass(frozen=True)
class PhotoRequest:
    """A picture that is wanted: any image taken after ``after`` [s]."""

    after: float
    pose: Pose2D  # in odom
    heading_deg: float | None = None  # clockwise from north; None: not known

    def stands(self, pose: Pose2D) -> bool:
        """Whether a robot at ``pose`` still is where the picture was asked for."""
        return self.pose.distance(pose) <= MOVED_M and self.pose.turned(pose) <= MOVED_RAD


@dataclass(frozen=True)
class Photo:
    """A picture that was taken, and is whole in its file at ``path``.

    Of one that is known by its outcome's message alone, only the path is known: the topic
    ``photos`` tells the rest.
    """

    path: str
    time: float | None = None  # [s] when the image was taken
    pose: Pose2D | None = None  # of the robot in odom then
    heading_deg: float | None = None  # clockwise from north; None: not known
