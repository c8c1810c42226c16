"""face by a skill: what it proposes is clamped, and what it claims is checked."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from executor_rig import Rig
from hypothesis import given, settings
from hypothesis import strategies as some
from scripted_skill import ScriptedSkill

from tank_core.commands import Color, Face, Shape
from tank_core.geometry import wrap
from tank_core.mock_backend import MockBackend
from tank_core.robot import Robot
from tank_core.skill import Observation
from tank_core.state import CameraFrame, Detection, Detections, RobotState
from tank_executor.plan import Plan, PlanState

PLACE = (0.6, 0.2)
THERE = math.atan2(PLACE[1], PLACE[0])
RED = Face(color=Color.RED)
Build = Callable[..., Rig]


def turner(off: float = 0.0, **card: object) -> ScriptedSkill:
    """A skill that turns to where the cube is, ``off`` [rad] beside it."""

    def propose(seen: Observation) -> tuple[list[tuple[float, float]], bool]:
        left = wrap(THERE + off - seen.state.odometry.pose.yaw)
        return ([(0.0, 2.0 * left)] * 5, False) if abs(left) > 0.005 else ([(0.0, 0.0)], True)

    return ScriptedSkill("face", propose, **card)


def rig_of(seeing: Build, skill: ScriptedSkill, fallback: bool = False) -> Rig:
    return seeing([(Color.RED, Shape.CUBE, PLACE)], learned=skill.learned(fallback=fallback))


def off_the_middle(rig: Rig) -> float:
    return abs(math.degrees(wrap(rig.backend.truth().yaw - THERE)))


def test_it_faces_and_says_who_did_it(seeing: Build) -> None:
    skill = turner()
    rig = rig_of(seeing, skill)
    status = rig.run(RED)
    assert status.state is PlanState.SUCCEEDED
    assert status.message.startswith("facing the red cube, 0.63 m away, by the learned skill scr")
    assert off_the_middle(rig) < 1.0 and rig.refused == [] and skill.resets == 1
    assert skill.seen[0].target.color == "red" and skill.seen[0].frame is None


def test_a_claim_that_the_camera_belies_is_none(seeing: Build) -> None:
    rig = rig_of(seeing, turner(off=math.radians(6.0), patience=5.0))
    status = rig.run(RED)
    assert status.state is PlanState.FAILED and off_the_middle(rig) == pytest.approx(6.0, abs=0.5)
    assert "was not done within 5 s; the red object is 6 degrees off" in status.message


def test_a_skill_that_claims_too_early_goes_on(seeing: Build) -> None:
    """It is asked again from where it stands, and has its patience left."""
    skill = turner()
    proposed, told = skill._propose, []

    def hasty(seen: Observation) -> tuple[list[tuple[float, float]], bool]:
        told.append(seen.state.time)
        return ([(0.0, 0.0)], True) if len(told) < 3 else proposed(seen)

    skill._propose = hasty
    rig = rig_of(seeing, skill)
    assert rig.run(RED).state is PlanState.SUCCEEDED and off_the_middle(rig) < 1.0
    assert skill.resets == 1 and told[1] - told[0] > 0.2  # the camera was waited for


def test_a_skill_that_does_nothing_is_waited_for_no_longer_than_its_card_says(
    seeing: Build,
) -> None:
    skill = ScriptedSkill("face", lambda seen: ([(0.0, 0.0)], False), patience=2.0)
    rig = rig_of(seeing, skill)
    status = rig.run(RED)
    assert "the learned skill scripted-tank failed: it was not done within 2 s" in status.message
    assert 2.0 < rig.now < 5.0


@pytest.mark.parametrize(
    ("propose", "said"),
    [
        (lambda seen: 1 / 0, "ZeroDivisionError"),
        (lambda seen: ([(0.0, math.nan)], False), "not finite"),
        (lambda seen: (np.zeros((0, 2)), False), "empty"),
    ],
)
def test_whatever_goes_wrong_in_a_skill_ends_its_step_alone(seeing: Build, propose, said) -> None:
    rig = rig_of(seeing, ScriptedSkill("face", propose))
    status = rig.run(RED)
    assert status.state is PlanState.FAILED and said in status.message
    assert "\n" not in status.message and rig.outputs[-1].twist in (None, rig.outputs[0].twist)


def test_its_own_way_is_fallen_back_on_once_and_that_is_said(seeing: Build) -> None:
    rig = rig_of(seeing, turner(off=0.3, patience=2.0), fallback=True)
    status = rig.run(RED)
    assert status.state is PlanState.SUCCEEDED and off_the_middle(rig) < 1.5
    assert "by my own way, for the learned skill scripted-tank failed: it was" in status.message


def test_what_it_was_not_trained_for_it_is_not_asked(seeing: Build) -> None:
    skill = turner(colors=("blue", "green"))
    rig = rig_of(seeing, skill)
    status = rig.run(RED)
    assert "it knows things that are blue, green, and not red" in status.message
    assert skill.seen == [] and rig.backend.truth().yaw == pytest.approx(0.0, abs=1e-3)


def test_one_that_turns_away_from_it_is_ended(seeing: Build) -> None:
    """Else it would turn for as long as its patience lasts."""
    rig = rig_of(seeing, ScriptedSkill("face", lambda seen: ([(0.0, -1.0)] * 9, False)))
    status = rig.run(RED)
    assert "it turned away from the red object" in status.message
    assert off_the_middle(rig) < 90.0 and rig.now < 5.0


def test_a_heading_is_faced_without_it(seeing: Build) -> None:
    skill = turner()
    rig = rig_of(seeing, skill)
    rig.run(Face(heading_deg=90.0))
    assert skill.seen == []


def test_what_is_not_in_view_is_found_first(seeing: Build) -> None:
    behind = (-0.6, 0.1)

    def propose(seen: Observation) -> tuple[list[tuple[float, float]], bool]:
        at = seen.state.odometry.pose
        x, y = at.to_local(behind)
        left = math.atan2(y, x)
        assert abs(left) < math.radians(40.0)  # it never gets what it cannot see
        return ([(0.0, 2.0 * left)] * 5, False) if abs(left) > 0.005 else ([(0.0, 0.0)], True)

    skill = ScriptedSkill("face", propose)
    rig = seeing([(Color.RED, Shape.CUBE, behind)], learned=skill.learned())
    status = rig.run(RED)
    assert status.state is PlanState.SUCCEEDED, status.message


def test_a_stop_in_the_middle_gives_zero_at_once(seeing: Build) -> None:
    skill = ScriptedSkill("face", lambda seen: ([(0.0, 0.5)] * 50, False), ask_after=50)
    rig = rig_of(seeing, skill)
    rig.runner.submit(Plan((RED,)))
    while not (rig.tick().twist or rig.outputs[0].twist).angular:
        assert rig.now < 5.0
    output = rig.runner.stop("a test")
    assert output.twist is not None and output.twist.angular == output.twist.linear == 0.0
    rig.send(output)
    number = len(rig.outputs)
    rig.ticks(0.3)
    assert all(one.twist is None for one in rig.outputs[number:])
    assert rig.state.odometry.twist.angular == pytest.approx(0.0, abs=0.02)


def exact(place: tuple[float, float]) -> Callable[[RobotState], Detections]:
    """A camera that sees a red cube all around, and at once."""

    def see(state: RobotState) -> Detections:
        x, y = state.odometry.pose.to_local(place)
        return Detections(state.time, (Detection(1, "red", "cube", (x, y, 0.02), (0.04,) * 3),))

    return see


@settings(max_examples=12, deadline=None)
@given(twists=some.lists(some.tuples(*[some.floats(-50, 50)] * 2), min_size=1, max_size=8))
def test_whatever_it_proposes_the_robot_turns_within_its_limits_and_claims_nothing_false(
    robot: Robot, twists
) -> None:
    skill = ScriptedSkill("face", lambda seen: (twists, len(skill.seen) % 3 == 0), patience=0.8)
    rig = Rig(MockBackend(robot), exact(PLACE), learned=skill.learned())
    status = rig.run(RED)
    for output in rig.outputs:
        if output.twist is not None:
            assert output.twist.linear == 0.0
            assert abs(output.twist.angular) <= robot.drive.max_angular
    assert rig.refused == []
    off = abs(math.degrees(wrap(rig.state.odometry.pose.yaw - THERE)))
    assert status.state is PlanState.FAILED or off < 2.6


def frames(rig: Rig, every: float = 0.1, late: float = 0.1) -> Callable[[], CameraFrame | None]:
    """A camera's images, as old as those of a robot are."""
    image = np.zeros((48, 64, 3), np.uint8)

    def look() -> CameraFrame | None:
        taken = math.floor((rig.now - late) / every) * every
        return CameraFrame(taken, image) if taken >= 0.0 else None

    return look


