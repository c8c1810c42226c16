"""The laws of the skill that drives through a gate."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tank_core.diff_drive import advance
from tank_core.exceptions import ModelError, TankError
from tank_core.geometry import Pose2D
from tank_core.robot import load_robot
from tank_core.skill import Observation
from tank_core.state import CameraFrame, Odometry, RobotState, Twist2D
from tank_skills import load_skill
from tank_skills.driver import BACK_M, IMAGE, Driver, PosedImage, Trail, motion, pose_of
from tank_skills.loading import find_skill
from tank_skills.skill_file import SkillFile, read_skill

BLANK = np.zeros((48, 64, 3), np.uint8)
POSES = some.builds(Pose2D, some.floats(-2, 2), some.floats(-2, 2), some.floats(-3, 3))


@pytest.fixture(scope="module")
def shipped() -> SkillFile:
    return read_skill(find_skill("go_through-tank"))


def seen(time: float, pose: Pose2D, rgb: np.ndarray = BLANK) -> Observation:
    return Observation(RobotState(time, Odometry(pose)), CameraFrame(time, rgb))


@given(ways=some.lists(some.floats(0.0, 0.3), min_size=1, max_size=40))
def test_the_older_look_is_the_newest_that_is_far_enough_or_the_first(ways) -> None:
    trail, x = Trail(), np.cumsum(ways)
    for place in x:
        trail.add(PosedImage(Pose2D(float(place)), np.zeros(1, np.float32)))
    far = [place for place in x if x[-1] - place >= BACK_M]
    assert trail.back().pose.x == (far[-1] if far else x[0])


@given(since=POSES, now=POSES)
def test_the_motion_leads_from_where_it_was_to_where_it_is(since, now) -> None:
    x, y, turn = motion(since, now)
    assert since.to_world((x, y)) == pytest.approx((now.x, now.y), abs=1e-9)
    assert Pose2D(yaw=since.yaw + turn).turned(now) < 1e-9


@pytest.mark.parametrize("twist", [Twist2D(0.4, 0.0), Twist2D(0.3, 1.0), Twist2D(0.0, -1.0)])
def test_an_image_that_is_late_was_taken_farther_back(twist) -> None:
    """Driving on from there for as long as it is late leads to here."""
    late, here = 0.1, Pose2D(1.0, 2.0, 0.5)
    state = RobotState(3.0, Odometry(here, twist))
    pose = pose_of(Observation(state, CameraFrame(3.0 - late, BLANK)))
    there = advance(pose, twist, late)
    assert (there.x, there.y) == pytest.approx((here.x, here.y), abs=1e-9)
    assert here.yaw - pose.yaw == pytest.approx(twist.angular * late)
    assert pose_of(Observation(state, CameraFrame(3.0, BLANK))) == here


def test_a_chunk_is_as_the_card_says_and_begins_with_the_image(shipped) -> None:
    driver = Driver(shipped, load_robot("tank"))
    state = RobotState(5.1, Odometry(Pose2D()))
    chunk = driver.act(Observation(state, CameraFrame(5.0, BLANK)))
    assert (chunk.time, chunk.period, chunk.length) == (5.0, 0.1, 20)
    assert chunk.twists.shape == (20, 2) and np.isfinite(chunk.twists).all()
    assert chunk.end.shape == (20,) and (chunk.end >= 0).all() and (chunk.end <= 1).all()


def test_another_drive_begins_without_the_looks_of_the_last(shipped) -> None:
    driver = Driver(shipped, load_robot("tank"))
    first = driver.act(seen(0.0, Pose2D()))
    after = driver.act(seen(1.0, Pose2D(2.0)))
    assert not np.allclose(first.twists, after.twists)
    driver.reset()
    assert np.array_equal(driver.act(seen(2.0, Pose2D(2.0))).twists, first.twists)


def test_a_large_image_is_seen_small(shipped) -> None:
    large = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
    small, driver = large, Driver(shipped, load_robot("tank"))
    first = driver.act(seen(0.0, Pose2D(), small))
    driver.reset()
    again = driver.act(seen(0.0, Pose2D(), np.kron(large, np.ones((10, 10, 1), np.uint8))))
    assert again.twists == pytest.approx(first.twists, abs=0.01)


def test_without_an_image_it_proposes_nothing(shipped) -> None:
    with pytest.raises(TankError, match="needs an image"):
        Driver(shipped, load_robot("tank")).act(Observation(RobotState(0.0)))


def test_a_file_that_does_not_fit_is_refused(shipped) -> None:
    for other, why in (
        (replace(shipped.card, image=(32, 24)), "looks at images"),
        (replace(shipped.card, horizon=10), "proposes"),
    ):
        with pytest.raises(ModelError, match=why):
            Driver(replace(shipped, card=other), load_robot("tank"))
    with pytest.raises(ModelError, match="no network"):
        Driver(replace(shipped, specs={"eye": shipped.specs["eye"]}), load_robot("tank"))
    with pytest.raises(ModelError, match="rasptank"):
        load_skill("go_through-tank", load_robot("rasptank"))
    assert shipped.card.image == IMAGE
