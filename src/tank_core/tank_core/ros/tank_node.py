"""The base of Tank's nodes.

A lifecycle that says why it failed, checked parameters, diagnostics, guarded callbacks.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any, ClassVar

from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.qos import QoSProfile

from tank_core.exceptions import TankError
from tank_core.health import Level
from tank_core.io.one_line import described
from tank_core.ros.diagnostics import Diagnostics
from tank_core.ros.parameters import Setting, read_settings
from tank_core.ros.runtime.link import Near, Stamped
from tank_core.ros.subscription import OpenSubscription
from tank_core.ros.surroundings import Surroundings

SUCCESS, FAILURE = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE


class TankNode(LifecycleNode):
    """A lifecycle node that tells why it cannot do what it should.

    A subclass lists its SETTINGS and fills in ``configure``, ``activate``, ``deactivate`` and
    ``cleanup``::

        class GreeterNode(TankNode):
            SETTINGS = (Setting("name", "tank", "who is greeted"),)

            def configure(self) -> None:
                self.hear(String, "hello", self._on_hello, names.RELIABLE)

    ``configure`` and ``activate`` raise when they cannot: the node then stays where it was,
    ``failure`` holds the reason in one line, and so do log and diagnostics. ``deactivate`` and
    ``cleanup`` are idempotent, and are called after a failure too. ``settings`` has the values of
    the parameters by name. ``tank_nodes MODULE:CLASS`` runs it.
    """

    SETTINGS: ClassVar[tuple[Setting, ...]] = ()
    # [s] after a failure until tank_nodes starts it again; None: somebody does that by hand
    revive_after: ClassVar[float | None] = None

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.failure = ""
        self.unconfigured = True
        self.diagnostics = Diagnostics(self)
        self.settings, self._setting_faults = read_settings(self, self.SETTINGS)
        self.diagnostics.set("state", Level.OK, "not configured")
        self._surroundings = Surroundings(self, self.diagnostics, self.on_clock_fault, self.guarded)

    def configure(self) -> None:
        """Get hold of what the node needs: files, models, buses, publishers."""

    def activate(self) -> None:
        """Begin to work. Lifecycle publishers are on already."""

    def deactivate(self) -> None:
        """Cease to work. Lifecycle publishers are still on."""

    def cleanup(self) -> None:
        """Let go of everything that ``configure`` took."""

    def guarded(self, part: str, callback: Callable[..., Any]) -> Callable[..., Any]:
        """The callback, with its exceptions reported: none ends the process.

        On log and diagnostics, under ``part``. A service's response is then sent with success False
        and the reason.
        """

        def run(*args: Any) -> Any:
            try:
                return callback(*args)
            except Exception as error:  # a callback's border: one bad message must not end the node
                self.report_fault(part, error)
                return _failed_response(args, error)

        return run

    def hear(
        self,
        kind: type,
        topic: str,
        callback: Callable[..., None],
        qos: QoSProfile,
        group: Any = None,
        *,
        part: str = "",
        with_info: bool = False,
        on_matched: Callable[[Any], None] | None = None,
        near: Near | None = None,
        on_value: Callable[[Stamped], None] | None = None,
    ) -> OpenSubscription:
        """Subscribe, guarded, to every publisher of a type.

        ``callback(message)``, or ``callback(message, info)`` with ``with_info``. ``part`` is the
        one of the diagnostics, the topic's name if none is given. ``on_matched(event)`` hears of
        publishers that come and go. ``near``: how it hears what nodes of its own process say by a
        LinkedPublisher, and ``on_value``, what they give as values instead of messages.
        """
        run = self.guarded(part or topic, callback)
        heard = run if with_info else lambda message, _: run(message)
        matched = on_matched and self.guarded(part or topic, on_matched)
        value = on_value and self.guarded(part or topic, on_value)
        return OpenSubscription(self, kind, topic, heard, qos, group, matched, near, value)

    def on_clock_fault(self, fault: str) -> None:
        """Hear that there is more than one clock; empty: not any more.

        For a node that lives by the clock.
        """

    def report_fault(self, part: str, error: BaseException) -> None:
        """Report a fault to diagnostics and, with its place, to the log."""
        self.diagnostics.error(part, "faults", described(error))
        self.get_logger().debug("".join(traceback.format_exception(error)))

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        if self._setting_faults:
            return self._failed("configure", TankError("; ".join(self._setting_faults)))
        return self._transition("configure", self.configure, "ready, not active")

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        super().on_activate(state)
        result = self._transition("activate", self.activate, "active")
        if result != SUCCESS:
            super().on_deactivate(state)
        return result

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._undo("deactivate", self.deactivate)
        super().on_deactivate(state)
        self.diagnostics.set("state", Level.OK, "ready, not active")
        return SUCCESS

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._undo("clean up", self.cleanup)
        self.unconfigured = True
        self.diagnostics.set("state", Level.OK, "not configured")
        return SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        self.on_deactivate(state)
        return self.on_cleanup(state)

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        return self.on_shutdown(state)

    def _transition(
        self, word: str, work: Callable[[], None], state: str
    ) -> TransitionCallbackReturn:
        try:
            work()
        except Exception as error:  # rclpy would swallow it here without a word
            return self._failed(word, error)
        self.failure, self.unconfigured = "", False
        self.diagnostics.set("state", Level.OK, state)
        return SUCCESS

    def _failed(self, word: str, error: Exception) -> TransitionCallbackReturn:
        self.failure = described(error)
        self.get_logger().error(f"{self.get_name()} did not {word}: {self.failure}")
        self.diagnostics.set("state", Level.ERROR, f"did not {word}: {self.failure}")
        if not isinstance(error, TankError):
            self.get_logger().error("".join(traceback.format_exception(error)))
        self._undo("deactivate", self.deactivate)
        if word == "configure":
            self._undo("clean up", self.cleanup)
        return FAILURE

    def _undo(self, word: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # the way down goes on, whatever one part of it says
            self.report_fault(word, error)


def _failed_response(args: tuple[Any, ...], error: Exception) -> Any:
    response: Any = args[1] if len(args) == 2 else None
    if hasattr(response, "success") and hasattr(response, "message"):
        response.success, response.message = False, described(error)
    return response
