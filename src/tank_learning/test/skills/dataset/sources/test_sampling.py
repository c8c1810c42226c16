"""Laws of frames at an even rate: what they see, and which action is theirs."""

from __future__ import annotations

import numpy as np
import pytest

from tank_core.robot import Robot, load_robot
from tank_core.state import CameraFrame, JointState, Odometry, RobotCommand, RobotState, Twist2D
from tank_learning.skills.dataset import DatasetError, Spec
from tank_learning.skills.dataset.sources import sampling
from tank_learning.skills.dataset.sources.sampling import FrameSampler

ROBOT = load_robot("tank")
TICK_S = 0.02
SIZE = (32, 24)


def state(tick: int, robot: Robot = ROBOT) -> RobotState:
    """At a tick all numbers are that tick's."""
    joints = {name: JointState(tick / 1000) for name in robot.joint_names}
    return RobotState(tick * TICK_S, Odometry(twist=Twist2D(tick / 100, -tick / 100)), joints)


def image(tick: int) -> CameraFrame:
    return CameraFrame(tick * TICK_S, np.full((48, 64, 3), tick, np.uint8))


def sent(tick: int) -> RobotCommand:
    return RobotCommand(Twist2D(tick / 10, 0.0), {"gripper": tick / 1000})


def sampled(fps: int, ticks: int, first_image: int = 0) -> FrameSampler:
    sampler = FrameSampler(ROBOT, Spec.of(ROBOT, fps, {"front": SIZE}))
    for tick in range(ticks):
        seen = None if tick < first_image else {"front": image(tick - tick % 5)}
        sampler.step(state(tick), lambda seen=seen: seen, sent(tick))
    return sampler


def test_a_frame_has_its_state_its_image_and_what_was_in_force_last_before_the_next() -> None:
    shown = sampled(10, 13).demonstration("drive", "here")
    assert shown.length == 3  # at ticks 0, 5 and 10
    assert shown.states[:, -2] == pytest.approx([0.0, 0.05, 0.10])
    assert shown.states[:, 0] == pytest.approx([0.0, 0.005, 0.010])
    assert shown.images["front"].shape == (3, 24, 32, 3)
    assert shown.images["front"][:, 0, 0, 0].tolist() == [0, 5, 10]
    # of ticks 4 and 9, and of the last one that there was
    assert shown.actions[:, -2] == pytest.approx([0.4, 0.9, 1.2])
    assert shown.actions[:, -3] == pytest.approx([0.004, 0.009, 0.012])


def test_a_joint_that_was_told_nothing_is_told_its_place_at_the_beginning() -> None:
    shown = sampled(10, 13, first_image=2).demonstration("drive", "here")
    assert shown.states[0, 0] == pytest.approx(0.002)
    assert shown.actions[:, 0] == pytest.approx([0.002] * 3)


def test_nothing_begins_before_the_first_image() -> None:
    sampler = sampled(10, 13, first_image=7)
    assert sampler.blind == 7 and sampler.frames == 2
    assert sampler.demonstration("drive", "here").states[0, -2] == pytest.approx(0.07)
    with pytest.raises(DatasetError, match="no image"):
        sampled(10, 3, first_image=9).demonstration("drive", "here")


@pytest.mark.parametrize(("fps", "frames"), [(1, 2), (10, 20), (30, 60), (50, 100)])
def test_the_rate_is_kept_whatever_the_robot_s_own_is(fps: int, frames: int) -> None:
    sampler = sampled(fps, 100)
    assert sampler.frames == frames and sampler.late_s <= TICK_S


def test_how_old_an_image_is_and_how_late_a_frame_is_told() -> None:
    sampler = sampled(50, 10)
    assert max(sampler.ages_s) == pytest.approx(4 * TICK_S)
    sampler.step(state(60), dict, sent(60))
    assert sampler.late_s == pytest.approx(50 * TICK_S)


def test_what_is_too_long_for_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "MOST_FRAMES", 5)
    with pytest.raises(DatasetError, match="more than 5 frames; say a smaller --fps than 10"):
        sampled(10, 40)
