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
from tank_core.robot.urdf import urdf_tree
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
def refusal(tank_data):
    """The refusal of tank.yaml after ``change`` was made to it."""

    def change_and_load(change):
        data = copy.deepcopy(tank_data)
        change(data)
        with pytest.raises(RobotFileError) as error:
            r.read_robot(data, "changed.yaml")
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
        assert (
            0 < pace.linear <= robot.drive.max_linear
            and 0 < pace.angular <= robot.drive.max_angular
        )
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
    assert (
        abs(clamped.linear) <= robot.drive.max_linear
        and abs(clamped.angular) <= robot.drive.max_angular
    )
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
    """All servos at 90 degrees.

    The upper arm upright, the forearm level, the gripper closed (the vendor's assembly manual).
    """
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


def test_a_byte_order_mark_is_no_fault(tmp_path, tank, tank_data):
    path = tmp_path / "notepad.yaml"
    path.write_text(yaml.safe_dump(tank_data), encoding="utf-8-sig")
    assert r.load_robot(str(path)) == tank


def leaves(data, kinds, path=()):
    """The places of all values of some types in nested plain data."""
    pairs = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    for key, value in pairs:
        if isinstance(value, kinds) and not isinstance(value, bool):
            yield (*path, key)
        yield from leaves(value, kinds, (*path, key))


def put(data, path, value):
    for key in path[:-1]:
        data = data[key]
    data[path[-1]] = value


def key_of(path):
    return next(str(part) for part in reversed(path) if isinstance(part, str))


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, 1e9, -1e9, "fast", [1.0], {}, None, True], ids=str
)
def test_no_number_of_a_robot_file_may_be_what_nothing_has(refusal, tank_data, value):
    for path in leaves(tank_data, (int, float)):
        message = refusal(lambda data, path=path: put(data, path, value))
        assert "changed.yaml: " in message and key_of(path) in message, path


CANNOT_BE_BELOW_ZERO = [
    ("chassis", "half_size", 0), ("chassis", "height"), ("chassis", "mass"),
    ("drive", "wheel_half_width"), ("drive", "wheel_mass"),
    ("drive", "wheel_separation"), ("drive", "wheel_friction"), ("drive", "max_wheel_torque"),
    ("drive", "supports", "radius"),
    ("drive", "supports", "mass"), ("drive", "supports", "wheel_load"),
    ("arm", "joints", 0, "velocity"), ("arm", "joints", 0, "effort"),
    ("arm", "links", 2, "half_size", 1), ("arm", "links", 2, "mass"), ("arm", "tool", 0),
    ("gripper", "velocity"), ("gripper", "effort"),
    ("gripper", "max_object"), ("gripper", "finger_half_size", 2), ("gripper", "finger_mass"),
    ("camera", "fovy"), ("camera", "width"),
    ("camera", "height"), ("camera", "rate"), ("camera", "position", 2), ("camera", "mast_radius"),
    ("range_sensor", "field_of_view"),
    ("range_sensor", "max_range"), ("speeds", "slow", "linear"), ("speeds", "slow", "angular"),
]  # fmt: skip


@pytest.mark.parametrize("path", CANNOT_BE_BELOW_ZERO, ids=str)
@pytest.mark.parametrize("value", [0, -1])
def test_masses_sizes_and_speeds_are_over_zero(refusal, path, value):
    assert key_of(path) in refusal(lambda data: put(data, path, value))


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("chassis", "height"), 0.03, "0.005 m into the floor; give 0.035 or more"),
        (("chassis", "com"), [0.0, 0.2, 0.0], "outside the box; give -0.08 to 0.08 for y"),
        (("drive", "wheel_separation"), 0.03, "the wheels are in one another; give 0.04 or more"),
        (("drive", "supports", "positions"), [], "give one [x, y] or more"),
        (
            ("drive", "max_linear"),
            1.5,
            "give up to 1.32 m/s, which max_wheel_speed and wheel_radius allow",
        ),
        (("drive", "max_angular"), 13.0, "give up to 11.9"),
        (("arm", "joints"), [], "joints has 0 entries; give 1 to 12"),
        (("arm", "tool"), [-0.1, 0.0, 0.0], "give an x over 0"),
        (("gripper", "lower"), 0.05, "gripper: lower 0.05 is not below upper 0.04"),
        (
            ("camera", "mast", 1),
            [-0.135, 0.0, 0.10],
            "camera: mast[0] and mast[1] are both [-0.135, 0.0, 0.1]; give places that are apart",
        ),
        (("range_sensor", "min_range"), 4.0, "min_range 4 is not below max_range 4"),
        (
            ("speeds", "slow", "linear"),
            0.6,
            "linear is slow 0.6, normal 0.5, fast 1; they must rise, up to max_linear, 1",
        ),
        (
            ("speeds", "fast", "angular"),
            2.5,
            "angular is slow 0.5, normal 1, fast 2.5; they must rise, up to max_angular, 2",
        ),
        (("cells", "left"), [0.2, -0.2], "cells: left is [0.2, -0.2]; give a y over 0"),
        (("cells", "front"), [-0.3, 0.0], "cells: front is [-0.3, 0.0]; give an x over 0"),
        (
            ("cells", "front"),
            [0.9, 0.0],
            "0.9 m away; the arm reaches at most 0.59 m, so put it nearer",
        ),
    ],
    ids=str,
)
def test_values_that_do_not_go_together_are_refused_with_what_would(refusal, path, value, words):
    assert words in refusal(lambda data: put(data, path, value))


