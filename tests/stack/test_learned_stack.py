"""Sentences by learned skills, over real ROS, and a stop to one that drives."""

from __future__ import annotations

import math

import pytest
from stack_operator import HEADLESS, stack_in

from tank_core.robot import load_robot
from tank_core.testing.lateness import Lateness
from tank_core.testing.own_domain import own_domain
from tank_executor.plan import PlanState
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import build_world

pytestmark = pytest.mark.slow
GATE_DOMAIN, FACE_DOMAIN = str(own_domain()), str(own_domain())
STOPPED_WITHIN_S = 0.1  # as of any drive


def test_through_the_gate_and_a_stop_on_the_way() -> None:
    settings = HEADLESS | {"world": "gate", "skills": "go_through=learned"}
    (opening,) = build_world("gate", load_robot("tank")).scene.openings
    with stack_in(GATE_DOMAIN, **settings) as operator:
        operator.until(lambda: operator.truth is not None)
        with Lateness() as lateness:
            operator.client.say("go through the gate")
            delay = operator.stop_from_motion()
            assert delay < STOPPED_WITHIN_S + lateness.allowance()
        operator.until(lambda: any(s.state is PlanState.STOPPED for s in operator.statuses))
        x, y, _ = operator.pose()
        assert opening.pose.to_local((x, y))[0] < 0.0
        for _ in range(3):  # where others keep the machine busy, its look may be too late
            status = operator.do("go through the gate")
            if "no camera detections" not in status.message:
                break
        assert status.state is PlanState.SUCCEEDED, status
        assert status.message.endswith("by the learned skill go_through-tank")
        x, y, _ = operator.pose()
        along, aside = opening.pose.to_local((x, y))
        assert along > 0.2 and abs(aside) < opening.width / 2


def test_the_red_cube_is_faced() -> None:
    settings = HEADLESS | {"robot": "rasptank", "world": "playground", "seed": 7}
    settings["skills"] = "face=learned"
    with stack_in(FACE_DOMAIN, **settings) as operator:
        operator.until(lambda: operator.truth is not None)
        status = operator.do("face the red cube")
        assert status.state is PlanState.SUCCEEDED, status
        assert status.message.endswith("by the learned skill face-rasptank")
        x, y, yaw = operator.pose()
    cube_x, cube_y = _place_of("red", "cube", seed=7)
    off = math.degrees(math.atan2(cube_y - y, cube_x - x)) - yaw
    assert abs(math.remainder(off, 360.0)) < 3.0


def _place_of(color: str, shape: str, seed: int) -> tuple[float, float]:
    """The true place [m] of a thing of the playground."""
    backend = MujocoBackend(load_robot("rasptank"), "playground", camera=False)
    backend.reset(seed)
    one = next(
        thing
        for thing in backend.objects().values()
        if (thing.color, thing.shape) == (color, shape)
    )
    return one.x, one.y
