"""JSON and files from outside: read, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tank_core.io.inputs import InputError, parse_json, read_bytes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_every_encoding_of_json_is_read(encoding: str) -> None:
    assert parse_json('{"a": "ü😀"}'.encode(encoding)) == {"a": "ü😀"}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1,]", "[" * 200_000 + "]" * 200_000, '{"a":' * 200_000, "NaN", "[-Infinity]",
     "1e400", "9" * 5000, '{"a": 1, "a": 2}', b"\xff\xfe\x00", b'"\xff"', "'a'"],
)  # fmt: skip
def test_what_is_no_json_is_refused_in_one_line(text: str | bytes) -> None:
    with pytest.raises(InputError) as refused:
        parse_json(text)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 400


@pytest.mark.parametrize("name", ["/nowhere", "/dev/zero", "/", "a\0b", "x" * 5000])
def test_what_cannot_be_read_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(InputError) as refused:
        read_bytes(name, 1000)
    assert "\n" not in str(refused.value)


def test_a_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(1000))
    assert len(read_bytes(tmp_path / "file", 1000)) == 1000
