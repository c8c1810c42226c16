"""Full definitions: what rosbag2's document says of the encoding ros2msg."""

from __future__ import annotations

from tank_recording.definitions import full_text, same_meaning, uses

TEXTS = {
    "a_msgs/Top": "# a\nstd_msgs/Header header  # b\nLeaf[] leaves\nuint8 KIND=3\nLeaf[<=4] few",
    "a_msgs/Leaf": "string<=10 name\nfloat64[3] at\nb_msgs/Deep deep\nb_msgs/Deep[2] two",
    "b_msgs/Deep": "bool yes",
    "std_msgs/Header": "builtin_interfaces/Time stamp\nstring frame_id",
    "builtin_interfaces/Time": "int32 sec\nuint32 nanosec",
}


def test_the_text_is_followed_by_each_used_type_once() -> None:
    text = full_text("a_msgs/msg/Top", TEXTS.__getitem__)
    first, *rest = text.split("\n" + "=" * 80 + "\n")
    assert first == TEXTS["a_msgs/Top"]
    parts = dict(part.split("\n", 1) for part in rest)
    assert parts == {f"MSG: {name}": text for name, text in TEXTS.items() if name != "a_msgs/Top"}
    assert len(rest) == 4


def test_constants_and_bounded_texts_are_no_messages() -> None:
    assert list(uses("string<=10 name\nuint8 KIND=3\nbyte[] data\n# a_msgs/No no", "a_msgs")) == []


def test_comments_do_not_change_a_meaning_and_fields_do() -> None:
    assert same_meaning("int32 a  # one\n\nbool b", "# two\nint32   a\nbool b")
    assert not same_meaning("int32 a\nbool b", "bool b\nint32 a")
