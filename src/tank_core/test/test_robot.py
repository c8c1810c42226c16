"""Robot files: what is read, and what is refused with a sentence that helps."""

import copy
import math
from importlib import resources

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tank_core import robot as r
from tank_core.commands import Cell, Speed
from tank_core.exceptions import RobotFileError
from tank_core.state import Twist2D
from tank_hw_driver.hardware import load_hardware


@pytest.fixture(scope="module")
def tank():
    return r.load_robot("tank")


@pytest.fixture(scope="module")
def tank_data():
    path = resources.files("tank_core") / "robots" / "tank.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture
def refusal(tmp_path, tank_data):
    """The message with which tank.yaml is refused after ``change`` was made to it."""

    def change_and_load(change):
        data = copy.deepcopy(tank_data)
        change(data)
        path = tmp_path / "changed.yaml"
        path.write_text(yaml.safe_dump(data), encoding="utf-8")
        r.load_robot.cache_clear()
        with pytest.raises(RobotFileError) as error:
            r.load_robot(str(path))
        assert "\n" not in str(error.value)
        return str(error.value)

    return change_and_load


@pytest.mark.parametrize("name", r.robot_names())
def test_every_robot_that_ships_has_consistent_numbers(name):
    robot = r.load_robot(name)
    assert robot.name == name
    assert len(set(robot.joint_names)) == len(robot.joint_names)
    for joint in robot.arm.joints:
        assert math.hypot(*joint.axis) == pytest.approx(1.0)
    for joint in robot.joint_names:
        lower, upper = robot.joint_limits(joint)
        assert lower < upper and robot.joint_velocity(joint) > 0
    for pace in robot.speeds.values():
        assert 0 < pace.linear <= robot.drive.max_linear and 0 < pace.angular <= robot.drive.max_angular
    assert set(robot.cells) == set(Cell) and set(robot.speeds) == set(Speed)


def test_a_robot_loads_by_name_and_by_path_alike(tmp_path, tank, tank_data):
    path = tmp_path / "copy.yaml"
    path.write_text(yaml.safe_dump(tank_data), encoding="utf-8")
    assert r.load_robot(str(path)) == tank


def test_what_was_not_said_is_normal_and_front(tank):
    assert tank.pace(None) == tank.speeds[Speed.NORMAL]
    assert tank.cell(None) == tank.cells[Cell.FRONT]


@pytest.mark.parametrize("name", r.robot_names())
@given(share=st.floats(0.0, 1.0))
def test_gap_and_position_of_the_gripper_undo_each_other(name, share):
    gripper = r.load_robot(name).gripper
    position = gripper.lower + share * (gripper.upper - gripper.lower)
    assert gripper.position(gripper.gap(position)) == pytest.approx(position, abs=1e-9)


@given(st.floats(), st.floats())
def test_a_clamped_velocity_is_always_one_that_the_robot_allows(linear, angular):
    robot = r.load_robot("tank")
    clamped = robot.clamp_twist(Twist2D(linear, angular))
    assert abs(clamped.linear) <= robot.drive.max_linear and abs(clamped.angular) <= robot.drive.max_angular
    assert robot.clamp_twist(clamped) == clamped


def test_the_focal_length_makes_the_image_as_high_as_the_field_of_view(tank):
    half = math.atan(tank.camera.height / 2 / tank.camera.focal_px)
    assert math.degrees(2 * half) == pytest.approx(tank.camera.fovy)


@pytest.mark.parametrize("opening, words", [
    ([[0.0, 0.0]], "two or more"),
    ([[0.0, 0.0], [0.04, 0.05], [0.03, 0.08]], "positions growing"),
    ([[0.0, 0.0], [0.02, 0.05], [0.04, 0.05]], "all growing or all falling"),
    ([[0.0, 0.0], [0.02, 0.08]], "cover 0 to 0.04"),
    ([[0.0, 0.0], [0.04, 0.05]], "under the widest gap, 0.05"),
])  # fmt: skip
def test_a_table_of_openings_that_cannot_be_read_both_ways_is_refused(refusal, opening, words):
    message = refusal(lambda data: data["gripper"].update(opening=opening))
    assert "gripper: " in message and words in message


def test_a_gripper_may_close_with_a_growing_angle(tmp_path, tank_data):
    data = copy.deepcopy(tank_data)
    data["gripper"]["opening"] = [[0.0, 0.08], [0.04, 0.0]]
    path = tmp_path / "falling.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    assert r.load_robot(str(path)).gripper.position(0.08) == 0.0


@pytest.mark.parametrize("name", ["rasptank", "rasptank_pro"])
def test_joints_of_the_kits_are_those_of_their_boards_and_centered_on_the_same_pose(name):
    """All servos at 90 degrees: the upper arm upright, the forearm level, the gripper closed (the vendor's assembly manual)."""
    robot = r.load_robot(name)
    boards = [load_hardware(board, {}, "test") for board in ("robot_hat_v3", "motor_hat", "pro")]
    boards = [board for board in boards if board.robot == name]
    assert boards and not robot.joint_feedback
    for board in boards:
        assert set(robot.joint_names) <= set(board.servos)
        for joint in robot.joint_names:
            lower, upper = robot.joint_limits(joint)
            assert lower <= board.servos[joint].center <= upper


