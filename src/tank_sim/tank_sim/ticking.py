"""The control loop's beat in a simulation without nodes."""

from __future__ import annotations

from tank_core.backend import SimulatedBackend
from tank_core.pacing import TICK_S
from tank_core.robot_controller import RobotController
from tank_core.state import RobotState


def pass_ticks(
    backend: SimulatedBackend, controller: RobotController, state: RobotState, ticks: int = 1
) -> RobotState:
    """Let control periods pass from a state on; returns the state after them.

    What was commanded holds meanwhile, as long as the controller's watchdog lets it.
    """
    for _ in range(ticks):
        backend.advance(TICK_S)
        state = controller.step(state.time + TICK_S)
    return state
