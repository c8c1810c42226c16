"""The simulator's node: a RobotNode over MujocoBackend.

With a clock, the truth, and control over time and world.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from nav_msgs.msg import Odometry as OdometryMessage
from rcl_interfaces.msg import SetParametersResult
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rosgraph_msgs.msg import Clock
from std_msgs.msg import Header
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
from tank_sim.ros.settings import SIM_SETTINGS
from tank_sim.ros.time_services import TimeServices
from tank_sim.ros.world_topics import WorldTopics
from tank_sim.sensors.camera import View
from tank_sim.view.viewer import KINDS, Viewer

# [s] of wall time from the node's making: until it knows the others, on a machine that is not very
# busy; and as long as it counts as the one that came later, when it sees another clock then.
DISCOVERY_S, YOUNG_S = 1.5, 15.0
LOOK_S = 0.02


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
        self._world_topics: WorldTopics | None = None
        self.add_on_set_parameters_callback(self._on_parameters)
        self._undo_list: list[Callable[[], object]] = []

    @property
    def simulation(self) -> MujocoBackend:
        backend = self.backend
        assert isinstance(backend, MujocoBackend)
        return backend

    # What RobotNode asks for

    def make_backend(self) -> MujocoBackend:
        return self._simulate(self.settings["world"], self.settings["seed"])

    def _simulate(self, world: str, seed: int) -> MujocoBackend:
        with_camera, realism = self.settings["camera"], self.settings["realism"]
        return MujocoBackend(self.robot, world, seed, with_camera, realism)

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
            topics = self._world_topics
            moved = topics is not None and topics.look(self.simulation, seconds)
        self._truth_topic.publish(
            convert.odometry_to_ros(
                truth, seconds, self.settings["odom_frame"], self.settings["base_frame"]
            )
        )
        if topics is not None and moved:
            topics.show(seconds)
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
        self._reset_topic = self.create_publisher(Header, names.WORLD_RESET, names.RELIABLE)
        self._undo_list += [
            partial(self.destroy_publisher, topic)
            for topic in (self._clock_topic, self._truth_topic, self._reset_topic)
        ]
        self._world_topics = WorldTopics(self, self.settings)
        self._undo_list.append(self._world_topics.close)
        group = MutuallyExclusiveCallbackGroup()
        times = TimeServices(self, lambda: self._loop, self.robot_time)
        for kind, name, answer in (
            (Trigger, names.RESET_WORLD, self._on_reset_world),
            (SetBool, names.SET_PAUSE, times.on_set_pause),
            (Trigger, names.STEP_SIMULATION, times.on_step_simulation),
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
        if self.settings["viewer"] in KINDS:
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
        if (viewer := self._viewer) is not None:
            viewer.show(*view)

    def _pass_time(self) -> View:
        self.simulation.advance(1.0 / self.settings["control_rate"])
        return self.simulation.view()

    # Services

    def _on_reset_world(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        """Put the robot to its start and the objects in their places.

        Odometry is at 0 again; time goes on, because others live by it. So they are told: odometry
        that goes back by less than a robot may have driven looks like a drive.
        """
        with self.lock:
            self.simulation.reset(self.settings["seed"], keep_time=True)
            self._began_anew()
        response.success, response.message = (
            True,
            f"world {self.settings['world']} is as it was with seed {self.settings['seed']}",
        )
        return response

    def _began_anew(self) -> None:
        """Forget what was, and tell the others; under the lock."""
        self.restart()
        stamp = convert.time_to_ros(self.ros_now())
        self._reset_topic.publish(Header(stamp=stamp, frame_id=self.settings["odom_frame"]))

    def _on_parameters(self, parameters: list[Any]) -> SetParametersResult:
        """Build another world when `world` or `seed` is set.

        Nothing changes if that fails.
        """
        known = {setting.name: setting for setting in SIM_SETTINGS if not setting.fixed}
        wanted = {each.name: each.value for each in parameters if each.name in known}
        faults = [fault for name in wanted if (fault := known[name].fault(wanted[name]))]
        try:
            if wanted and not faults:
                self._change_world({**self.settings, **wanted})
        except TankError as error:
            faults = [str(error)]
        return SetParametersResult(successful=not faults, reason="; ".join(faults))

    def _change_world(self, settings: dict[str, Any]) -> None:
        """Put the robot at the start of another world; time goes on.

        The world is built before the lock is taken, so neither physics nor a stop waits for it.
        Raises WorldError and BackendError, and the old world stays.
        """
        world, seed = settings["world"], settings["seed"]
        if self.unconfigured:
            self.settings = settings  # it is built when the node is configured
            return
        new = self._simulate(world, seed)
        with self.lock:
            old, viewer, self._viewer = self.simulation, self._viewer, None
            new.data.time = old.time
            new.reset(seed, keep_time=True)
            self.controller.backend, self.settings = new, settings
            self._began_anew()
        if self._world_topics is not None:
            self._world_topics.say(settings)
        old.close()
        if viewer is not None:
            viewer.close()
        self._camera_said = ""
        new.start_camera()
        self._open_viewer()
