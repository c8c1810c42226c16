"""Transforms over time.

They pass through what was told, know nothing that was not, and outlive whoever tells what is not
so.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from same_transform import assert_same

from tank_core.robot.frames import Transform, about
from tank_perception.frames.history import AHEAD, BACK, HISTORY, TransformError
from tank_perception.frames.poses import compose, inverse
from tank_perception.frames.transforms import MOST_FRAMES, SILENT, Transforms

ANGLES = st.floats(-3.1, 3.1)
NUMBERS = st.floats(-10.0, 10.0)


def robot_tree() -> Transforms:
    """A robot that drives and turns evenly, with a camera on a mast.

    It does so from 0 to 2 s.
    """
    tree = Transforms()
    for step in range(101):
        tree.add(where(step * 0.02), step * 0.02)
    tree.add_fixed(Transform("base_link", "camera_link", (0.1, 0.0, 0.5), about((0, 1, 0), 0.78)))
    tree.add_fixed(Transform("camera_link", "optical", rotation=(-0.5, 0.5, -0.5, 0.5)))
    return tree


def where(time: float) -> Transform:
    # yaw goes through pi
    return Transform(
        "odom", "base_link", (0.5 * time, -0.2 * time, 0.0), about((0, 0, 1), 3.0 + time)
    )


@given(st.floats(0.0, 2.0))
def test_a_chain_is_looked_up_at_its_time_in_both_directions(time: float) -> None:
    tree = robot_tree()
    fixed = compose(
        Transform("base_link", "camera_link", (0.1, 0.0, 0.5), about((0, 1, 0), 0.78)),
        Transform("camera_link", "optical", rotation=(-0.5, 0.5, -0.5, 0.5)),
    )
    assert_same(tree.lookup("odom", "optical", time), compose(where(time), fixed))
    assert_same(tree.lookup("optical", "odom", time), inverse(compose(where(time), fixed)))
    assert_same(tree.lookup("base_link", "optical", time), fixed)
    assert_same(tree.lookup("base_link", "base_link", time), Transform("base_link", "base_link"))


@given(st.floats(2.0, 2.0 + AHEAD))
def test_a_little_ahead_the_motion_goes_on(time: float) -> None:
    assert_same(robot_tree().lookup("odom", "base_link", time), where(time))


def test_a_little_ahead_the_motion_goes_on_also_after_two_readings() -> None:
    tree = Transforms()
    for time in (1.0, 1.02):
        tree.add(where(time), time)
    assert_same(tree.lookup("odom", "base_link", 1.09), where(1.09))
    tree = Transforms()
    tree.add(where(1.0), 1.0)
    # of one alone, no motion is known
    assert_same(tree.lookup("odom", "base_link", 1.09), where(1.0))


def test_fixed_frames_are_for_ever_also_where_nothing_else_is() -> None:
    tree = Transforms()
    tree.add_fixed(Transform("a", "b", (1.0, 0.0, 0.0)))
    assert (
        tree.lookup("a", "b", 0.0)
        == tree.lookup("a", "b", 1e9)
        == Transform("a", "b", (1.0, 0.0, 0.0))
    )


@pytest.mark.parametrize(
    ("parent", "child", "time", "ahead", "words"),
    [
        (
            "odom",
            "base_link",
            2.11,
            AHEAD,
            "odom -> base_link at that time: odom -> base_link: it is wanted at 2.110 s and known "
            "up to 2.000 s",
        ),
        (
            "odom",
            "optical",
            2.05,
            0.0,
            "odom -> optical at that time: odom -> base_link: it is wanted at 2.050 s",
        ),
        ("odom", "base_link", -0.01, AHEAD, "known from 0.000 s on"),
        (
            "odom",
            "hand",
            1.0,
            AHEAD,
            "'hand' is not on tf; there are base_link, camera_link, odom, optical",
        ),
        ("map", "hand", 1.0, AHEAD, "'map' and 'hand' is not on tf"),
        (
            "odom",
            "island",
            1.0,
            AHEAD,
            "no transform odom -> island: a frame between them is not on tf",
        ),
    ],
)
def test_what_is_not_known_is_told_in_one_line(
    parent: str, child: str, time: float, ahead: float, words: str
) -> None:
    tree = robot_tree()
    if child == "island":
        tree.add_fixed(Transform("sea", "island"))
    with pytest.raises(TransformError) as error:
        tree.lookup(parent, child, time, ahead)
    assert words in str(error.value) and "\n" not in str(error.value)


def test_nothing_on_tf_is_told() -> None:
    with pytest.raises(TransformError, match="nothing came on tf"):
        Transforms().lookup("odom", "base_link", 0.0)


def test_frames_in_a_circle_end() -> None:
    tree = Transforms()
    tree.add_fixed(Transform("a", "b"))
    tree.add_fixed(Transform("b", "a"))
    with pytest.raises(TransformError):
        tree.lookup("c", "a", 0.0)


def test_history_has_a_limit() -> None:
    tree = Transforms()
    for step in range(1000):
        tree.add(Transform("odom", "base_link", (step * 0.1, 0.0, 0.0)), step * 0.1)
    assert tree.lookup("odom", "base_link", 99.9 - HISTORY).translation[0] == pytest.approx(
        99.9 - HISTORY
    )
    with pytest.raises(TransformError, match=r"known from 89\.9"):
        tree.lookup("odom", "base_link", 99.9 - HISTORY - 0.2)
    assert len(tree._moving["odom", "base_link"]._history._entries) <= HISTORY / 0.1 + 2


@given(st.permutations(range(10)))
def test_the_order_of_arrival_does_not_matter(order: list[int]) -> None:
    tree = Transforms()
    for step in order:
        tree.add(where(step * 0.05), step * 0.05)
    assert_same(tree.lookup("odom", "base_link", 0.33), where(0.33))


def test_a_clock_that_goes_back_begins_anew() -> None:
    tree = Transforms()
    for time in (100.0, 101.0, 101.0 - 2 * BACK - 50.0):
        tree.add(Transform("odom", "base_link", (time, 0.0, 0.0)), time)
    assert tree.lookup("odom", "base_link", 49.0).translation[0] == 49.0
    with pytest.raises(TransformError):
        tree.lookup("odom", "base_link", 100.5)


def test_a_frame_may_have_been_told_in_two_parents() -> None:
    """As by a localization that publishes map -> base_link beside odom's."""
    tree = robot_tree()
    tree.add(Transform("map", "base_link"), 2.0)
    assert_same(tree.lookup("odom", "base_link", 1.0), where(1.0))
    assert tree.lookup("map", "base_link", 2.0) == Transform("map", "base_link")


