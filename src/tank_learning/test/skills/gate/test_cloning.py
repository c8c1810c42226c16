"""From drives to examples, and from examples to a skill."""

import math

import numpy as np
import pytest
import torch

from tank_core.diff_drive import advance
from tank_core.geometry import Pose2D
from tank_core.robot import load_robot
from tank_core.skill import Observation, SkillCard
from tank_core.state import CameraFrame, Odometry, RobotState
from tank_learning.skills.gate.cloning import Cloning
from tank_learning.skills.gate.demonstrations import GateRollout
from tank_learning.skills.gate.demonstrator import is_through, pursue
from tank_learning.skills.gate.examples import WITHIN_M, Examples, examples, joined
from tank_skills.driver import BACK_M, HORIZON, IMAGE, Driver, motion
from tank_skills.skill_file import read_skill, write_skill

CARD = SkillCard("go_through-tank", "go_through", "tank", "driver", 0.1, HORIZON, 5, IMAGE)


def picture(pose: Pose2D) -> np.ndarray:
    """A picture that tells a pose by its colors: enough to learn from."""
    rgb = np.zeros((*IMAGE[::-1], 3), np.uint8)
    rgb[..., 0] = np.clip(128 + 60 * pose.x, 0, 255)
    rgb[:, : IMAGE[0] // 2, 1] = np.clip(128 + 200 * pose.y, 0, 255)
    rgb[:, IMAGE[0] // 2 :, 1] = np.clip(128 - 200 * pose.y, 0, 255)
    rgb[..., 2] = np.clip(128 + 100 * pose.yaw, 0, 255)
    return rgb


def drive(x: float, y: float, yaw: float) -> GateRollout:
    """A drive as the demonstrator would drive it without dynamics."""
    pose, made = Pose2D(x, y, yaw), GateRollout(through=True)
    while not is_through(pose):
        made.images.append(picture(pose))
        made.odometry.append(pose)
        made.truth.append(pose)
        made.labels.append(pursue(pose))
        pose = advance(pose, made.labels[-1], 0.1)
    return made


@pytest.fixture(scope="module")
def drives() -> list[GateRollout]:
    return [drive(-1.2, 0.3, -0.4), drive(-0.9, -0.2, 0.1), drive(-1.5, 0.0, 0.3)]


@pytest.fixture(scope="module")
def shown(drives) -> Examples:
    return examples(drives)


def test_what_lies_beyond_a_demonstration_is_masked_and_is_the_end(drives, shown) -> None:
    start = 0
    for one in drives:
        for step in range(len(one)):
            left = min(HORIZON, len(one) - step)
            valid, ended = shown.valid[start + step], shown.ended[start + step]
            assert valid.tolist() == [1.0] * left + [0.0] * (HORIZON - left)
            assert (valid + ended == 1).all()
            labels = [(twist.linear, twist.angular) for twist in one.labels[step : step + left]]
            assert shown.twists[start + step, :left] == pytest.approx(np.array(labels))
        start += len(one)
    assert start == len(shown)
    assert (examples(drives, mask=False).valid == 1).all()


def test_chunks_that_are_remade_are_those_that_were_driven(drives, shown) -> None:
    """Without noise nothing else can follow from a pose."""
    remade = examples(drives, remade=True)
    assert (remade.valid == shown.valid).all() and (remade.ended == shown.ended).all()
    where = shown.valid == 1
    assert remade.twists[where] == pytest.approx(shown.twists[where], abs=1e-5)


def test_the_older_look_is_far_enough_back_or_any_since_the_start(drives, shown) -> None:
    lengths = [len(one) for one in drives]
    starts = np.repeat(np.cumsum([0, *lengths[:-1]]), lengths)
    for now, (first, last, start) in enumerate(zip(shown.first, shown.last, starts, strict=True)):
        assert start <= first <= last <= now
        away = np.hypot(*(shown.poses[first : last + 1, :2] - shown.poses[now, :2]).T)
        far = np.hypot(*(shown.poses[start : now + 1, :2] - shown.poses[now, :2]).T) >= BACK_M
        if far.any():
            assert ((away >= BACK_M) & (away <= BACK_M + WITHIN_M)).all()
        else:
            assert (first, last) == (start, now)


def test_examples_of_several_sources_stay_with_their_drives(drives, shown) -> None:
    both = joined([examples(drives[:1]), examples(drives[1:])])
    for name, value in vars(shown).items():
        assert (getattr(both, name) == value).all(), name


def test_half_of_a_batch_is_its_mirror_image(shown) -> None:
    """A mirrored chunk turns the other way, and drives as fast."""
    cloning = Cloning(shown, seed=3)
    batch = cloning.batch()
    assert batch.now.min() >= 0 and batch.now.max() <= 1
    assert batch.twists.abs().max() <= 1.001
    known = shown.twists.reshape(len(shown), -1)

    def are_known(chunks: torch.Tensor) -> list[bool]:
        flat = (chunks * torch.tensor([0.4, 1.2])).flatten(1).numpy()
        return [bool(np.isclose(known, one, atol=1e-5).all(1).any()) for one in flat]

    straight, mirrored = are_known(batch.twists), are_known(batch.twists * torch.tensor([1, -1]))
    assert all(one or other for one, other in zip(straight, mirrored, strict=True))
    assert 16 < sum(mirrored) < 48


@pytest.mark.slow
def test_cloning_learns_the_same_for_the_same_seed_and_numpy_drives_as_torch(
    shown, tmp_path
) -> None:
    losses: list[float] = []
    runs = [Cloning(shown, seed=0) for _ in range(2)]
    for run in runs:
        run.train(15, lambda _, loss, __: losses.append(loss))
    assert losses[14] < 0.7 * losses[0]
    first, second = (run.file(CARD) for run in runs)
    assert first.sha256 == second.sha256
    assert Cloning(shown, seed=1).file(CARD).sha256 != first.sha256

    write_skill(tmp_path / "x.safetensors", first)
    driver = Driver(read_skill(tmp_path / "x.safetensors"), load_robot("tank"))
    poses = Pose2D(-1.0, 0.1, 0.2), Pose2D(-0.1, 0.05, -0.1)
    for time, pose in enumerate(poses):
        state = RobotState(float(time), Odometry(pose))
        chunk = driver.act(Observation(state, CameraFrame(float(time), picture(pose))))
    looks = [torch.from_numpy(picture(one).transpose(2, 0, 1)[None]).float() / 255 for one in poses]
    with torch.no_grad():
        wanted = runs[0](looks[1], looks[0], torch.tensor([motion(*poses)]))[0]
    assert chunk.twists == pytest.approx(wanted[:, :2].numpy(), abs=1e-4)
    assert chunk.end == pytest.approx(torch.sigmoid(wanted[:, 2]).numpy(), abs=1e-4)
    assert math.isclose(chunk.time, 1.0)
