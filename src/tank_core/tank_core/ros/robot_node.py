"""The node of every robot, simulated or real: its backend on ROS."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable
from threading import RLock
from typing import Any, ClassVar, TypeVar

from tank_core.backend import Backend, SimulatedBackend
from tank_core.exceptions import TankError
from tank_core.health import Level
from tank_core.io.one_line import described
from tank_core.pacing import Beats, Pacer, Rhythm, TimeMap
from tank_core.robot import Robot, load_robot
from tank_core.robot.frame_names import FrameNames, RobotFrames
from tank_core.robot.self_view import hidden_view_warning
from tank_core.robot_controller import RobotController
from tank_core.ros.parameters import Setting
from tank_core.ros.robot_commands import RobotCommands
from tank_core.ros.robot_publisher import RobotPublisher
from tank_core.ros.robot_settings import ROBOT_SETTINGS
from tank_core.ros.runtime.steady_loop import SteadyLoop
from tank_core.ros.surroundings import CLOCK
from tank_core.ros.tank_node import TankNode
from tank_core.state import CameraFrame, RobotState
from tank_core.stop_latch import OPERATOR, StopLatch

Result = TypeVar("Result")
BEATS_PERIOD_S = 1.0  # between two looks at how the control loop keeps its rate
SLOW = 0.5  # of the rate; below it that is told as a warning


class RobotNode(TankNode):
    """A lifecycle node that drives a Backend through a RobotController.

    It takes velocities, trajectories and stops, and publishes odometry, joint states, frames and
    images (``tank_core.ros.interfaces`` has the names). A subclass gives ``make_backend``, and
    where time is not the wall's also ``start_driving`` and ``stop_driving``; the other hooks may
    stay as they are. The smallest one is ``MockRobotNode``::

        class MyRobotNode(RobotNode):
            def __init__(self) -> None:
                super().__init__("driver_node")

            def make_backend(self) -> Backend:
                return MyBackend(self.robot)

    ``lock`` is held around every use of the controller and the backend. Nothing slow may happen
    under it: a stop waits for it.
    """

    SETTINGS: ClassVar[tuple[Setting, ...]] = ROBOT_SETTINGS
    robot: Robot

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.lock = RLock()
        self._controller: RobotController | None = None
        self.stops = StopLatch()  # outlives cleanup: a robot that is started again stays stopped
        self._publisher: RobotPublisher | None = None
        self._working = False  # active, and the robot answers
        self._time_map = TimeMap()
        self._commands: RobotCommands | None = None
        self._timers_on: list[SteadyLoop] = []
        self._image_time: float | None = None
        self._rhythm, self._beats_due = Rhythm(1.0), Pacer(BEATS_PERIOD_S)
        self._advanced = 0.0  # when _advance was called last, time.monotonic()

    # What a subclass gives

    @abstractmethod
    def make_backend(self) -> Backend:
        """Connect to the robot.

        ``self.robot`` and ``self.settings`` are there. Raises TankError when the robot cannot be
        had: the node then stays unconfigured, and says so.
        """

    def make_urdf(self) -> str:
        """The robot's URDF, whose first link is base_link.

        Empty: none is published, and arm links are not on tf.
        """
        return ""

    def start_driving(self) -> None:
        """Begin to call ``control_step``, control_rate times a second.

        Of the robot's time. Here: by a thread of its own, in wall time.
        """
        self._advanced = time.monotonic()
        self._rhythm = Rhythm(1.0 / self.settings["control_rate"])
        self.add_timer(1.0 / self.settings["control_rate"], "robot", self._drive)

    def stop_driving(self) -> None:
        """Cease to call ``control_step``; none is under way when this returns.

        Idempotent. (Timers end by themselves.)
        """

    def robot_time(self) -> float:
        """The time [s] on the clock that the controller lives by.

        A simulation's own, or a clock that never jumps.
        """
        if isinstance(self.backend, SimulatedBackend):
            state = self.controller.state
            return state.time if state is not None else 0.0
        return time.monotonic()

    def read_camera(self) -> CameraFrame | None:
        """The newest image.

        Override it where getting one takes long: this one holds the lock.
        """
        with self.lock:
            return self.backend.camera()

    def image_missing(self) -> None:
        """Called each time an image is wanted and there is none.

        Override it where the camera is watched anyway.
        """
        self.diagnostics.warn("camera", "missing", "the robot gives no image")

    def publish_more(self, state: RobotState, seconds: float) -> None:
        """Called with each published state and its time on the ROS clock."""

    # What a subclass may use

    @property
    def controller(self) -> RobotController:
        """Raises TankError before configure."""
        if self._controller is None:
            raise TankError(f"{self.get_name()} is not configured")
        return self._controller

    @property
    def backend(self) -> Backend:
        return self.controller.backend

    @property
    def working(self) -> bool:
        """True while the node is active and the robot answers."""
        return self._working

    @property
    def stamps_are_robot_time(self) -> bool:
        """True in a simulation whose clock is the ROS clock (use_sim_time)."""
        return bool(self.get_parameter("use_sim_time").value)

    def control_step(self) -> RobotState | None:
        """Do one turn of the control loop.

        What is in force goes to the robot, its state goes on the air. Returns the state, or None
        when the robot failed.
        """
        state = self.on_robot(lambda: self.controller.step(self.robot_time()))
        if state is None:
            return None
        if not self.stamps_are_robot_time:
            self._time_map.observe(state.time, self._clock_seconds())
        self.diagnostics.tick("robot", "control")
        if self._pacer.due(state.time):
            self._publish(state)
        return state

    def on_robot(self, work: Callable[[], Result]) -> Result | None:
        """Do something with controller or backend while the robot works.

        Under the lock. Whatever fails there ends the robot's service; the result is then None.
        """
        try:
            with self.lock:
                return work() if self._working else None
        except Exception as error:  # a border: whatever it was, the robot must not go on
            self.robot_failed(error)
            return None

    def restart(self) -> None:
        """Forget motion and state, as when a simulation was reset.

        Stops stay.
        """
        with self.lock:
            self.controller.restart()

    def stop_robot(self, reason: str, source: str = OPERATOR) -> None:
        """Zero at once and refuse motion until the same source resets it.

        From any thread; before configure it counts from there on.
        """
        with self.lock:
            if self._controller is not None:
                self._controller.stop(self.robot_time(), reason, source)
            else:
                self.stops.stop(reason, source)
        self._tell_stopped()

    def reset_stop(self, source: str = OPERATOR) -> bool:
        """Take back one source's stop. True when the robot may move."""
        with self.lock:
            free = self.controller.reset_stop(source)
        self._tell_stopped()
        return free

    def on_clock_fault(self, fault: str) -> None:
        """Stop the robot while there are two clocks, because stamps jump.

        The robot stands until there is one again.
        """
        if fault:
            self.stop_robot(fault, CLOCK)
        elif self._controller is not None:
            self.reset_stop(CLOCK)
        else:
            self.stops.reset(CLOCK)

    def robot_failed(self, error: Exception) -> None:
        """Stop, let go of the robot, say so, and go back to unconfigured.

        For a robot that does not answer, or whose loop broke. From any thread.
        """
        with self.lock:
            if not self._working:
                return
            self._working = False
            self.backend.stop()
            self.backend.close()
        self.failure = described(error)
        self.report_fault("robot", error)
        self.diagnostics.set(
            "robot", Level.ERROR, f"{self.failure}; configure and activate {self.get_name()} again"
        )
        if self.executor is not None:
            self.executor.create_task(self.guarded("robot", self._retire))

    def ros_seconds(self, robot_time: float) -> float:
        """A time of the backend's clock on the ROS clock [s]."""
        return robot_time if self.stamps_are_robot_time else self._time_map.to_ros(robot_time)

    def ros_now(self) -> float:
        """The time [s] on the ROS clock.

        In a simulation its own time, which is there before /clock comes back around.
        """
        return (
            self.robot_time()
            if self.stamps_are_robot_time and self._controller is not None
            else self._clock_seconds()
        )

    def add_timer(self, period: float, part: str, callback: Callable[[], object]) -> None:
        """Add a timer of wall time [s] that lives until deactivate.

        Each on a thread of its own, so none waits for another, nor for rclpy.
        """
        self._timers_on.append(SteadyLoop(part, period, self.guarded(part, callback)))

    # Lifecycle

    def configure(self) -> None:
        self.robot = load_robot(self.settings["robot"])
        self.diagnostics.hardware_id = self.robot.name
        if warning := hidden_view_warning(self.robot):
            self.get_logger().warning(warning)
            self.diagnostics.set("camera view", Level.WARN, warning)
        frames = FrameNames(self.settings["odom_frame"], self.settings["base_frame"])
        tree = RobotFrames(self.robot, self.make_urdf(), frames)
        self._controller = RobotController(
            self.make_backend(), self.settings["cmd_vel_timeout"] or None, self.stops
        )
        self._pacer = Pacer(1.0 / self.settings["publish_rate"])
        self._time_map = TimeMap()
        self._publisher = RobotPublisher(self, self.robot, tree, self.settings["publish_tf"])
        self._commands = RobotCommands(self, self)

    def activate(self) -> None:
        assert self._publisher is not None
        self._working = True
        self.diagnostics.set("robot", Level.OK, "ready")
        self._publisher.description(self.ros_now())
        self._tell_stopped()
        self.add_timer(1.0 / self.robot.camera.rate, "camera", self._publish_camera)
        self.start_driving()

    def deactivate(self) -> None:
        self._working = False
        self.stop_driving()
        while self._timers_on:
            self._timers_on.pop().end()
        with self.lock:
            if self._controller is not None:
                self._controller.halt()

    def cleanup(self) -> None:
        with self.lock:
            if self._controller is not None:
                self.backend.stop()
                self.backend.close()
            self._controller = None
        for part in (self._commands, self._publisher):
            if part is not None:
                part.close()
        self._commands = self._publisher = None

    def destroy_node(self) -> None:
        """Ends the loops before what they use goes."""
        self.deactivate()
        super().destroy_node()

    def _retire(self) -> None:
        self.trigger_deactivate()
        self.trigger_cleanup()

    def _tell_stopped(self) -> None:
        with self.lock:
            stopped, reason = (
                (self._controller.stopped, self._controller.stop_reason)
                if self._controller
                else (False, "")
            )
            # under the lock, so that what is said last is what is so
            if self._publisher is not None:
                self._publisher.stopped(stopped)
        if self._working:
            self.diagnostics.set(
                "robot",
                Level.WARN if stopped else Level.OK,
                f"stopped: {reason}" if stopped else "ready",
            )

    # Time and what goes out

    def _drive(self) -> None:
        now = time.monotonic()
        self._rhythm.beat(now)
        if self._beats_due.due(now) and (beats := self._rhythm.take()) is not None:
            self._tell_beats(beats)
        self.on_robot(self._advance)
        self.control_step()

    def _tell_beats(self, beats: Beats) -> None:
        wanted = 1.0 / self._rhythm.period
        level, message = Level.OK, f"keeps {wanted:g} Hz"
        if beats.rate < SLOW * wanted:
            cure = "this machine has too much to do; end what else runs, or lower control_rate"
            level, message = Level.WARN, f"{beats.rate:.3g} Hz instead of {wanted:g}: {cure}"
        self.diagnostics.set("control loop", level, message, **beats.values)

    def _advance(self) -> None:
        """Let a simulation without a thread of its own follow the wall clock.

        It does not make up for a long pause.
        """
        now = time.monotonic()
        elapsed, self._advanced = now - self._advanced, now
        if isinstance(self.backend, SimulatedBackend):
            self.backend.advance(min(elapsed, 5.0 / self.settings["control_rate"]))

    def _clock_seconds(self) -> float:
        return float(self.get_clock().now().nanoseconds * 1e-9)

    def _publish(self, state: RobotState) -> None:
        publisher, seconds = self._publisher, self.ros_seconds(state.time)
        if publisher is not None:
            publisher.state(state, seconds)
            self.publish_more(state, seconds)

    def _publish_camera(self) -> None:
        publisher = self._publisher
        if publisher is None or not self._working or not publisher.camera_wanted:
            return
        frame = self.read_camera()
        if frame is None:
            self.image_missing()
        elif frame.time != self._image_time:
            self._image_time = frame.time
            publisher.camera(frame, self.ros_seconds(frame.time), self.settings["jpeg_quality"])