# Those who tell what is not so

STRAYS = [
    Transform("base_link", "odom", (9.0, 0.0, 0.0)),
    Transform("base_link", "camera_link", (9.0, 0.0, 0.0)),
    Transform("optical", "base_link", (9.0, 0.0, 0.0)),
    Transform("optical", "odom", (9.0, 0.0, 0.0)),
    Transform("map", "base_link", (9.0, 0.0, 0.0)),
    Transform("map", "camera_link", (9.0, 0.0, 0.0)),
    Transform("map", "odom", (9.0, 0.0, 0.0)),
]


def robot_says(tree: Transforms, start: float, end: float) -> None:
    """Its frames at 20 Hz, as the clock goes on."""
    for step in range(round(start * 20), round(end * 20) + 1):
        tree.add(where(step / 20), step / 20, step / 20)


def fixed(tree: Transforms) -> None:
    tree.add_fixed(Transform("base_link", "camera_link", (0.1, 0.0, 0.5), about((0, 1, 0), 0.78)))
    tree.add_fixed(Transform("camera_link", "optical", rotation=(-0.5, 0.5, -0.5, 0.5)))


def sees_well(tree: Transforms, time: float) -> None:
    assert_same(tree.lookup("odom", "optical", time), clean(time))


def clean(time: float) -> Transform:
    tree = Transforms()
    fixed(tree)
    robot_says(tree, time - 1.0, time)
    return tree.lookup("odom", "optical", time)


