"""The node around PlanRunner: command lists in, velocities and statuses out."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from threading import RLock
from typing import Any, ClassVar

from nav_msgs.msg import Odometry
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from sensor_msgs.msg import BatteryState, JointState, Range
from std_msgs.msg import Bool, Header
from std_srvs.srv import Trigger

from tank_core.exceptions import TankError
from tank_core.health import Level
from tank_core.io.one_line import described
from tank_core.pacing import Pacer
from tank_core.robot import load_robot
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.parameters import Setting
from tank_core.ros.runtime.link import Near, Stamped
from tank_core.ros.tank_node import TankNode
from tank_core.state import RobotState
from tank_core.stop_latch import OPERATOR
from tank_executor.learned import Learned
from tank_executor.photo_keeper import PhotoKeeper
from tank_executor.plan import PlanState
from tank_executor.plan_runner import PlanRunner
from tank_executor.ros.drawings import Drawings
from tank_executor.ros.hearing import Hearing
from tank_executor.ros.orders import Orders
from tank_executor.ros.outputs import ExecutorPublishers
from tank_executor.ros.photos import Photos
from tank_executor.ros.place_topics import PlaceTopics
from tank_executor.ros.senders import Senders
from tank_executor.ros.senses import SensorReadings
from tank_executor.ros.settings import SETTINGS, compass_of
from tank_executor.ros.skills import SkillThread, Views
from tank_executor.ros.teleop import Teleop
from tank_executor.running.plan_run import Output
from tank_msgs.msg import DetectedObjectArray
from tank_skills.choosing import load_skills

ROBOT = "robot"  # who stopped the executor, when the robot did
STATUS_PERIOD = 0.2  # [s] of execution_status while a list runs
WATCH_PERIOD = 0.1  # [s] of wall time: what happens when no odometry comes
ODOMETRY_SILENCE_S = 0.3  # [s] of wall time without odometry before the watch steps instead
# [s] of wall time without odometry, after which it may not be the robot that the plan began with:
# no robot obeys for longer
GAP_S = 0.55
DEAD_S = 3.0  # [s] of wall time without odometry and without anybody who would publish it


class ExecutorNode(TankNode):
    """Executes command lists and goals, one plan at a time.

    It steps the runner with each odometry message, so it keeps the robot's own pace, real or
    faster. ``_lock`` is held around every use of the runner together with what it sends: nothing of
    an older step can go out after a stop's zero velocity. Nothing slow may happen under it.
    """

    SETTINGS: ClassVar[tuple[Setting, ...]] = SETTINGS

    def __init__(self, name: str = names.EXECUTOR_NODE, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self._lock = RLock()
        self._runner: PlanRunner | None = None
        self._state: RobotState | None = None
        self._senses = SensorReadings(self.diagnostics, self.settings["base_frame"])
        self._senders = Senders(self)
        self._heard = 0.0  # wall time of the last odometry, or of the plan that waits for the first
        self._undoing: list[Callable[[], object]] = []
        self._active = False

    @property
    def runner(self) -> PlanRunner:
        """The runner of plans; raises TankError before configure."""
        if self._runner is None:
            raise TankError(f"{self.get_name()} is not configured")
        return self._runner

    # Lifecycle

    def configure(self) -> None:
        with self._lock:  # what comes in meanwhile waits until everything is there
            self._configure()

    def _configure(self) -> None:
        robot, thinker = load_robot(self.settings["robot"]), SkillThread()
        self._undoing.append(thinker.close)
        skills = load_skills(self.settings["skills"], robot)
        self._runner = PlanRunner(
            robot,
            stop_for_obstacles=self.settings["stop_for_obstacles"],
            compass=compass_of(self.settings),
            learned=Learned(skills, self.settings["skill_fallback"], thinker.think),
        )
        self._views = Views(self, self._lock, self._runner)
        self._undoing.append(self._views.close)
        self._pacer = Pacer(STATUS_PERIOD)
        self._outputs = ExecutorPublishers(self)
        state = partial(getattr, self, "_state")
        self._drawings = Drawings(self, self._runner.robot, state)
        self._undoing.append(self._drawings.close)
        self._photos = Photos(self, self._lock, self._runner, state, PhotoKeeper())
        self._places = PlaceTopics(self, self._lock, self._runner.places)
        self._teleop = Teleop(self, self._lock, self._runner, self._takes_none, self._send)
        self._undoing += [self._outputs.close, self._photos.close, self._places.close]
        self._undoing.append(self._teleop.close)
        # A stop comes through while another callback runs.
        senses, alone = self._senses, MutuallyExclusiveCallbackGroup
        at_once, in_turn, stream = Near.AT_ONCE, Near.IN_TURN, names.STREAM
        for kind, topic, callback, qos, near, on_value in (
            (Odometry, names.ODOM, self._on_odometry, stream, in_turn, self._on_state),
            (JointState, names.JOINT_STATES, senses.on_joints, stream, at_once,
                senses.take_joints),
            (Range, names.RANGE, senses.on_range, names.SENSOR_DATA, at_once, senses.take_range),
            (BatteryState, names.BATTERY_STATE, senses.on_battery, stream, at_once,
                senses.take_battery),
            (DetectedObjectArray, names.DETECTIONS, senses.on_detections, names.RELIABLE,
                at_once, None),
            (Bool, names.ROBOT_STOPPED, self._on_robot_stopped, names.EVERY_STOP, None, None),
            (Header, names.WORLD_RESET, self._on_world_reset, names.RELIABLE, None, None),
        ):  # fmt: skip
            heard = self.hear(kind, topic, callback, qos, alone(), near=near, on_value=on_value)
            self._undoing.append(heard.close)
        always = ReentrantCallbackGroup()
        self._hearing = Hearing(self, self._on_deaf)
        self._undoing.append(self._hearing.close)
        for name, answer in ((names.STOP, self._on_stop), (names.RESET_STOP, self._on_reset_stop)):
            service = self.create_service(
                Trigger, name, self.guarded(name, answer), callback_group=always
            )
            self._undoing.append(partial(self.destroy_service, service))
        send = partial(self._send, at_once=True)
        self._orders = Orders(
            self, self._lock, self._runner, self._takes_none, self._first_plan, send
        )
        self._undoing.append(self._orders.close)
        clock, group = Clock(clock_type=ClockType.STEADY_TIME), MutuallyExclusiveCallbackGroup()
        timer = self.create_timer(
            WATCH_PERIOD, self.guarded("watch", self._watch), callback_group=group, clock=clock
        )
        self._undoing.append(partial(self.destroy_timer, timer))

    def activate(self) -> None:
        with self._lock:
            self._active = True
            self._say_stopped()
            self._publish_status(force=True)

    def deactivate(self) -> None:
        with self._lock:
            if self._active and self._runner is not None:
                self._end("the executor was ended")
            self._active = False

    def cleanup(self) -> None:
        while self._undoing:
            self._undoing.pop()()
        self._runner = None

    # What the robot says

    def _on_odometry(self, message: Odometry) -> None:
        with self._lock:
            self._take_state(self._senses.state(message))

    def _on_state(self, odometry: Stamped) -> None:
        """The same by a robot in this process."""
        with self._lock:
            self._take_state(self._senses.state_at(odometry))

    def _take_state(self, state: RobotState) -> None:
        with self._lock:
            now, before = time.monotonic(), self._state
            # Not by the new stamp: what waited meanwhile comes first. And by the robot's clock,
            # too: a simulation may be slow.
            gap = min(now - self._heard, self._now() - before.time) if before is not None else 0.0
            self._heard, self._state = now, state
            if self.runner.running and gap > GAP_S:  # its watchdog has stopped it: it stays so
                self._end(
                    f"no odometry for {gap:.1f} s: the robot's driver or the executor hung, or was "
                    "started again"
                )
            self._step(state)

    def _on_robot_stopped(self, message: Bool) -> None:
        """End the plans when the robot stopped for a reason of its own.

        What follows from our own stop is no news.
        """
        with self._lock:
            if not message.data:
                self.runner.reset_stop(ROBOT)
            elif not self.runner.stopped:
                reason = f"the robot was stopped; call {names.ROBOT_RESET_STOP}"
                self._send(self.runner.stop(reason, ROBOT), at_once=True)

    def _on_world_reset(self, message: Header) -> None:
        """End what goes on: by odometry alone, a reset may look like a drive."""
        with self._lock:
            until = convert.time_from_ros(message.stamp)
            self._send(self.runner.world_reset(until), at_once=True)

    def _on_deaf(self, reason: str) -> None:
        """End what goes on when nobody hears "stop" any more."""
        with self._lock:
            if self.runner.running:
                self._end(reason)

    def _end(self, reason: str) -> None:
        """End every plan; new ones are taken."""
        self._send(self.runner.stop(reason, latch=False), at_once=True)

    # What the operator says

    def _takes_none(self) -> str | None:
        """Say why no plan is taken now; None when one is."""
        return None if self._active else f"{self.get_name()} is not active"

    def _first_plan(self) -> None:
        """Look at odometry anew: one that was away has no gap in this plan."""
        self._state = None
        self._heard = max(self._heard, time.monotonic())

    def _on_stop(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        with self._lock:
            self._send(self.runner.stop(f"the service {names.STOP} was called"), at_once=True)
            self._say_stopped()
        response.success, response.message = True, f"stopped; call {names.RESET_STOP} to go on"
        return response

    def _on_reset_stop(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        with self._lock:
            response.success = self.runner.reset_stop(OPERATOR)
            self._say_stopped()
            still = f"still stopped: {self.runner.stop_reason}"
            response.message = "commands are accepted" if response.success else still
        return response

    # What goes on

    def _step(self, state: RobotState | None) -> None:
        """Step the runner, and send what it wants.

        Whatever goes wrong in it ends with the robot standing.
        """
        if not self._active:
            return
        try:
            output = self.runner.step(state, self._senses.detections, self._now())
        except Exception as error:
            self.report_fault("executor", error)
            output = self.runner.stop(f"the executor failed: {described(error)}", latch=False)
        self._send(output)
        self._teleop.step()

    def _watch(self) -> None:
        """Step the runner where no odometry comes: it can say so, and stop."""
        self._senders.watch()
        self._photos.watch()
        self._views.watch()
        with self._lock:
            self._orders.settle()
            self._hearing.watch()
            self._teleop.step()
            silent = time.monotonic() - self._heard
            if not self._active or not self.runner.running or silent < ODOMETRY_SILENCE_S:
                return
            nobody = self.count_publishers(names.ODOM) == 0
            self._step(None if nobody else self._state)
            # a simulation that ended took its clock along, so the runner sees no time pass
            if nobody and silent > DEAD_S:
                reason = "no odometry on 'odom': is the robot running?"
                self._send(self.runner.fail(reason), at_once=True)

    def _send(self, output: Output, at_once: bool = False) -> None:
        """Send what the runner wants.

        ``at_once``: a stop or an end, which must not be dropped for its stamp.
        """
        self._outputs.send(output, 0.0 if at_once else self._now())
        self._publish_status()

    def _publish_status(self, force: bool = False) -> None:
        changes = self.runner.take_changes()
        due = self.runner.status.state is PlanState.RUNNING and self._pacer.due(time.monotonic())
        for status in changes or ([self.runner.status] if due or force else []):
            self._outputs.tell(status, self._now(), bool(changes or force))
            self._orders.tell(status)
        for status in changes:
            self._drawings.tell(status)
        for event in (status for status in changes if status.plan is None):
            self.get_logger().warning(event.message)
        if changes or force:
            self._places.tell()
        if changes:
            last = changes[-1]
            bad = last.plan is None or last.state in (PlanState.FAILED, PlanState.REFUSED)
            self.diagnostics.set("executor", Level.WARN if bad else Level.OK, last.message)

    def _say_stopped(self) -> None:
        """Tell the operator's stop alone.

        Sending the robot's own one back to it would keep both stopped for ever.
        """
        self._outputs.tell_stopped(self.runner.stopped_by(OPERATOR))

    def _now(self) -> float:
        return float(self.get_clock().now().nanoseconds * 1e-9)
