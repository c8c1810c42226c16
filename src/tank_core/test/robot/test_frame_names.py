"""A robot's frames under any names: one tree, or a refusal."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.robot import load_robot, robot_names
from tank_core.robot.frame_names import (
    BASE,
    CAMERA,
    ODOM,
    FrameError,
    FrameNames,
    RobotFrames,
    name_fault,
)
from tank_core.robot.frames import Transform
from tank_core.robot.urdf import build_urdf

ROBOTS = {name: load_robot(name) for name in robot_names()}
URDFS = {name: build_urdf(robot) for name, robot in ROBOTS.items()}
PLAIN = {name: RobotFrames(robot, URDFS[name], FrameNames()) for name, robot in ROBOTS.items()}
LINKS = sorted({each.child for frames in PLAIN.values() for each in frames.fixed} | {ODOM, BASE})
words = st.text(st.characters(exclude_characters="/ "), min_size=1).filter(
    str.isprintable
) | st.sampled_from(LINKS)
legal = st.lists(words, min_size=1, max_size=3).map("/".join)


def tree_of(frames, robot):
    """Child to parent, of everything that is on tf."""
    base = Transform(frames.names.odom, frames.names.base)
    joints = dict.fromkeys((*robot.joint_names, *robot.drive.wheel_joints), 0.0)
    transforms = [*frames.moving(base, joints), *frames.fixed]
    parents = {each.child: each.parent for each in transforms}
    assert len(parents) == len(transforms), "a frame with two parents"
    return parents


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(ROBOTS)), legal, legal)
def test_any_legal_names_make_one_tree_or_are_refused(name, odom, base):
    assert name_fault(odom) is None and name_fault(base) is None
    robot = ROBOTS[name]
    try:
        frames = RobotFrames(robot, URDFS[name], FrameNames(odom, base))
    except FrameError as refusal:
        assert "\n" not in str(refusal) and (
            repr(odom) in str(refusal) or repr(base) in str(refusal)
        )
        return
    parents = tree_of(frames, robot)
    assert {*parents.values()} - {*parents} == {odom} and parents[base] == odom
    prefix = base[: base.rfind("/") + 1]
    assert all(child == base or child.startswith(prefix) for child in parents)
    assert len(parents) == len(tree_of(PLAIN[name], robot))


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(sorted(ROBOTS)), legal)
def test_description_and_tf_have_the_same_links(name, base):
    names = FrameNames("\N{BULLET}", base)  # a name that no link has
    try:
        frames = RobotFrames(ROBOTS[name], URDFS[name], names)
    except FrameError:
        return
    root = ElementTree.fromstring(frames.urdf)
    links = {link.get("name") for link in root.findall("link")}
    assert links == {
        names.of(link.get("name")) for link in ElementTree.fromstring(URDFS[name]).findall("link")
    }
    assert {*tree_of(frames, ROBOTS[name])} <= links
    assert {child.get("link") for child in root.iter("child")} == links - {base}


def test_names_that_nobody_chose_change_nothing():
    assert PLAIN["tank"].urdf == URDFS["tank"]
    assert FrameNames().of(CAMERA) == CAMERA
    assert FrameNames(ODOM, "base_footprint").of(CAMERA) == CAMERA
    assert FrameNames(ODOM, "a/b/base_link").of(CAMERA) == "a/b/camera_link"


@pytest.mark.parametrize(
    "bad",
    ["", "/base_link", "base_link/", "a//b", "/", "base link", "\tx", "a\nb", "\ud800", "x\x00"],
)
def test_what_is_no_frame_name_is_told(bad):
    assert "must" in name_fault(bad)


@pytest.mark.parametrize(
    ("odom", "base", "words"),
    [
        ("x", "x", "odom_frame and base_frame are both 'x'"),
        (ODOM, CAMERA, "base_frame is 'camera_link', which is another frame"),
        ("a/camera_link", "a/base_link", "odom_frame is 'a/camera_link', which is another frame"),
    ],
)
def test_names_that_are_taken_are_refused(odom, base, words):
    with pytest.raises(FrameError, match=words):
        RobotFrames(ROBOTS["tank"], URDFS["tank"], FrameNames(odom, base))


def test_a_description_that_begins_elsewhere_is_refused():
    joint = '<joint name="j" type="fixed"><parent link="trunk"/><child link="leg"/></joint>'
    with pytest.raises(FrameError, match="roots are 'trunk'"):
        RobotFrames(ROBOTS["tank"], f"<robot>{joint}</robot>", FrameNames())


def test_a_link_with_two_parents_is_refused():
    joint = '<joint name="{0}" type="fixed"><parent link="{0}"/><child link="leg"/></joint>'
    side = '<joint name="side" type="fixed"><parent link="base_link"/><child link="hip"/></joint>'
    urdf = f"<robot>{side}{joint.format('base_link')}{joint.format('hip')}</robot>"
    with pytest.raises(FrameError, match="'leg' hangs from two links"):
        RobotFrames(ROBOTS["tank"], urdf, FrameNames())
