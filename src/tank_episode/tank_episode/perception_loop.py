"""Camera and perception of a simulated robot without ROS.

What perception_node does, in step with simulated time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from tank_core.pacing import Pacer
from tank_core.state import CameraFrame, Detections, RobotState
from tank_perception import PERCEPTION_RATE
from tank_perception.perception import Perception
from tank_perception.view import View
from tank_sim.mujoco_backend import MujocoBackend

MEMORY_S = 1.0  # an image is at most this old when it comes out of the camera


@dataclass(frozen=True)
class PerceivedImage:
    """An image, its view, and what perception knew after it."""

    frame: CameraFrame
    view: View
    detections: Detections


Observer = Callable[[PerceivedImage], None]


class PerceptionLoop:
    """Looks at the simulated camera's images at perception's own rate.

    Call ``see`` once a control period. ``detections`` holds what was seen last; ``problem`` says
    why nothing can be seen, or is None. ``observer`` is told of each image that was looked at, for
    whoever measures or films the robot: nothing changes for the robot, and what it raises comes out
    of ``see``. It may be set at any time, and outlives ``reset``.
    """

    def __init__(self, backend: MujocoBackend, observer: Observer | None = None) -> None:
        self._backend, self.observer = backend, observer
        self.perception = Perception(backend.robot)
        self.reset()

    def reset(self) -> None:
        """Time begins anew."""
        self.perception.reset()
        self.detections: Detections | None = None
        self._pacer = Pacer(1.0 / PERCEPTION_RATE)
        self._states: deque[RobotState] = deque()

    @property
    def problem(self) -> str | None:
        return self._backend.camera_problem

    def see(self, state: RobotState) -> Detections | None:
        """The newest detections at a state [s].

        The view of an image is that of the robot when it was taken.
        """
        self._states.append(state)
        while state.time - self._states[0].time > MEMORY_S:
            self._states.popleft()
        if self._pacer.due(state.time):
            frame = self._backend.camera()
            if frame is not None and (self.detections is None or frame.time > self.detections.time):
                view = self._view(frame.time)
                self.detections = self.perception.observe(frame, view)
                if self.observer is not None:
                    self.observer(PerceivedImage(frame, view, self.detections))
        return self.detections

    def _view(self, time: float) -> View:
        then = min(self._states, key=lambda state: abs(state.time - time))
        joints = {name: joint.position for name, joint in then.joints.items()}
        return View.of(self._backend.robot, then.odometry.pose, joints)
