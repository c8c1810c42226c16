"""Asks the stack: sentences, stops, and the simulation's services."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from rcl_interfaces.srv import SetParametersAtomically
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.parameter import Parameter
from std_msgs.msg import Bool, String
from std_srvs.srv import SetBool, Trigger

from tank_cockpit.stop_watch import StopState, StopWatch
from tank_core.ros import interfaces as names
from tank_core.ros.tank_node import TankNode

SIM_PARAMETERS = f"{names.SIM_NODE}/set_parameters_atomically"
RELEASE_S = 1.5  # [s] until a release that has come to nothing is told
PENDING = 16  # calls of a service that nobody has answered, at most


class CockpitClients:
    """The publishers and clients of a cockpit.

    A stop may be asked for from any thread, and waits for nobody: it calls both services at once,
    the robot's own and the executor's. That it is done is the robot's word (``stops``).
    """

    def __init__(self, node: TankNode, stops: StopWatch, tell: Callable[[str], None]) -> None:
        """``tell`` hears, from any thread, what was not done, and why."""
        self._node, self._stops, self._tell = node, stops, tell
        self._release_due, self._held = math.inf, ""  # when a release should be done; why it is not
        self._voices = {
            topic: node.create_publisher(String, topic, names.RELIABLE)
            for topic in (names.INSTRUCTION, names.REHEARSE)
        }
        alone = MutuallyExclusiveCallbackGroup
        self._clients = {
            name: node.create_client(kind, name, callback_group=alone())
            for kind, name in (
                (Trigger, names.ROBOT_STOP),
                (Trigger, names.STOP),
                (Trigger, names.ROBOT_RESET_STOP),
                (Trigger, names.RESET_STOP),
                (Trigger, names.RESET_WORLD),
                (SetBool, names.SET_PAUSE),
                (SetParametersAtomically, SIM_PARAMETERS),
            )
        }
        self._calls: dict[str, deque[Any]] = {name: deque() for name in self._clients}
        self._heard = node.hear(
            Bool, names.ROBOT_STOPPED, self._on_stopped, names.LATCHED,
            on_matched=self._on_robots,
        )  # fmt: skip

    def close(self) -> None:
        """Ask for nothing more. Idempotent."""
        self._heard.close()
        self._stops.says(None)  # it is not heard any more
        while self._clients:
            self._node.destroy_client(self._clients.popitem()[1])
        while self._voices:
            self._node.destroy_publisher(self._voices.popitem()[1])

    @property
    def heard(self) -> bool:
        """Whether somebody would hear a sentence."""
        return self._hears(names.INSTRUCTION)

    def say(self, sentence: str, topic: str = names.INSTRUCTION) -> bool:
        """Send a sentence; False where nobody hears it.

        On the topic ``rehearse``, its meaning comes back and nothing is done.
        """
        if not self._hears(topic):
            return False
        self._voices[topic].publish(String(data=sentence))
        return True

    def _hears(self, topic: str) -> bool:
        voice = self._voices.get(topic)
        return voice is not None and bool(voice.get_subscription_count() > 0)

    def stop(self, timeout: float) -> bool:
        """Stop the robot; whether it has confirmed that within ``timeout`` [s].

        From any thread.
        """
        press = self._stops.press(time.monotonic())
        self._call(names.ROBOT_STOP, Trigger.Request(), partial(self._on_answer, press))
        self._call(names.STOP, Trigger.Request())
        return self._stops.wait(press, timeout)

    def release(self) -> None:
        """Take our stops back: the executor's, and the robot's own."""
        self._release_due, self._held = time.monotonic() + RELEASE_S, ""
        for name in (names.RESET_STOP, names.ROBOT_RESET_STOP):
            self._call(name, Trigger.Request(), self._on_release)

    def watch(self, now: float) -> None:
        """Tell of a release at ``now`` [s] that has come to nothing.

        Not at once: the robot and the executor each hold the other's stop until that is let go.
        """
        if now < self._release_due:
            return
        self._release_due = math.inf
        if self._stops.state(now) is StopState.STOPPED:
            self._tell(self._held or "it is still stopped; press and hold Release again")

    def reset_world(self) -> None:
        """Put the simulated world back to its start."""
        self._call(names.RESET_WORLD, Trigger.Request(), self._on_done)

    def pause(self, on: bool) -> None:
        """Halt the simulation, or let it go on."""
        self._call(names.SET_PAUSE, SetBool.Request(data=on), self._on_done)

    def change_world(self, world: str, seed: int) -> None:
        """Put the robot into another simulated world."""
        wanted = (Parameter("world", value=world), Parameter("seed", value=seed))
        request = SetParametersAtomically.Request(
            parameters=[each.to_parameter_msg() for each in wanted]
        )
        self._call(SIM_PARAMETERS, request, self._on_world)

    def _on_world(self, response: SetParametersAtomically.Response) -> None:
        if not response.result.successful:
            self._tell(f"the world stays: {response.result.reason}")

    def _call(
        self, name: str, request: Any, on_answer: Callable[[Any], None] | None = None
    ) -> None:
        client, calls = self._clients.get(name), self._calls[name]
        if client is None:
            return
        future = client.call_async(request)
        calls.append(future)
        if len(calls) > PENDING:
            client.remove_pending_request(calls.popleft())
        if on_answer is not None:
            answer = self._node.guarded(name, lambda done: on_answer(done.result()))
            future.add_done_callback(answer)

    def _on_answer(self, press: int, response: Trigger.Response) -> None:
        if response.success:
            self._stops.answered(press)

    def _on_release(self, response: Trigger.Response) -> None:
        if response.success:
            self._stops.released()
        else:
            self._held = response.message

    def _on_done(self, response: Any) -> None:
        if not response.success:
            self._tell(response.message)

    def _on_stopped(self, message: Bool) -> None:
        self._stops.says(bool(message.data))

    def _on_robots(self, event: Any) -> None:
        """The robot has gone: what it said last holds no more."""
        if event.current_count == 0:
            self._stops.says(None)
