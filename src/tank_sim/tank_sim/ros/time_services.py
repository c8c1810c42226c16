"""Services that let simulated time stand still, and go on step by step."""

from __future__ import annotations

from collections.abc import Callable

from std_srvs.srv import SetBool, Trigger

from tank_core.health import Level
from tank_core.ros import interfaces as names
from tank_core.ros.tank_node import TankNode
from tank_sim.physics_loop import PhysicsLoop


class TimeServices:
    """Answers ``set_pause`` and ``step_simulation`` for a node.

    ``loop`` gives the thread of the physics, None while the node is not active; ``time`` the
    simulation's own [s].
    """

    def __init__(
        self, node: TankNode, loop: Callable[[], PhysicsLoop | None], time: Callable[[], float]
    ) -> None:
        self._node, self._loop, self._time = node, loop, time

    def on_set_pause(
        self, request: SetBool.Request, response: SetBool.Response
    ) -> SetBool.Response:
        """Let time stand still, or go on."""
        loop = self._loop()
        if loop is None:
            response.success, response.message = False, f"{self._node.get_name()} is not active"
            return response
        (loop.pause if request.data else loop.resume)()
        word = "paused" if request.data else "running"
        self._node.diagnostics.set("physics", Level.OK, word)
        response.success, response.message = True, f"{word} at {self._time():.3f} s"
        return response

    def on_step_simulation(
        self, _: Trigger.Request, response: Trigger.Response
    ) -> Trigger.Response:
        """Let some control periods pass while time stands still."""
        loop, turns = self._loop(), self._node.settings["turns_per_step"]
        response.success = loop is not None and loop.step(turns)
        response.message = (
            f"at {self._time():.3f} s"
            if response.success
            else f"not paused; call {names.SET_PAUSE} with true first"
        )
        return response
