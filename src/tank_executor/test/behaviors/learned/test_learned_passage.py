"""go_through by a skill: by the truth it went through, or it says why not."""

import math

import pytest
from executor_rig import Rig
from ideal_camera import ideal_camera
from scripted_skill import ScriptedSkill, Twists

from tank_core.commands import Color, GoThrough, Shape, Side
from tank_core.geometry import Pose2D
from tank_core.robot import Robot
from tank_core.skill import Observation
from tank_executor.plan import PlanState
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import Opening, Scene, World, on_floor
from tank_sim.worlds.arches import arch

GATE, WIDTH = Pose2D(1.2, 0.1, math.radians(5.0)), 0.5


def rig_of(
    robot: Robot,
    skill: ScriptedSkill,
    *things: tuple[float, float],
    width: float = WIDTH,
    **options: object,
) -> Rig:
    cubes = tuple(on_floor(Color.RED, Shape.CUBE, 0.04, place) for place in things)
    scene = Scene(
        fixtures=tuple(arch(robot, "arch", width, GATE)), openings=(Opening("arch", GATE, width),)
    )
    backend = MujocoBackend(robot, World("arch", cubes, scene))
    return Rig(backend, ideal_camera(backend), learned=skill.learned(**options))


def driver(aside: float = 0.0, ends: float = 0.45, speed: float = 0.3, **card) -> ScriptedSkill:
    """Pursue a line ``aside`` [m] of the gate's middle, to ``ends`` [m]."""

    def propose(seen: Observation) -> tuple[Twists, bool]:
        pose = seen.state.odometry.pose
        along, _ = GATE.to_local((pose.x, pose.y))
        x, y = pose.to_local(GATE.to_world((along + 0.35, aside)))
        return [(speed, 2.0 * speed * y / (x * x + y * y))] * 5, along >= ends

    return ScriptedSkill("go_through", propose, **card)


def beyond(rig: Rig) -> tuple[float, float]:
    truth = rig.backend.truth()
    return GATE.to_local((truth.x, truth.y))


def test_it_drives_through_and_touches_nothing(robot: Robot) -> None:
    skill = driver()
    rig = rig_of(robot, skill)
    status = rig.run(GoThrough())
    assert status.state is PlanState.SUCCEEDED, status.message
    assert status.message.startswith("drove through the ") and "learned skill" in status.message
    assert beyond(rig)[0] == pytest.approx(0.48, abs=0.06) and rig.backend.touched() == frozenset()
    assert rig.refused == [] and all(seen.target.side is None for seen in skill.seen)


def test_one_that_does_not_end_is_ended_beyond(robot: Robot) -> None:
    rig = rig_of(robot, driver(ends=9.0))
    assert rig.run(GoThrough()).state is PlanState.SUCCEEDED
    assert beyond(rig)[0] == pytest.approx(0.52, abs=0.05)


def test_an_end_before_the_gate_is_no_success(robot: Robot) -> None:
    rig = rig_of(robot, driver(ends=-0.4))
    status = rig.run(GoThrough())
    assert status.state is PlanState.FAILED
    assert "it said that it was through, 0.4 m before it" in status.message


def test_an_end_in_the_gate_is_no_success(robot: Robot) -> None:
    rig = rig_of(robot, driver(ends=0.02))
    assert rig.run(GoThrough()).state is PlanState.FAILED


def test_it_stops_before_an_upright_that_it_would_hit(robot: Robot) -> None:
    rig = rig_of(robot, driver(aside=WIDTH / 2))
    status = rig.run(GoThrough())
    assert status.state is PlanState.FAILED and "an upright of the gate is" in status.message
    assert rig.backend.touched() == frozenset()


def test_past_the_gate_is_not_through_it(robot: Robot) -> None:
    rig = rig_of(robot, driver(aside=0.7))
    status = rig.run(GoThrough())
    assert status.state is PlanState.FAILED and "it drove past the " in status.message
    assert beyond(rig)[0] < 0.1