@pytest.mark.parametrize("stray", STRAYS, ids=lambda stray: f"{stray.parent}-{stray.child}")
def test_one_stray_message_on_tf_blinds_nobody(stray: Transform) -> None:
    tree = Transforms()
    fixed(tree)
    robot_says(tree, 0.0, 3.0)
    tree.add(stray, 3.01, 3.01)
    robot_says(tree, 3.05, 3.05)
    sees_well(tree, 3.05)


@pytest.mark.parametrize("stray", STRAYS, ids=lambda stray: f"{stray.parent}-{stray.child}")
def test_one_that_came_before_the_robot_is_outlived(stray: Transform) -> None:
    tree = Transforms()
    tree.add(stray, 1.0, 1.0)
    fixed(tree)
    robot_says(tree, 1.05, 1.05 + SILENT + 0.1)
    sees_well(tree, 1.05 + SILENT + 0.1)


@pytest.mark.parametrize("stray", STRAYS, ids=lambda stray: f"{stray.parent}-{stray.child}")
def test_a_sender_that_goes_on_is_told_and_outlived(stray: Transform) -> None:
    """A word that contradicts what came first is left out, others are not."""
    tree = Transforms()
    fixed(tree)
    robot_says(tree, 0.0, 3.0)
    for step in range(61):
        tree.add(stray, 3.0 + step / 20, 3.0 + step / 20)
        robot_says(tree, 3.0 + step / 20, 3.0 + step / 20)
    told = " ".join(tree.contradictions(6.0))
    if "map" not in (stray.parent, stray.child):
        assert "is not used: it would close a circle with" in told and "\n" not in told
    robot_says(tree, 6.05, 6.1 + SILENT)
    assert not list(tree.contradictions(6.1 + SILENT))
    sees_well(tree, 6.1 + SILENT)


def test_latched_frames_come_back_when_a_moving_one_falls_silent() -> None:
    tree = Transforms()
    tree.add_fixed(Transform("base_link", "camera_link", (0.1, 0.0, 0.5)))
    for step in range(41):
        tree.add(Transform("base_link", "camera_link", (0.2, 0.0, 0.5)), step / 20, step / 20)
    assert tree.lookup("base_link", "camera_link", 2.0).translation[0] == 0.2
    assert "base_link -> camera_link on tf_static is not used" in next(
        iter(tree.contradictions(2.0))
    )
    assert tree.lookup("base_link", "camera_link", 2.1 + SILENT).translation[0] == 0.1


def test_of_latched_frames_the_last_of_a_child_counts() -> None:
    """A camera that was mounted elsewhere, and its driver started again."""
    tree = Transforms()
    fixed(tree)
    tree.add_fixed(Transform("base_link", "mast", (0.0, 0.0, 1.0)))
    tree.add_fixed(Transform("mast", "camera_link"))
    assert tree.lookup("base_link", "camera_link", 1.0).translation == (0.0, 0.0, 1.0)
    tree.add_fixed(Transform("mast", "camera_link", (0.5, 0.0, 0.0)))
    assert tree.lookup("base_link", "camera_link", 1.0).translation == (0.5, 0.0, 1.0)


def test_a_latched_frame_that_would_close_a_circle_is_left_out_and_told() -> None:
    tree = robot_tree()
    before = tree.lookup("base_link", "optical", 1.0)
    tree.add_fixed(Transform("optical", "base_link", (9.0, 0.0, 0.0)))
    tree.add_fixed(Transform("optical", "odom", (9.0, 0.0, 0.0)))
    assert tree.lookup("base_link", "optical", 1.0) == before
    assert_same(tree.lookup("odom", "base_link", 1.0), where(1.0))
    told = [sentence.split("; end one of the senders")[0] for sentence in tree.contradictions(2.0)]
    circle = "base_link -> camera_link on tf_static, camera_link -> optical on tf_static"
    assert sorted(told) == [
        f"optical -> base_link on tf_static is not used: it would close a circle with {circle}",
        "optical -> odom on tf_static is not used: it would close a circle with odom -> base_link "
        f"on tf, {circle}",
    ]


