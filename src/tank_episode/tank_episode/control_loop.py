"""The control loop of a simulated robot, in one process and without ROS."""

from __future__ import annotations

from tank_core.robot_controller import RobotController
from tank_core.state import RobotCommand, RobotState
from tank_episode.course import NORTH
from tank_episode.perception_loop import PerceptionLoop
from tank_executor.findings import PhotoRequest
from tank_executor.learned import NOTHING, Learned
from tank_executor.motion.travel import Compass
from tank_executor.photo_keeper import PHOTO_QUALITY, PhotoKeeper
from tank_executor.plan import Plan
from tank_executor.plan_runner import PlanRunner
from tank_executor.running.plan_run import Output
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.ticking import pass_ticks


class ControlLoop:
    """The plan runner and controller that there are over ROS, tick by tick.

    It begins at the backend's time 0. ``state`` is the newest that the robot told of itself.
    """

    def __init__(
        self,
        backend: MujocoBackend,
        perception: PerceptionLoop | None,
        keeper: PhotoKeeper,
        stop_for_obstacles: bool,
        learned: Learned = NOTHING,
    ) -> None:
        self.runner = PlanRunner(backend.robot, stop_for_obstacles, Compass(NORTH), learned)
        # what the controller did not do as it was told: none, if the executor is right
        self.refusals: list[str] = []
        self._backend, self._perception, self._keeper = backend, perception, keeper
        self._controller = RobotController(backend)
        self.state: RobotState = self._controller.step(0.0)

    @property
    def sent(self) -> RobotCommand:
        """The last command that was sent to the robot, after all clamping."""
        return self._controller.sent

    def submit(self, plan: Plan) -> None:
        """Hand a plan to the runner."""
        self.runner.submit(plan)
        self._send(self.runner.take_output())

    def stop(self, reason: str) -> None:
        """End every plan; new ones are taken."""
        self._send(self.runner.stop(reason, latch=False))

    def tick(self) -> None:
        """Let a control period pass."""
        loop = self._perception
        detections = loop.see(self.state) if loop is not None else None
        self._send(self.runner.step(self.state, detections, self.state.time))
        if self.runner.photo_wanted is not None:
            self._photograph(self.runner.photo_wanted)
        if self.runner.view_wanted and (frame := self._backend.camera()) is not None:
            self.runner.saw(frame)
        self.state = pass_ticks(self._backend, self._controller, self.state)

    def _photograph(self, request: PhotoRequest) -> None:
        """Keep the first image that was taken after a request."""
        from tank_core.ros.images.encodings import encode_jpeg

        frame = self._backend.camera()
        if frame is None and self._backend.camera_problem:
            self.runner.photo_taken(f"no camera: {self._backend.camera_problem}")
        elif frame is not None and frame.time > request.after:
            kept = self._keeper.keep(encode_jpeg(frame.rgb, PHOTO_QUALITY), frame.time, request)
            self.runner.photo_taken(kept if isinstance(kept, str) else kept[0])

    def _send(self, output: Output) -> None:
        now = self.state.time
        if output.twist is not None:
            self._note(self._controller.command_twist(output.twist, now).message)
        if output.trajectory is not None:
            self._note(self._controller.command_trajectory(output.trajectory, now))

    def _note(self, refusal: str | None) -> None:
        if refusal:
            self.refusals.append(f"at {self.state.time:.2f} s: {refusal}")