def test_a_skill_that_looks_thinks_about_each_image_once(seeing: Build) -> None:
    skill = turner(image=(64, 48))
    rig = rig_of(seeing, skill)
    rig.look = frames(rig)
    assert rig.run(RED).state is PlanState.SUCCEEDED
    stamps = [seen.frame.time for seen in skill.seen]
    assert stamps == sorted(set(stamps)) and len(stamps) > 3
    assert all(0.05 < seen.state.time - seen.frame.time < 0.25 for seen in skill.seen)
    assert not rig.runner.view_wanted  # nobody has to take images any more


def test_a_long_chunk_is_played_while_images_come_that_nobody_looks_at(seeing: Build) -> None:
    left = [(0.0, THERE / 5.0)] * 50  # five seconds

    def propose(seen: Observation) -> tuple[list[tuple[float, float]], bool]:
        return (left, False) if seen.state.time < 3.0 else ([(0.0, 0.0)], True)

    skill = ScriptedSkill("face", propose, image=(64, 48), horizon=50, ask_after=50)
    rig = rig_of(seeing, skill)
    rig.look = frames(rig)
    status = rig.run(RED)
    assert status.state is PlanState.SUCCEEDED, status.message
    assert len(skill.seen) == 2


def test_without_images_it_says_so(seeing: Build) -> None:
    rig = rig_of(seeing, turner(image=(64, 48)))
    assert "no image came for 3 s" in rig.run(RED).message


def test_no_image_from_before_the_step_is_looked_at(seeing: Build) -> None:
    """It shows another heading. Images come half a second late here."""
    skill = turner(image=(64, 48))
    rig = rig_of(seeing, skill)
    rig.look = lambda: CameraFrame(rig.now - 0.5, np.zeros((48, 64, 3), np.uint8))
    rig.ticks(2.0)
    began = rig.now
    assert rig.run(RED).state is PlanState.SUCCEEDED
    stamps = [seen.frame.time for seen in skill.seen]
    assert stamps and min(stamps) >= began