def names_in(data):
    return [path for path in leaves(data, str) if path != ("name",)]


@pytest.mark.parametrize("name", r.robot_names())
def test_no_name_of_a_robot_file_may_be_there_twice(name):
    """Each name is tried as another of its kind has it, and the URDF.

    The URDF has names for parts of its own.
    """
    text = (resources.files("tank_core") / "robots" / f"{name}.yaml").read_text(encoding="utf-8")
    tree = urdf_tree(r.load_robot(name))
    names = {kind: {node.get("name") for node in tree.iter(kind)} for kind in ("link", "joint")}
    names["link"] |= {"map", "odom", "world"}
    known = yaml.safe_load(text)
    for place in names_in(known):
        for clash in names["link" if "links" in place else "joint"]:
            data = copy.deepcopy(known)
            before = data
            for key in place:
                before = before[key]
            if clash.startswith(before):
                continue  # named after this one
            put(data, place, clash)
            with pytest.raises(RobotFileError, match=rf"clash\.yaml: .*'{clash}'.*; give") as error:
                r.read_robot(data, "clash.yaml")
            assert "\n" not in str(error.value)


@pytest.mark.parametrize("bad", ["", "../../evil", "a b", "<link/>", "arm yaw", "ärm", 7, None])
def test_no_name_of_a_robot_file_may_be_what_ros_or_xml_does_not_take(refusal, tank_data, bad):
    for path in leaves(tank_data, str):
        assert "letters, digits and underscores" in refusal(
            lambda data, path=path: put(data, path, bad)
        )


def test_a_clash_says_which_names_are_taken(refusal):
    message = refusal(lambda data: put(data, ("arm", "links", 0, "name"), "chassis_link"))
    assert (
        "arm: links[0]: name is 'chassis_link', which is another part's name; give one that is "
        "none of base_link, " in message
    )


def test_a_key_with_a_typo_is_refused_with_the_right_ones(refusal):
    message = refusal(lambda data: data["drive"].update(wheel_radios=0.06))
    assert "drive" in message and "'wheel_radios'" in message and "wheel_radius" in message


def test_a_missing_key_is_named_with_its_place(refusal):
    message = refusal(lambda data: data["drive"].pop("wheel_radius"))
    assert "drive" in message and "'wheel_radius' is missing" in message


@pytest.mark.parametrize("value", [math.nan, math.inf, "fast", None, [1.0], True])
def test_a_number_that_is_none_is_refused_with_its_place(refusal, value):
    assert "max_linear" in refusal(lambda data: data["drive"].update(max_linear=value))


@pytest.mark.parametrize(
    "key",
    [
        "wheel_radius",
        "max_linear",
        "max_angular",
        "wheel_separation",
        "cmd_vel_timeout",
        "linear_acceleration",
    ],
)
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
        lambda data: data.update(
            range_sensor={"position": [0.1, 0.0, 0.1]} | {"field_of_view": 0.3, "min_range": 0.02}
        )
    )
    path = tmp_path / "ranged.yaml"
    sensor = {
        "position": [0.1, 0.0, 0.1],
        "field_of_view": 0.3,
        "min_range": 0.02,
        "max_range": 4.0,
    }
    path.write_text(yaml.safe_dump(tank_data | {"range_sensor": sensor}), encoding="utf-8")
    assert r.load_robot(str(path)).range_sensor == r.RangeSensor((0.1, 0.0, 0.1), 0.3, 0.02, 4.0)


@pytest.mark.parametrize("name", r.robot_names())
def test_at_rest_the_arm_is_at_home_and_the_gripper_open(name: str) -> None:
    robot = r.load_robot(name)
    rest = robot.rest_positions
    assert tuple(rest) == robot.joint_names
    assert robot.gripper.gap(rest[robot.gripper.joint]) == max(
        gap for _, gap in robot.gripper.opening
    )
