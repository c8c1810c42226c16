"""Things that are lost on the way are told at once; a post is never held."""

import math
from typing import Any

import pytest
from executor_rig import Rig

from tank_core.commands import Color, Grasp, Move, Release, Report, Shape, Topic, Turn, Wait
from tank_core.robot import Robot
from tank_executor.plan import Plan, PlanState
from tank_executor.script import STILL
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import Fixture, Scene, World


@pytest.fixture
def carrying(seeing: Any) -> Rig:
    blue = (Color.BLUE, Shape.CUBE, (1.2, -0.4))
    rig: Rig = seeing([(Color.RED, Shape.CUBE, (0.5, 0.05)), blue])
    assert rig.run(Grasp(color="red")).state is PlanState.SUCCEEDED, rig.outcomes
    return rig


def take_away(rig: Rig) -> None:
    joint = rig.backend.data.joint("red_cube")  # type: ignore[attr-defined]
    joint.qpos[:3], joint.qvel[:] = (-2.0, 1.0, 0.02), 0.0


@pytest.mark.parametrize(
    "command",
    [
        Move("forward", 1.0),
        Turn("left", 180.0),
        Wait(5.0),
        Release(relation="behind", color="blue"),  # it drives round before it lets go
    ],
)
def test_what_is_lost_on_the_way_is_told_at_once(carrying: Rig, command: Any) -> None:
    carrying.runner.submit(Plan((command, Wait(1.0))))
    carrying.ticks(1.0)
    take_away(carrying)
    lost_at = carrying.now
    while carrying.runner.running:
        carrying.tick()
    assert carrying.now - lost_at < 0.8 and carrying.outputs[-1].twist == STILL
    assert carrying.runner.status.state is PlanState.FAILED
    assert carrying.outcomes[0].message == "I lost the red cube on the way"
    assert carrying.run(Release()).state is PlanState.FAILED
    assert carrying.outcomes[0].message == "nothing is held"


@pytest.mark.parametrize("asked", [(), (Report(Topic.OBJECTS),)])
def test_what_is_lost_while_nothing_moves_is_told_once_and_fails_no_later_step(
    carrying: Rig, asked: tuple[Report, ...]
) -> None:
    carrying.runner.take_changes()
    take_away(carrying)
    if asked:
        carrying.runner.submit(Plan(asked))
    carrying.ticks(1.0)
    told = [one for one in carrying.runner.take_changes() if "lost" in one.message]
    assert [(one.state, one.plan, one.message) for one in told] == [
        (PlanState.IDLE, None, "I lost the red cube")
    ]
    carrying.run(Report(Topic.HOLDING))
    assert carrying.outcomes[0].message == "I hold nothing any more: I lost the red cube."
    assert carrying.run(Turn("left", 20.0)).state is PlanState.SUCCEEDED


def test_what_a_question_beside_a_grasp_says_of_the_hand_is_true(seeing: Any) -> None:
    rig = seeing([(Color.RED, Shape.CUBE, (0.5, 0.05))])
    rig.runner.submit(Plan((Grasp(color="red"), Release())))
    said = []
    while rig.runner.running:
        rig.runner.submit(Plan((Report(Topic.HOLDING),)))
        rig.ticks(0.1)
        held = rig.backend.held()
        for one in rig.runner.take_changes():
            if one.plan is not None and one.plan.asks and one.state is not PlanState.RUNNING:
                said.append(one.outcomes[0].message)
                assert held is None or "nothing" not in one.outcomes[0].message
    texts = list(dict.fromkeys(said))
    assert texts[0] == "I hold nothing." and "I hold the red cube; my fingers feel it." in texts
    assert not [text for text in texts if "lost" in text or "did not pick up" in text]
    assert rig.runner.status.state is PlanState.SUCCEEDED


def test_what_is_carried_is_not_lost(carrying: Rig) -> None:
    jolts = Move("backward", 0.3, "fast"), Turn("left", 90.0, "fast"), Turn("right", 90.0, "fast")
    assert carrying.run(*jolts, Release()).state is PlanState.SUCCEEDED, carrying.outcomes


@pytest.mark.slow
@pytest.mark.parametrize("realism", ["ideal", "real"])
@pytest.mark.parametrize(("width", "height"), [(0.024, 0.04), (0.04, 0.06), (0.03, 0.1)])
def test_a_post_that_is_fast_to_the_floor_is_not_held(
    robot: Robot, width: float, height: float, realism: str
) -> None:
    """Nor does the robot lift itself by it: it got to 42 degrees."""
    x, y = robot.cell(None)
    post = Fixture("post", (width / 2, width / 2, height / 2), (x, y, height / 2))
    backend = MujocoBackend(robot, World("post", (), Scene(fixtures=(post,))), realism=realism)
    rig, tilts = Rig(backend), []
    rig.runner.submit(Plan((Grasp(),)))
    while rig.runner.running:
        rig.tick()
        tilts.append(math.acos(min(1.0, backend.data.site("base_link").xmat[8])))
    assert rig.outcomes[0].message.startswith("the place in front: it does not come along")
    assert max(tilts) < math.radians(15.0)
