"""Tells what an ideal camera would, made from the simulator's truth.

For tests of the executor alone.
"""

import math
from collections.abc import Callable

from tank_core.state import Detection, Detections, Gate, Pose2D, RobotState
from tank_sim.mujoco_backend import MujocoBackend

PERIOD_S = 0.2
FIELD_RAD = math.radians(46.0)  # on either side of straight ahead
GATE_FIELD_RAD = math.radians(39.0)  # of the floor farther away
NEAR_M = 0.16
HELD_M = 0.1  # higher than this is held


def ideal_camera(
    backend: MujocoBackend, latency: float = 0.1, memory: bool = True, held_m: float = HELD_M
) -> Callable[[RobotState], Detections | None]:
    """Return what gives the detections at a state, 5 times a second.

    They are ``latency`` [s] old; with ``memory`` what was seen once is remembered where it lay in
    odom. What is higher than ``held_m`` [m] is seen between the fingers.

    The simulation must be ideal: odometry and truth then are the same up to a millimeter or two.
    """
    waiting: list[Detections] = []
    known: dict[str, tuple[int, tuple[float, float], Detection, float]] = {}
    gates: dict[str, float] = {}  # when each was seen last
    newest: Detections | None = None
    sizes = {thing.name: thing.size for thing in backend.world.objects}

    def see(state: RobotState) -> Detections | None:
        nonlocal newest
        if not waiting or state.time - waiting[-1].time >= PERIOD_S - 1e-6:
            waiting.append(_image(state))
        while waiting and state.time - waiting[0].time >= latency - 1e-6 and len(waiting) > 0:
            newest = waiting[0]
            if len(waiting) == 1:
                break
            waiting.pop(0)
        return newest

    def _image(state: RobotState) -> Detections:
        pose, found = backend.truth(), []
        for number, (name, thing) in enumerate(backend.objects().items(), start=1):
            x, y = pose.to_local((thing.x, thing.y))
            held = thing.z > held_m
            if held or (abs(math.atan2(y, x)) < FIELD_RAD and math.hypot(x, y) > NEAR_M):
                size = sizes[name]
                one = Detection(
                    number, thing.color, thing.shape, (x, y, thing.z), (size, size, size)
                )
                known[name] = number, (thing.x, thing.y), one, state.time
                found.append(one)
            elif memory and name in known:
                number, place, one, seen = known[name]
                here = pose.to_local(place)
                found.append(
                    Detection(
                        number,
                        one.color,
                        one.shape,
                        (*here, one.position[2]),
                        one.size,
                        age=state.time - seen,
                    )
                )
        return Detections(state.time, tuple(found), _gates(backend, pose, state.time, gates))

    return see


def _gates(
    backend: MujocoBackend, pose: Pose2D, now: float, seen: dict[str, float]
) -> tuple[Gate, ...]:
    """The openings of the world that are in sight, and those that once were."""
    found = []
    for number, one in enumerate(backend.world.scene.openings, start=1):
        yaw = math.remainder(one.pose.yaw - pose.yaw, 2 * math.pi)
        here = Pose2D(*pose.to_local((one.pose.x, one.pose.y)), yaw)
        ends = [here.to_world((0.0, side * one.width / 2)) for side in (1, -1)]
        if all(x > NEAR_M and abs(math.atan2(y, x)) < GATE_FIELD_RAD for x, y in ends):
            seen[one.name] = now
        if one.name in seen:
            age = now - seen[one.name]
            found.append(Gate(number, here, one.width, color=one.color, age=age))
    return tuple(found)
