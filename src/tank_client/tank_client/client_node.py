"""The client of a running stack: a node that speaks for a person.

It says sentences, stops the robot, and listens to what the stack reports.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tank_client.narrator import Understanding
from tank_client.readiness import MODEL_PART, VIEWER_PARTS, Readiness, readiness
from tank_core.exceptions import TankError
from tank_core.io.console import fail
from tank_core.io.one_line import described
from tank_core.ros.runtime.environment import not_started, prepare
from tank_executor.plan import PlanStatus

prepare()  # before rclpy: some of it ends the process when that is imported

try:
    import rclpy
    from diagnostic_msgs.msg import DiagnosticArray
    from rclpy.signals import SignalHandlerOptions
    from std_msgs.msg import Bool, String
    from std_srvs.srv import Trigger

    from tank_client.ros.messages import report_from_ros, understanding_from_ros
    from tank_client.ros.parameters import ask_parameters
    from tank_core.ros import interfaces as names
    from tank_core.ros.runtime.executor import GroupExecutor
    from tank_core.ros.surroundings import CLOCK, MATCHING, clock_givers
    from tank_msgs.msg import CommandList, ExecutionStatus
except ImportError as missing:
    raise TankError(
        f"ROS 2 or Tank's messages are not set up here ({missing}); start this through ./tank, "
        "which sets them up"
    ) from None

SURROUNDINGS = f": {MATCHING}", f": {CLOCK}"  # the ends of such parts' names
# of ``StackClient.call``
STOP = names.STOP
"""The service that stops the robot, which stays stopped until ``RESET_STOP``."""
RESET_STOP = names.RESET_STOP
"""The service that takes ``STOP`` back."""
RESET_WORLD = names.RESET_WORLD
"""The service of a simulation that puts robot and objects back to where they began."""


def _ignore(*_: Any) -> None:
    pass


def _complain(error: BaseException) -> None:
    fail(f"a report of the stack could not be shown: {described(error)}")


@dataclass
class Listener:
    """Functions that are told what the stack reports; all are optional.

    They are called from the client's own thread, and must not block it. What one raises is told on
    stderr and ends nothing.
    """

    # what became of a sentence, anybody's
    on_understanding: Callable[[Understanding], object] = _ignore
    # what the executor does: at every change, and at 5 Hz while a list runs
    on_status: Callable[[PlanStatus], object] = _ignore
    # whether the executor holds a stop, at first and at every change
    on_stopped: Callable[[bool], object] = _ignore
    # whether all is well, and where the robot is shown or why it is not
    on_viewer: Callable[[bool, str], object] = _ignore
    # somebody is not heard, or there is a second clock: once when it begins
    on_trouble: Callable[[str], object] = _ignore


@dataclass
class Heard:
    """The newest of what was heard of the stack."""

    status: PlanStatus | None = None
    stopped: bool = False
    robot: bool = False  # it is active
    # "NODE: PART" -> in order, message
    diagnostics: dict[str, tuple[bool, str]] = field(default_factory=dict)

    def troubles(self) -> set[str]:
        """Faults that nodes tell of their surroundings now."""
        return {
            message
            for part, (fine, message) in self.diagnostics.items()
            if part.endswith(SURROUNDINGS) and not fine
        }


class StackClient:
    """Talks to a running stack: says sentences, stops it, hears its reports.

    A ROS node on a thread of its own, with a ROS context of its own, in the domain of
    ROS_DOMAIN_ID. Use it as a context manager. ``listener`` is told what the stack reports,
    ``heard`` keeps the newest of it. Names of topics, services and nodes are those of
    ``tank_core.ros.interfaces``, in the namespace of the stack. Methods may be called from any
    thread, but ``call`` and ``wait_until`` not from the client's own, which is the listener's: they
    would wait for it. Raises TankError where ROS 2 does not start; whoever is absent raises
    nothing: ask ``translator_listens``, ``executor_listens`` or ``readiness``::

        from tank_client.client_node import STOP, StackClient

        with StackClient() as client:
            if client.wait_until(client.translator_listens, 10.0):
                client.say("turn left")
                done, answer = client.call(STOP)
                print(done, answer)

    ``tank_client`` shows how to wait for the end of a sentence.
    """

    def __init__(self, listener: Listener | None = None, space: str = "") -> None:
        """Join the stack's domain, and listen from now on.

        ``listener``: who is told, nobody when None. ``space``: the namespace of the stack, such as
        tank2; empty for none. Raises TankError where ROS 2 does not start, or takes no such name.
        """
        self.listener, self.heard = listener or Listener(), Heard()
        self._troubles: set[str] = set()
        self._closing = threading.Event()
        self._context = rclpy.Context()
        try:
            rclpy.init(
                args=[], context=self._context, signal_handler_options=SignalHandlerOptions.NO
            )
            self._node = rclpy.create_node(
                "tank_cli",
                context=self._context,
                namespace=space,
                start_parameter_services=False,
                enable_rosout=False,
            )
        except Exception as error:  # what rcl and its middleware find wrong comes in many kinds
            self._context.try_shutdown()
            raise TankError(not_started(error)) from None
        self._executor = GroupExecutor(context=self._context, on_error=_complain)
        self._executor.add_node(self._node)
        self._instruction = self._node.create_publisher(String, names.INSTRUCTION, names.RELIABLE)
        self._services = {
            name: self._node.create_client(Trigger, name)
            for name in (STOP, RESET_STOP, RESET_WORLD)
        }
        for kind, topic, callback, qos in (
            (CommandList, names.COMMANDS, self._on_commands, names.RELIABLE),
            (ExecutionStatus, names.EXECUTION_STATUS, self._on_status, names.EVERY_STATUS),
            (Bool, names.STOPPED, self._on_stopped, names.LATCHED),
            (Bool, names.ROBOT_STOPPED, self._on_robot, names.LATCHED),
            (DiagnosticArray, names.DIAGNOSTICS, self._on_diagnostics, names.RELIABLE),
        ):
            self._node.create_subscription(kind, topic, callback, qos)
        self._executor.start()

    def __enter__(self) -> StackClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave ROS: the others see at once that nobody listens here any more.

        Idempotent.
        """
        if self._closing.is_set():
            return
        self._closing.set()
        self._executor.shutdown()
        self._node.destroy_node()
        self._context.try_shutdown()

    # What a person does

    def node_names(self) -> list[str]:
        """The names of the nodes in this namespace; a double is there twice."""
        own = self._node.get_namespace()
        found = self._node.get_node_names_and_namespaces()
        return [name for name, space in found if space == own]

    def strange_clocks(self) -> list[str]:
        """The nodes that publish /clock and are no simulator of Tank's."""
        return [
            name for name in clock_givers(self._node) if not name.endswith(f"/{names.SIM_NODE}")
        ]

    def translator_listens(self) -> bool:
        """Whether somebody would hear a sentence, and we the answer."""
        return bool(
            self._instruction.get_subscription_count() > 0
            and self._node.count_publishers(names.COMMANDS) > 0
        )

    def executor_listens(self) -> bool:
        """Whether somebody would carry commands out, and has been heard.

        Then what follows will be heard, too.
        """
        subscribers: int = self._node.count_subscribers(names.COMMANDS)  # one is ours
        return subscribers > 1 and self.heard.status is not None

    def translates(self) -> bool:
        """Whether there is a language model, as far as was heard."""
        return self.heard.diagnostics.get(MODEL_PART, (True, ""))[0]

    def last_stamp(self) -> int:
        """The stamp [ns] of the executor's last list; 0 for none."""
        status = self.heard.status
        return status.plan.stamp if status is not None and status.plan is not None else 0

    def readiness(self, nodes: Sequence[str]) -> Readiness:
        """Judge how far the stack is whose nodes have the names ``nodes``."""
        heard = self.heard
        return readiness(
            nodes, self.node_names(), dict(heard.diagnostics), heard.robot, heard.status is not None
        )

    def say(self, instruction: str) -> None:
        """Send a sentence; who does not listen does not hear it later."""
        self._instruction.publish(String(data=instruction))

    def call(self, service: str, timeout: float = 5.0) -> tuple[bool, str]:
        """Call the service STOP, RESET_STOP or RESET_WORLD.

        Returns whether it was done, and the answer, or who did not answer within ``timeout`` [s],
        first for the service to be there, then for its answer. From any thread but this client's
        own. Raises KeyError for any other name.
        """
        client = self._services[service]
        if not client.wait_for_service(timeout_sec=timeout):
            return False, f"nobody offers the service {service}"
        answered = threading.Event()
        future = client.call_async(Trigger.Request())
        future.add_done_callback(lambda _: answered.set())
        if not answered.wait(timeout):
            return False, f"the service {service} did not answer within {timeout:g} s"
        response = future.result()
        return bool(response.success), str(response.message)

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until something is true; False when ``timeout`` [s] went by.

        Also False when the client was closed. ``condition`` is asked 50 times a second, on the
        caller's thread. Not on the client's own thread.
        """
        end = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > end or self._closing.is_set():
                return False
            time.sleep(0.02)
        return True

    def listen(self, kind: type, topic: str, callback: Callable[[Any], None], qos: Any) -> None:
        """Hear another topic, on the client's own thread.

        ``kind``: the class of its messages; ``topic``: its name, in the stack's namespace unless it
        begins with a slash; ``callback`` is called with each message, and must not block; what it
        raises is told on stderr. ``qos``: a QoSProfile, or how many messages may wait. Raises
        rclpy's errors for a name that is none and for a class that is no message.
        """
        self._node.create_subscription(kind, topic, callback, qos)

    def publisher(self, kind: type, topic: str, qos: Any) -> Callable[[Any], None]:
        """A function that publishes to another topic, from any thread.

        Arguments and errors as of ``listen``. The function takes a message of ``kind``; it goes to
        those who listen by then: ``hearers`` tells how many do.
        """
        publish: Callable[[Any], None] = self._node.create_publisher(kind, topic, qos).publish
        return publish

    def parameters(self, node: str, wanted: Sequence[str], timeout: float = 2.0) -> dict[str, Any]:
        """The values of a node's parameters; {} where it does not answer.

        ``node``: its name; ``wanted``: those of the parameters. Within ``timeout`` [s]; one that it
        has not is left out. Not on the client's own thread.
        """
        return ask_parameters(self._node, node, wanted, timeout)

    def hearers(self, topic: str) -> int:
        """The number of those who hear a topic."""
        return int(self._node.count_subscribers(topic))

    def senders(self, topic: str) -> int:
        """The number of those who publish on a topic."""
        return int(self._node.count_publishers(topic))

    # What the stack reports

    def _on_commands(self, message: CommandList) -> None:
        self.listener.on_understanding(understanding_from_ros(message))

    def _on_status(self, message: ExecutionStatus) -> None:
        try:
            self.heard.status = report_from_ros(message)
        except ValueError:
            return  # not by our executor: a state or a command that is none
        self.listener.on_status(self.heard.status)

    def _on_stopped(self, message: Bool) -> None:
        self.heard.stopped = bool(message.data)
        self.listener.on_stopped(self.heard.stopped)

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            said = (status.level == b"\0", status.message)
            if status.name in VIEWER_PARTS and self.heard.diagnostics.get(status.name) != said:
                self.listener.on_viewer(*said)
            self.heard.diagnostics[status.name] = said
        self._look_for_trouble()

    def _look_for_trouble(self) -> None:
        """Tell each trouble when it begins; several nodes may tell the same.

        It is told again when it comes back.
        """
        troubles = self.heard.troubles()
        for text in sorted(troubles - self._troubles):
            self.listener.on_trouble(text)
        self._troubles = troubles

    def _on_robot(self, _: Bool) -> None:
        self.heard.robot = True
