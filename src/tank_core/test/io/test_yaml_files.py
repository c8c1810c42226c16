"""Whatever is in a file that somebody wrote.

Plain data, or one line that says what is wrong.
"""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.exceptions import ConfigFileError
from tank_core.io.one_line import one_line
from tank_core.io.yaml_files import DEEPEST, LARGEST_FILE, MOST_VALUES, read_text, read_yaml

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def refusal(text):
    with pytest.raises(ConfigFileError) as error:
        read_yaml(text, "tank.yaml")
    message = str(error.value)
    assert message.startswith("tank.yaml") and message == one_line(message) and len(message) < 400
    return message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mass: 1\nmass: 2", "line 2 has the key 'mass' twice"),
        ("a: {b: 1, c: {d: 1, 'd': 2}}", "the key 'd' twice"),
        (BOMB, f"more than {MOST_VALUES} values"),
        ("a: &x [1, *x]", r"alias \*x of what it is part of"),
        ("a: &x {b: *x}", r"alias \*x of what it is part of"),
        ("[" * 5000, f"more than {DEEPEST} deep"),
        ("- " * 3000 + "1", f"more than {DEEPEST} deep"),
        ("{a: " * 3000, f"more than {DEEPEST} deep"),
        ("a:\n\t- 1", r"found character '\\t'"),
        ("a: " + "9" * 5000, "more than 2000 letters"),
        ("a: 0x" + "f" * 5000, "more than 2000 letters"),
        ("a: !!timestamp x", "the tag"),
        ("a: !!int x", "the tag"),
        ("a: !!python/object/apply:os.system ['true']", "the tag"),
        ("? [1]\n: 2", "unhashable key"),
        ("a: \x00", "x0000"),
        ("a: *nobody", "undefined alias 'nobody'"),
        ("--- 1\n--- 2", "another document"),
        ('"\\U00110000"', "cannot be read"),
        ("'open", "not YAML"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_in_one_line_that_says_where(text, words):
    with pytest.raises(ConfigFileError, match=words):
        read_yaml(text, "tank.yaml")
    refusal(text)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", None),
        ("\ufeffa: 1", {"a": 1}),
        (
            "a: &w {r: 1}\nb: *w\nc: {<<: *w, s: 2}",
            {"a": {"r": 1}, "b": {"r": 1}, "c": {"r": 1, "s": 2}},
        ),
        ("day: 2024-99-99", {"day": "2024-99-99"}),
        ("[" * DEEPEST + "]" * DEEPEST, None),
    ],
)
def test_plain_yaml_is_read(text, data):
    read = read_yaml(text, "tank.yaml")
    assert data is None or read == data


@given(
    st.text(
        alphabet=st.sampled_from("ab:,-[]{}&*!|>'\"%@`#? \n\t0.\ufeff\x00\x85\u2028\ud800"),
        max_size=60,
    )
)
def test_any_text_is_data_or_one_line(text):
    try:
        read_yaml(text, "tank.yaml")
    except ConfigFileError as error:
        assert str(error).startswith("tank.yaml") and "\n" not in str(error)


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_one_line(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(content)
    try:
        assert read_text(path, "robot file").encode() in (
            content,
            content.removeprefix(b"\xef\xbb\xbf"),
        )
    except ConfigFileError as error:
        assert "not UTF-8 text: byte" in str(error) and "\n" not in str(error)


def test_what_is_not_a_file_is_not_opened(tmp_path):
    """Neither a pipe, which would wait, nor a device, which never ends."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    for path in (tmp_path / "pipe.yaml", tmp_path / "folder.yaml", Path("/dev/zero")):
        with pytest.raises(ConfigFileError, match=r"robot file .* is not a file; give the path"):
            read_text(path, "robot file")


@pytest.mark.parametrize(
    "name", ["none.yaml", "a\nb.yaml", "a\0b.yaml", "x" * 300 + ".yaml", "none/none.yaml"]
)
def test_a_path_that_leads_nowhere_is_told_in_one_line(tmp_path, name):
    with pytest.raises(
        ConfigFileError, match=r"color file .*(does not exist|cannot be read).*; make one"
    ) as error:
        read_text(f"{tmp_path}/{name}", "color file", "make one")
    assert "\n" not in str(error.value)


def test_a_huge_file_is_not_read(tmp_path):
    path = tmp_path / "huge.yaml"
    path.write_bytes(b"#" * (LARGEST_FILE + 1))
    with pytest.raises(ConfigFileError, match="larger than 256 kB"):
        read_text(path, "robot file")
    path.write_bytes(b"#" * LARGEST_FILE)
    assert len(read_text(path, "robot file")) == LARGEST_FILE
