"""A picture is later than the standstill, and tells where the robot truly is."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tank_core.commands import Move, MoveDirection, Report, Side, Speed, TakePhoto, Topic, Turn
from tank_episode import Episode, needs_camera
from tank_episode.findings import answer_to_dict, photo_to_dict
from tank_executor.photo_keeper import details_of, is_whole
from tank_executor.plan import PlanState

FAST = Move(MoveDirection.FORWARD, 0.5, Speed.FAST)


@pytest.mark.slow
@pytest.mark.parametrize("realism", ["ideal", "real"])
def test_a_picture_is_later_than_the_standstill_and_has_its_pose(
    realism: str, tmp_path: Path
) -> None:
    with Episode(world="playground", realism=realism, photos=tmp_path) as episode:
        ends: list[float] = []
        for outcome in episode.steps((FAST, TakePhoto(), Turn(Side.LEFT, 45.0), TakePhoto())):
            if outcome.photo is None:
                ends.append(episode.time)
                continue
            photo, twist = outcome.photo, episode.backend.truth_twist()
            assert photo.time is not None and photo.time > ends[-1]
            assert abs(twist.linear) < 0.005 and abs(twist.angular) < 0.01
            pose = episode.state.odometry.pose
            assert photo.pose is not None
            assert photo.pose.distance(pose) < 0.002 and photo.pose.turned(pose) < 0.01
            north = 90.0 - math.degrees(pose.yaw)  # +y in the simulator
            assert photo.heading_deg is not None
            assert abs(math.remainder(photo.heading_deg - north, 360.0)) < 1.0
            data = Path(photo.path).read_bytes()
            assert is_whole(data) and details_of(data)["time_s"] == pytest.approx(photo.time)
        assert len(list(tmp_path.iterdir())) == 2
        assert photo_to_dict(photo)["pose"]["yaw_deg"] == pytest.approx(math.degrees(pose.yaw))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_picture(tmp_path: Path) -> None:
    with Episode(world="playground", realism="real", photos=tmp_path) as episode:
        paths = set()
        for _ in range(2):
            episode.reset(4)
            photo = episode.run((TakePhoto(),)).outcomes[0].photo
            assert photo is not None
            paths.add(photo.path)
    assert len(paths) == 1


def test_without_a_camera_there_is_none_and_it_says_so(tmp_path: Path) -> None:
    with Episode(camera=False, photos=tmp_path) as episode:
        status = episode.run((TakePhoto(),))
    assert status.state is PlanState.FAILED
    assert status.outcomes[0].message == "no camera: the camera is turned off"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("command", "needed"),
    [(TakePhoto(), True), (Report(Topic.OBJECTS), True), (Report(Topic.POSITION), False)],
)
def test_the_camera_is_on_where_it_is_asked_for(command: TakePhoto | Report, needed: bool) -> None:
    assert needs_camera((command,), "empty") is needed


@pytest.mark.slow
def test_what_it_sees_is_there() -> None:
    with Episode(world="playground", realism="real", seed=2) as episode:
        answer = episode.run((Turn(Side.LEFT, 90.0), Report(Topic.OBJECTS))).outcomes[1].answer
        assert answer is not None and answer.objects
        pose, truth = episode.backend.truth(), episode.truth().objects
        told = answer_to_dict(answer)
        assert told["text"].startswith("I see ") and len(told["objects"]) == len(answer.objects)
        for thing in told["objects"]:
            if thing["age_s"] < 1.0:
                same = [one for one in truth.values() if one["color"] == thing["color"]]
                off = min(
                    math.dist(pose.to_local((one["x"], one["y"])), (thing["x"], thing["y"]))
                    for one in same
                )
                assert off < 0.05