def test_an_unknown_joint_is_refused_with_those_that_exist(tank):
    with pytest.raises(RobotFileError, match=r"'tail'.*arm_shoulder"):
        tank.joint_limits("tail")


@pytest.mark.parametrize("name", ["tnak", "", "tank.yml.bak", "../robots/tank"])
def test_an_unknown_name_is_refused_with_those_that_exist(name):
    with pytest.raises(RobotFileError, match=r"say one of .*tank"):
        r.load_robot(name)


def test_a_missing_file_and_one_that_is_not_yaml_are_refused(tmp_path):
    with pytest.raises(RobotFileError, match="does not exist"):
        r.load_robot(str(tmp_path / "none.yaml"))
    bad = tmp_path / "bad.yaml"
    bad.write_text("drive: [1, 2", encoding="utf-8")
    with pytest.raises(RobotFileError, match="not YAML"):
        r.load_robot(str(bad))


def test_a_file_that_cannot_be_read_as_text_is_refused(tmp_path):
    bad = tmp_path / "bytes.yaml"
    bad.write_bytes(b"\xff\xfe\x00name: tank")
    with pytest.raises(RobotFileError, match=r"bytes\.yaml"):
        r.load_robot(str(bad))


@pytest.mark.parametrize("content", ["", "tank", "[1, 2]", "3"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path, content):
    path = tmp_path / "odd.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RobotFileError, match="mapping"):
        r.load_robot(str(path))


def test_a_key_with_a_typo_is_refused_with_the_right_ones(refusal):
    message = refusal(lambda data: data["drive"].update(wheel_radios=0.06))
    assert "drive" in message and "'wheel_radios'" in message and "wheel_radius" in message


def test_a_missing_key_is_named_with_its_place(refusal):
    message = refusal(lambda data: data["drive"].pop("wheel_radius"))
    assert "drive" in message and "'wheel_radius' is missing" in message


@pytest.mark.parametrize("value", [math.nan, math.inf, "fast", None, [1.0], True])
def test_a_number_that_is_none_is_refused_with_its_place(refusal, value):
    assert "max_linear" in refusal(lambda data: data["drive"].update(max_linear=value))


@pytest.mark.parametrize("key", ["wheel_radius", "max_linear", "max_angular", "wheel_separation", "cmd_vel_timeout", "linear_acceleration"])
@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_drive_number_that_must_be_positive_is_refused_otherwise(refusal, key, value):
    assert key in refusal(lambda data: data["drive"].update({key: value}))


def test_a_vector_of_the_wrong_length_is_refused(refusal):
    assert "list of 3" in refusal(lambda data: data["chassis"].update(com=[0.0, 0.0]))


def test_limits_the_wrong_way_round_and_a_home_outside_them_are_refused(refusal):
    assert "not below" in refusal(lambda data: data["arm"]["joints"][0].update(lower=3.0))
    assert "home" in refusal(lambda data: data["arm"]["joints"][1].update(home=9.0))


def test_joints_that_share_a_name_or_do_not_move_are_refused(refusal):
    assert "arm_yaw" in refusal(lambda data: data["arm"]["joints"][1].update(name="arm_yaw"))
    assert "velocity" in refusal(lambda data: data["arm"]["joints"][1].update(velocity=0.0))


def test_a_joint_without_an_axis_is_refused(refusal):
    assert "axis" in refusal(lambda data: data["arm"]["joints"][1].update(axis=[0.0, 0.0, 0.0]))


def test_a_link_too_few_is_refused(refusal):
    assert "one link for each joint" in refusal(lambda data: data["arm"]["links"].pop())


def test_a_cell_or_speed_too_few_or_unknown_is_refused(refusal):
    assert "lacks front_left" in refusal(lambda data: data["cells"].pop("front_left"))
    assert "'behind'" in refusal(lambda data: data["cells"].update(behind=[-0.3, 0.0]))
    assert "lacks fast" in refusal(lambda data: data["speeds"].pop("fast"))


def test_a_range_sensor_is_optional_and_checked(tmp_path, tank_data, refusal):
    assert "max_range" in refusal(
        lambda data: data.update(range_sensor={"position": [0.1, 0.0, 0.1]} | {"field_of_view": 0.3, "min_range": 0.02})
    )
    path = tmp_path / "ranged.yaml"
    sensor = {"position": [0.1, 0.0, 0.1], "field_of_view": 0.3, "min_range": 0.02, "max_range": 4.0}
    path.write_text(yaml.safe_dump(tank_data | {"range_sensor": sensor}), encoding="utf-8")
    assert r.load_robot(str(path)).range_sensor == r.RangeSensor((0.1, 0.0, 0.1), 0.3, 0.02, 4.0)
