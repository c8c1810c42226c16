"""Turns a robot's tracks, and hears how its loop keeps its rate."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from diagnostic_msgs.msg import DiagnosticArray
from sensor_msgs.msg import CameraInfo

from tank_cli.doctor.loop import LoopMeasurement, Phase
from tank_cli.doctor.processes import Processes, find
from tank_client.client_node import StackClient
from tank_core.exceptions import TankError
from tank_core.io.user_paths import claimed_domain
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.discovery import speed_up_discovery
from tank_executor.plan import PlanState
from tank_stack.arguments import Value
from tank_stack.stack import RASPTANK, load_stack
from tank_stack.stack_runner import StackRunner

LOOP, GUARDIAN = f"{names.DRIVER_NODE}: control loop", f"{names.DRIVER_NODE}: guardian"
DRIVER = "tank_hw_driver.driver_node:DriverNode"  # in the command line of its process
FIND_S, START_S, SETTLE_S, MOVE_S = 3.0, 90.0, 3.0, 20.0
AT_REST, DRIVING, TOLD = PHASES = ("at rest", "driving", "while told")
DRIVE, TALK_S = "turn left 360 degrees", 1.5
SENTENCES = 12  # that wait: a turn takes some seconds


class _Ears:
    """Notes what the robot says of itself, into the phase that is now."""

    def __init__(self, client: StackClient) -> None:
        self.phase, self.camera, self._held = Phase(""), False, False
        self._lock = threading.Lock()
        client.listen(DiagnosticArray, names.DIAGNOSTICS, self._on_diagnostics, names.RELIABLE)
        client.listen(CameraInfo, names.CAMERA_INFO, self._on_camera, names.NEWEST_HEARD)

    def _on_camera(self, _: CameraInfo) -> None:
        self.camera = True

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        with self._lock:
            for status in message.status:
                values = {pair.key: pair.value for pair in status.values}
                if status.name == LOOP and "turns a second" in values:
                    self.phase.rates.append(float(values["turns a second"]))
                    self.phase.gaps.append(float(values["longest gap [ms]"]))
                    self.phase.missed += int(float(values["turns missed"]))
                elif status.name == GUARDIAN:
                    held = status.level != status.OK
                    self.phase.cuts += held and not self._held
                    self._held = held


def measure(
    seconds: float, given: dict[str, Value], tell: Callable[[str], None]
) -> LoopMeasurement:
    """Watch at rest, while driving, and while sentences come.

    A third of the time [s] each. A robot that runs already in this ROS domain is measured as it is,
    else one is started with these settings. Raises TankError where it does not become ready or does
    not move.
    """
    with ExitStack() as ends:
        client, pid, mine = ends.enter_context(_robot(given, tell))
        ears = _Ears(client)
        rate = client.parameters(names.DRIVER_NODE, ["control_rate"]).get("control_rate")
        ends.callback(client.say, "stop")
        processes = Processes(pid)
        phases = []
        for name in PHASES:
            if name != AT_REST:
                _drive(client)
            tell(f"{name} for {seconds / len(PHASES):.0f} s ...")
            ears.phase = Phase(name)
            processes.begin()
            end = time.monotonic() + seconds / len(PHASES)
            while (left := end - time.monotonic()) > 0.0:
                if name == TOLD:
                    client.say(DRIVE)
                time.sleep(min(TALK_S, left))
            ears.phase.cores = processes.own_cores()
            phases.append(ears.phase)
        others = processes.others(mine)
        memory = processes.resident_mb(), processes.free_mb()
        return LoopMeasurement(float(rate or 0.0), phases, ears.camera, others, *memory)


def _drive(client: StackClient) -> None:
    """Make it turn, if it does not."""
    if _moves(client):
        return
    for _ in range(SENTENCES):
        client.say(DRIVE)
    if not client.wait_until(lambda: _moves(client), MOVE_S):
        raise TankError(
            f"the robot did not begin to turn within {MOVE_S:g} s; ./tank status says how it is"
        )


def _moves(client: StackClient) -> bool:
    status = client.heard.status
    return status is not None and status.state is PlanState.RUNNING


@contextmanager
def _robot(
    given: dict[str, Value], tell: Callable[[str], None]
) -> Iterator[tuple[StackClient, int, frozenset[int]]]:
    """A client of a robot that is ready, its process, and those of its stack."""
    speed_up_discovery()
    mock = bool(given["mock_hardware"])
    with ExitStack() as ends:
        if not mock:
            client = ends.enter_context(StackClient())
            pid = find(DRIVER)
            if client.wait_until(lambda: names.DRIVER_NODE in client.node_names(), FIND_S) and pid:
                tell("the robot that runs here is measured as it is")
                yield client, pid, frozenset()
                return
            client.close()
        else:  # away from the guardian of a real robot
            folder = ends.enter_context(tempfile.TemporaryDirectory(prefix="tank-mock-"))
            os.environ |= {
                "TANK_GUARDIAN_SOCKET": f"{folder}/guardian",
                "TANK_CHIPS_SOCKET": f"{folder}/chips",
            }
        ends.enter_context(claimed_domain())
        tell("starting the robot ...")
        lines = deque[str](maxlen=8)
        stack = load_stack(RASPTANK)
        runner = StackRunner(
            stack, given, lambda process, line: lines.append(f"{process}: {line}"), lines.append
        )
        runner.start()
        ends.callback(runner.end)
        client = ends.enter_context(StackClient())
        nodes = stack.nodes_started(stack.settings(given))
        if not runner.wait(lambda: client.readiness(nodes).ready, START_S):
            raise TankError(f"the robot is not ready within {START_S:g} s: {' / '.join(lines)}")
        time.sleep(SETTLE_S)
        yield client, runner.pids["robot"], frozenset(runner.pids.values())