def test_a_latched_odometry_frame_yields_to_the_robots_own() -> None:
    tree = Transforms()
    tree.add_fixed(Transform("odom", "base_link", (9.0, 0.0, 0.0)))
    tree.add_fixed(Transform("base_link", "odom", (9.0, 0.0, 0.0)))
    robot_says(tree, 0.0, 2.0)
    assert_same(tree.lookup("odom", "base_link", 2.0), where(2.0))


def test_what_was_latched_can_be_forgotten() -> None:
    tree = robot_tree()
    tree.forget_fixed()
    assert tree.frames() == ["base_link", "odom"]
    with pytest.raises(TransformError):
        tree.lookup("base_link", "optical", 1.0)
    fixed(tree)
    assert_same(tree.lookup("odom", "optical", 1.0), robot_tree().lookup("odom", "optical", 1.0))


@pytest.mark.parametrize(
    ("stamp", "words"), [(0.0, "it has no stamp"), (5.0, "old"), (200.0, "in the future")]
)
def test_a_stamp_of_another_time_is_refused_by_name_and_spoils_nothing(
    stamp: float, words: str
) -> None:
    tree = Transforms()
    robot_says(tree, 99.0, 100.0)
    with pytest.raises(TransformError, match=f"odom -> base_link is not used: .*{words}"):
        tree.add(Transform("odom", "base_link", (9.0, 0.0, 0.0)), stamp, 100.0)
    assert_same(tree.lookup("odom", "base_link", 100.0), where(100.0))


def test_names_without_end_take_no_memory_without_end() -> None:
    tree = robot_tree()
    for number in range(2 * MOST_FRAMES):
        tree.add(Transform("odom", f"thing_{number}"), 2.0 + number * 1e-3, 2.0 + number * 1e-3)
        tree.add_fixed(Transform("odom", f"mark_{number}"))
    assert (
        len(tree._moving) <= MOST_FRAMES
        and len(tree._fixed) <= MOST_FRAMES
        and len(tree._first) <= MOST_FRAMES
    )


FRAMES = ("odom", "base_link", "camera_link", "optical", "map", "hand")
WORDS = st.tuples(
    st.sampled_from(FRAMES),
    st.sampled_from(FRAMES),
    st.sampled_from(("tf", "tf_static")),
    st.floats(-0.5, 0.5),
    st.booleans(),
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=60))
def test_whatever_is_said_frames_never_go_round_and_the_good_ones_come_back(
    words: list[tuple],
) -> None:
    """Any words of anybody, at any time, then silence.

    The robot's own word counts. What was latched ends with its sender.
    """
    tree, now = Transforms(), 10.0
    for parent, child, topic, late, again in words:
        now += 0.1
        pose = Transform(parent, child, (now, 1.0, 0.0))
        try:
            if topic == "tf":
                tree.add(pose, now + late, now)
            else:
                tree.add_fixed(pose)
        except TransformError:
            assert parent == child
        if again:
            robot_says(tree, now, now)
            fixed(tree)
        ends(tree, now)
    tree.forget_fixed()  # their senders ended; the robot's lives
    fixed(tree)
    later = now + 0.5 + 2 * SILENT
    robot_says(tree, now + 0.5, later + 0.1)
    later = round(later * 20) / 20
    assert_same(tree.lookup("odom", "optical", later), clean(later))
    assert not list(tree.contradictions(later))


def ends(tree: Transforms, time: float) -> None:
    """Every path is found and ends, and no two frames have two paths."""
    forest = tree._forest(time)
    kept = sum(map(len, forest._beside.values())) // 2
    frames = {frame for edge in (*tree._moving, *tree._fixed) for frame in edge}
    assert kept + len(forest.left_out) == len(tree._moving) + len(tree._fixed)
    # a forest has as many edges
    assert kept == len(frames) - len({forest._top(frame) for frame in frames})
    for one in frames:
        for other in frames:
            path = forest.path(one, other)
            assert path is None or len(path) < len(frames)