def test_it_stops_before_what_stands_in_the_way(robot: Robot) -> None:
    rig = rig_of(robot, driver(), GATE.to_world((-0.3, 0.0)))
    status = rig.run(GoThrough())
    assert status.state is PlanState.FAILED and " 10 cm ahead, 0.6 m before it" in status.message
    assert rig.backend.touched() == frozenset()


@pytest.mark.parametrize(("side", "said"), [(Side.LEFT, "I see no gate on the left")])
def test_without_a_gate_it_never_drives(robot: Robot, side: Side, said: str) -> None:
    skill = driver()
    rig = rig_of(robot, skill)
    status = rig.run(GoThrough(side=side))
    assert said in status.message and skill.seen == []
    assert math.hypot(rig.backend.truth().x, rig.backend.truth().y) < 0.02


def test_a_gate_that_is_seen_no_more_ends_the_drive(robot: Robot) -> None:
    rig = rig_of(robot, driver(speed=0.02))
    seen = rig.detect

    def blinded(state):
        return seen(state) if rig.now < 1.5 else None

    rig.detect = blinded
    status = rig.run(GoThrough())
    assert status.state is PlanState.FAILED and "I lost sight of the " in status.message


def test_its_own_way_is_fallen_back_on(robot: Robot) -> None:
    rig = rig_of(robot, driver(ends=-0.7), fallback=True)
    status = rig.run(GoThrough())
    assert status.state is PlanState.SUCCEEDED, status.message
    assert "by my own way, for the learned skill scripted-tank failed" in status.message
    assert beyond(rig) == pytest.approx((0.5, 0.0), abs=0.03)


def test_its_own_way_is_no_second_drive_through_the_gate(robot: Robot) -> None:
    rig = rig_of(robot, driver(aside=0.7), fallback=True)
    status = rig.run(GoThrough())
    assert status.state is PlanState.FAILED and "is past the gate already" in status.message
    assert beyond(rig)[0] < 0.1


def test_its_own_way_leads_through_the_gate_that_was_chosen(robot: Robot) -> None:
    """However another lies straight ahead of where the skill has given up."""
    other = Pose2D(0.75, -0.95, math.radians(-60.0))
    away = ScriptedSkill(
        "go_through",
        lambda seen: ([(0.0, -0.8)] * 5, seen.state.odometry.pose.yaw < math.radians(-50.0)),
    )
    arches = (*arch(robot, "arch", WIDTH, GATE), *arch(robot, "other", WIDTH, other))
    scene = Scene(
        fixtures=arches, openings=(Opening("arch", GATE, WIDTH), Opening("other", other, WIDTH))
    )
    backend = MujocoBackend(robot, World("arches", (), scene))
    rig = Rig(backend, ideal_camera(backend), learned=away.learned(fallback=True))
    status = rig.run(GoThrough())
    assert status.state is PlanState.SUCCEEDED, status.message
    assert beyond(rig) == pytest.approx((0.5, 0.0), abs=0.05)


@pytest.mark.parametrize("turn", [2.0, -2.0])
def test_a_turn_between_the_uprights_touches_none(robot: Robot, turn: float) -> None:
    """There is room to drive straight, and none to turn: it is 0.36 m wide."""

    def propose(seen: Observation) -> tuple[Twists, bool]:
        pose = seen.state.odometry.pose
        along, _ = GATE.to_local((pose.x, pose.y))
        x, y = pose.to_local(GATE.to_world((along + 0.35, 0.0)))
        wild = turn if -0.1 < along < 0.1 else 0.6 * y / (x * x + y * y)
        return [(0.15, wild)] * 5, along >= 0.45

    skill = ScriptedSkill("go_through", propose)
    rig = rig_of(robot, skill, width=0.36)
    rig.run(GoThrough())
    assert rig.backend.touched() == frozenset() and beyond(rig)[0] > -0.1
