"""Named poses of a robot file that cannot be are refused, with the cure."""

import copy
from importlib import resources
from typing import Any

import pytest
import yaml

from tank_core.exceptions import RobotFileError
from tank_core.robot import Robot, load_robot, read_robot
from tank_core.robot.arm_poses import in_the_way


@pytest.mark.parametrize(
    ("poses", "fault"),
    [
        ({"up": [0, 1.2]}, "poses: up has 2 positions; give 4, one for each joint"),
        ({"up": [0, 3, 0, 0]}, "poses: up puts arm_shoulder to 3, outside [-0.5, 2.8]"),
        ({"home": [0, 1, 0, 0]}, "poses: home is each joint's own home; leave it out"),
        ({"wave": [0, 1, 0, 0]}, "poses: wave is there without up"),
        ({"salute": [0, 1, 0, 0]}, "salute"),
    ],
)
def test_a_pose_that_cannot_be_is_refused(poses: dict[str, Any], fault: str) -> None:
    path = resources.files("tank_core") / "robots" / "tank.yaml"
    data = copy.deepcopy(yaml.safe_load(path.read_text(encoding="utf-8")))
    data["arm"]["poses"] = poses
    with pytest.raises(RobotFileError) as error:
        read_robot(data, "changed.yaml")
    assert fault in str(error.value) and str(error.value).startswith("changed.yaml: arm: ")
    assert "\n" not in str(error.value)


def changed(poses: dict[str, Any]) -> Robot:
    path = resources.files("tank_core") / "robots" / "tank.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data["arm"]["poses"] = poses
    return read_robot(data, "changed.yaml")


@pytest.mark.parametrize(
    ("pose", "what"),
    [([0, -0.4, 0, 0], "floor"), ([0.0, 0.4, -2.7, -2.1], "robot's own body")],
)
def test_what_is_in_the_way_of_a_pose_is_known(pose: list[float], what: str) -> None:
    """The file is taken: the robot refuses to go there."""
    faults = [line for line in in_the_way(changed({"down": pose})) if line.startswith("down")]
    assert any(line.endswith(f"between the arm and the {what}") for line in faults)


@pytest.mark.parametrize("name", ["tank", "rasptank", "rasptank_pro"])
def test_the_poses_of_our_robots_are_clear(name: str) -> None:
    assert list(in_the_way(load_robot(name))) == []


def test_a_file_without_poses_has_none() -> None:
    path = resources.files("tank_core") / "robots" / "tank.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    del data["arm"]["poses"]
    assert read_robot(data, "changed.yaml").arm.poses == {}
    assert load_robot("tank").arm.poses
