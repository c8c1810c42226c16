"""The simulator's node: a RobotNode over MujocoBackend.

With a clock, the truth, and control over time and world.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from nav_msgs.msg import Odometry as OdometryMessage
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rosgraph_msgs.msg import Clock
from std_srvs.srv import SetBool, Trigger

from tank_core.exceptions import BackendError, TankError
from tank_core.health import LOADING, Level
from tank_core.robot.urdf import build_urdf
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.parameters import Setting
from tank_core.ros.robot_node import RobotNode
from tank_core.ros.robot_settings import ROBOT_SETTINGS
from tank_core.ros.surroundings import clock_cure, clock_givers
from tank_core.state import CameraFrame, Odometry, RobotState
from tank_sim.mjcf import build_mjcf
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.physics_loop import PhysicsLoop
from tank_sim.realism.levels import realism_names
from tank_sim.sensors.camera import View
from tank_sim.view.viewer import KINDS, Viewer
from tank_sim.worlds import world_names

# [s] of wall time from the node's making: until it knows the others, on a machine that is not very
# busy; and as long as it counts as the one that came later, when it sees another clock then.
DISCOVERY_S, YOUNG_S = 1.5, 15.0
LOOK_S = 0.02

SIM_SETTINGS = (
    Setting("world", "playground", "which objects are there", choices=tuple(world_names())),
    Setting("seed", 0, "places the objects; reset_world uses it again", 0, 2**31 - 1),
    Setting(
        "realism",
        "ideal",
        "real: wheels slip, servos and camera are noisy and late, as on a robot",
        choices=tuple(realism_names()),
    ),
    Setting("camera", True, "give camera images, which need OpenGL"),
    Setting(
        "real_time_factor",
        1.0,
        "simulated seconds in a second; 0: as fast as the machine can",
        0.0,
        1000.0,
    ),
    Setting(
        "viewer",
        "none",
        "web: in a browser on this machine; window: on this machine's display",
        choices=KINDS,
    ),
    Setting(
        "viewer_port",
        8080,
        "where the web viewer listens; the next free one when it is taken",
        1024,
        65535,
    ),
    Setting("turns_per_step", 1, "how many control periods step_simulation goes on", 1, 100_000),
)


class SimNode(RobotNode):
    """The simulated robot, whose physics runs in a thread of its own.

    That thread makes one turn of the control loop after another.
    """

    SETTINGS: ClassVar[tuple[Setting, ...]] = (*ROBOT_SETTINGS, *SIM_SETTINGS)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(names.SIM_NODE, **kwargs)
        self._made = time.monotonic()
        self._loop: PhysicsLoop | None = None
        self._viewer: Viewer | None = None
        self._camera_said = ""
        self._undo_list: list[Callable[[], object]] = []

    @property
    def simulation(self) -> MujocoBackend:
        backend = self.backend
        assert isinstance(backend, MujocoBackend)
        return backend

    # What RobotNode asks for

    def make_backend(self) -> MujocoBackend:
        return MujocoBackend(
            self.robot,
            self.settings["world"],
            self.settings["seed"],
            self.settings["camera"],
            self.settings["realism"],
        )

    def make_urdf(self) -> str:
        return build_urdf(self.robot)

    def robot_time(self) -> float:
        return self.simulation.time

    def start_driving(self) -> None:
        period = 1.0 / self.settings["control_rate"]
        self._loop = PhysicsLoop(
            self.guarded("physics", self._turn), period, self.settings["real_time_factor"]
        )
        self._loop.start()

    def stop_driving(self) -> None:
        if self._loop is not None:
            self._loop.stop()

    def read_camera(self) -> CameraFrame | None:
        """The newest image, rendered without the lock.

        So neither the physics nor a stop waits for it.
        """
        with self.lock:
            simulation = self.simulation
            view = simulation.camera_view()
        frame = None if view is None else simulation.paint(view)
        if frame is None and simulation.camera_problem:
            raise BackendError(simulation.camera_problem)
        return frame

    def publish_more(self, state: RobotState, seconds: float) -> None:
        """Publish the truth, and news of the camera.

        In the coordinates of the odom frame, whose origin is where the robot began.
        """
        with self.lock:
            truth = Odometry(self.simulation.truth(), self.simulation.truth_twist())
        self._truth_topic.publish(
            convert.odometry_to_ros(
                truth, seconds, self.settings["odom_frame"], self.settings["base_frame"]
            )
        )
        self._tell_camera()

    def _tell_camera(self) -> None:
        """Report whether images come, where that is news."""
        problem = self.simulation.camera_problem
        said = problem or ("ready" if self.simulation.camera_ready else LOADING)
        if said != self._camera_said:
            self._camera_said = said
            wanted_in_vain = bool(problem and self.settings["camera"])
            self.diagnostics.set("camera", Level.WARN if wanted_in_vain else Level.OK, said)
            if wanted_in_vain:
                self.get_logger().warning(said)

    # Lifecycle

    def configure(self) -> None:
        super().configure()
        self._look_for_clocks()
        self._clock_topic = self.create_publisher(Clock, names.CLOCK, names.STREAM)
        self._truth_topic = self.create_publisher(OdometryMessage, names.GROUND_TRUTH, names.STREAM)
        self._undo_list += [
            partial(self.destroy_publisher, self._clock_topic),
            partial(self.destroy_publisher, self._truth_topic),
        ]
        group = MutuallyExclusiveCallbackGroup()
        for kind, name, answer in (
            (Trigger, names.RESET_WORLD, self._on_reset_world),
            (SetBool, names.SET_PAUSE, self._on_set_pause),
            (Trigger, names.STEP_SIMULATION, self._on_step_simulation),
        ):
            service = self.create_service(
                kind, name, self.guarded(name, answer), callback_group=group
            )
            self._undo_list.append(partial(self.destroy_service, service))
        self._open_viewer()

    def activate(self) -> None:
        self._camera_said = ""
        self.simulation.start_camera()
        self._tell_camera()
        super().activate()

    def cleanup(self) -> None:
        if self._viewer is not None:
            self._viewer.close()
            self._viewer = None
        while self._undo_list:
            self._undo_list.pop()()
        super().cleanup()

    def _look_for_clocks(self) -> None:
        """Raise TankError where the domain has a clock.

        Whoever is seen is alive: DDS tells a new node nothing of those that died.
        """
        while not (others := clock_givers(self)) and time.monotonic() < self._made + DISCOVERY_S:
            time.sleep(LOOK_S)
        if others:
            who = " and ".join(others)
            raise TankError(f"{who} publishes {names.CLOCK} already, and {clock_cure(self)}")

    def on_clock_fault(self, fault: str) -> None:
        """Stop the robot, because another clock is there.

        A simulation that has only begun gives way, so that the older one goes on.
        """
        super().on_clock_fault(fault)
        if fault and time.monotonic() < self._made + YOUNG_S:
            self.robot_failed(TankError(fault))

    def _open_viewer(self) -> None:
        if self.settings["viewer"] != "none":
            text = build_mjcf(self.robot, self.simulation.world)
            self._viewer = Viewer(
                self.settings["viewer"], text, self.settings["viewer_port"], self._viewer_says
            )

    def _viewer_says(self, text: str, is_error: bool) -> None:
        if is_error:  # rclpy wants one severity for each line of code
            self.get_logger().error(text)
        else:
            self.get_logger().info(text)
        self.diagnostics.set("viewer", Level.WARN if is_error else Level.OK, text)

    # Time

    def _turn(self) -> None:
        """Let a control period pass.

        Physics, clock, then commands and state.
        """
        view = self.on_robot(self._pass_time)
        if view is None:
            return
        self._clock_topic.publish(Clock(clock=convert.time_to_ros(view[0])))
        self.control_step()
        if self._viewer is not None:
            self._viewer.show(*view)

    def _pass_time(self) -> View:
        self.simulation.advance(1.0 / self.settings["control_rate"])
        return self.simulation.view()

    # Services

    def _on_reset_world(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        """Put the robot to its start and the objects in their places.

        Odometry is at 0 again; time goes on, because others live by it.
        """
        with self.lock:
            self.simulation.reset(self.settings["seed"], keep_time=True)
            self.restart()
        response.success, response.message = (
            True,
            f"world {self.settings['world']} is as it was with seed {self.settings['seed']}",
        )
        return response

    def _on_set_pause(
        self, request: SetBool.Request, response: SetBool.Response
    ) -> SetBool.Response:
        if self._loop is None:
            response.success, response.message = False, f"{self.get_name()} is not active"
            return response
        (self._loop.pause if request.data else self._loop.resume)()
        word = "paused" if request.data else "running"
        self.diagnostics.set("physics", Level.OK, word)
        response.success, response.message = True, f"{word} at {self.robot_time():.3f} s"
        return response

    def _on_step_simulation(
        self, _: Trigger.Request, response: Trigger.Response
    ) -> Trigger.Response:
        response.success = self._loop is not None and self._loop.step(
            self.settings["turns_per_step"]
        )
        response.message = (
            f"at {self.robot_time():.3f} s"
            if response.success
            else f"not paused; call {names.SET_PAUSE} with true first"
        )
        return response
