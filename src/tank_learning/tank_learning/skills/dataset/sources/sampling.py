"""Frames at an even rate, out of what a robot tells and is sent. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from tank_core.robot import Robot
from tank_core.state import Array, CameraFrame, Image, RobotCommand, RobotState
from tank_learning.skills.dataset.demonstration import Demonstration
from tank_learning.skills.dataset.spec import DatasetError, Spec, action_vector, state_vector
from tank_skills.views import small_view

MOST_FRAMES = 3000  # of an episode, whose images wait in memory: 700 MB
SLACK_S = 1e-4  # sums of floats end a hair before the frame's time

# the newest image of each camera; None where one has not come yet
Look = Callable[[], Mapping[str, CameraFrame] | None]


class FrameSampler:
    """Takes a frame each 1/fps [s] from the first one that has its images.

    The state of a frame is that of its time, its images are the newest that had come by then, and
    its action is what was in force last before the next frame: nothing is interpolated. A joint
    that was never told anything is told its place at the beginning.
    """

    def __init__(self, robot: Robot, spec: Spec) -> None:
        self._robot, self._spec = robot, spec
        self._states: list[Array] = []
        self._actions: list[Array] = []
        self._images: dict[str, list[Image]] = {name: [] for name in spec.cameras}
        self._held: dict[str, float] = {}
        self._start: float | None = None
        self._sent = RobotCommand()
        self.blind = 0  # frames that were due before the first images came
        self.late_s = 0.0  # [s] the most by which a frame was taken after its time
        self.ages_s: list[float] = []  # [s] of each frame's oldest image

    @property
    def frames(self) -> int:
        """Frames that were begun."""
        return len(self._states)

    def step(self, state: RobotState, look: Look, sent: RobotCommand) -> bool:
        """Take the robot's newest state, and what is in force from then on.

        Returns whether a frame was begun. Raises DatasetError for an episode that is too long.
        """
        due = self._due(state.time)
        begun = due and self._begin(state, look)
        self._sent = sent
        return begun

    def demonstration(self, task: str, source: str) -> Demonstration:
        """All frames. Raises DatasetError where there are none."""
        if not self._states:
            raise DatasetError("there is no image, so there is no frame")
        actions = [*self._actions, self._action()]
        return Demonstration(
            task,
            np.array(self._states, dtype=np.float32),
            np.array(actions, dtype=np.float32),
            {name: np.stack(images) for name, images in self._images.items()},
            source,
        )

    def _due(self, now: float) -> bool:
        if self._start is None:
            return True
        wanted = self._start + self.frames / self._spec.fps
        if now < wanted - SLACK_S:
            return False
        self.late_s = max(self.late_s, now - wanted)
        return True

    def _begin(self, state: RobotState, look: Look) -> bool:
        seen = look() if self._spec.cameras else {}
        if seen is None:
            self.blind += 1
            return False
        if self.frames >= MOST_FRAMES:
            raise DatasetError(
                f"it has more than {MOST_FRAMES} frames; say a smaller --fps than {self._spec.fps}"
            )
        if self._start is None:
            self._start = state.time
            names = self._robot.joint_names
            self._held = dict(zip(names, state.positions(names).tolist(), strict=True))
        else:
            self._actions.append(self._action())
        self._states.append(state_vector(self._robot, state))
        for name, frame in seen.items():
            self._images[name].append(small_view(frame.rgb, self._spec.cameras[name]))
        self.ages_s.append(max((state.time - one.time for one in seen.values()), default=0.0))
        return True

    def _action(self) -> Array:
        return action_vector(self._robot, self._sent, self._held)
