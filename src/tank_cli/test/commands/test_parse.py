"""``./tank parse``: one sentence, and files of them."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from stand_ins import TableModel

from tank_cli.__main__ import main
from tank_core.io.console import ExitCode
from tank_language.model import RawAnswer
from tank_language.prompt import Form

Capture = pytest.CaptureFixture[str]


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.usefixtures("table_model")
def test_the_meaning_is_the_only_thing_on_stdout(capsys: Capture) -> None:
    assert main(["parse", "turn left"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {
        "commands": [{"action": "turn", "direction": "left", "angle_deg": 90.0}]
    }
    assert captured.out.count("\n") == 1 and captured.err == ""


@pytest.mark.usefixtures("table_model")
def test_nothing_understood_is_an_empty_list_and_a_reason(capsys: Capture) -> None:
    assert main(["parse", "make me a coffee"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"commands": []}
    assert captured.err.startswith("tank: ")


@pytest.mark.usefixtures("table_model")
@pytest.mark.parametrize("instruction", ["", "   ", "x" * 301, "turn \x00 left"])
def test_what_is_rejected_has_exit_code_2(capsys: Capture, instruction: str) -> None:
    assert main(["parse", instruction]) == 2
    assert json.loads(capsys.readouterr().out) == {"commands": []}


def test_a_sentence_leans_on_commands_or_on_a_sentence(
    capsys: Capture, table_model: TableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"turn left": "<turn><left>", "again": "<again>"}
    monkeypatch.setattr(table_model, "form", Form.SHORTHAND, raising=False)
    monkeypatch.setattr(
        table_model, "answer", lambda said, *_: RawAnswer(answers.get(said, "<none>"), tokens=1)
    )
    assert main(["parse", "turn left"]) == 0
    printed = capsys.readouterr().out
    commands = json.dumps(json.loads(printed)["commands"])
    for previous in (printed, commands, "turn left"):
        assert main(["parse", "again", "--previous", previous]) == 0
        assert capsys.readouterr().out == printed
    assert main(["parse", "again"]) == 2
    for previous, problem in (
        ("sing", "'sing' was not understood"), ("[{}]", "action is None"), ("[", "no list"),
        ("{}", "commands"),
    ):  # fmt: skip
        capsys.readouterr()
        assert main(["parse", "again", "--previous", previous]) == 2
        assert problem in capsys.readouterr().err
    assert main(["parse", "--batch", "a", "--out", "b", "--previous", "turn left"]) == 2


def test_a_line_of_a_batch_has_what_it_leans_on(
    capsys: Capture, tmp_path: Path, table_model: TableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_model, "form", Form.SHORTHAND, raising=False)
    monkeypatch.setattr(table_model, "answer", lambda *_: RawAnswer("<again>", tokens=1))
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    last = {"action": "move", "direction": "backward", "distance_m": 2.0, "speed": "slow"}
    lines = [{"previous": [last]}, {}, {"previous": []}, {"previous": last}, {"previous": [{}]}]
    source.write_text(
        "".join(json.dumps({"id": 1, "instruction": "again", **line}) + "\n" for line in lines)
    )
    assert main(["parse", "--batch", str(source), "--out", str(target)]) == 1
    written = lines_of(target)
    assert [item["commands"] for item in written] == [[last], [], [], [], []]
    assert [item["verdict"] for item in written] == ["OK"] + ["REJECTED"] * 4
    err = capsys.readouterr().err
    assert ':4: has a "previous" that is no list' in err
    assert ":5: " in err and "action is None" in err and ":3:" not in err


@pytest.mark.usefixtures("table_model")
def test_a_batch_keeps_the_order_and_every_line(capsys: Capture, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    items = [
        {"id": f"n{i}", "instruction": "turn left" if i % 2 else "nonsense", "more": 1}
        for i in range(25)
    ]
    source.write_text("".join(json.dumps(item) + "\n" for item in items) + "\n")
    assert main(["parse", "--batch", str(source), "--out", str(target)]) == 0
    written = lines_of(target)
    assert [item["id"] for item in written] == [item["id"] for item in items]
    assert list(written[0]) == ["id", "instruction", "commands", "verdict", "latency_ms"]
    assert [item["verdict"] for item in written[:2]] == ["EMPTY", "OK"]
    assert all(item["latency_ms"] >= 0 for item in written)
    captured = capsys.readouterr()
    assert captured.out == "" and "25/25" in captured.err


@pytest.mark.usefixtures("table_model")
def test_bad_lines_are_named_and_written_as_rejected(capsys: Capture, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    good = b'{"id": 1, "instruction": "turn left"}'
    bad = [
        b"{",
        b"[]",
        b'"text"',
        b'{"id": 7}',
        b'{"instruction": "turn left"}',
        b'{"id": 8, "instruction": 5}',
        b"\xff\xfe",
        b"[" * 5000,
    ]
    source.write_bytes(b"\n".join([good, *bad, good]))
    assert main(["parse", "--batch", str(source), "--out", str(target)]) == 1
    written = lines_of(target)
    assert [item["verdict"] for item in written] == ["OK", *["REJECTED"] * len(bad), "OK"]
    err = capsys.readouterr().err
    assert all(f"in.jsonl:{number}:" in err for number in range(2, 2 + len(bad)))
    assert written[4]["id"] == 7


@pytest.mark.usefixtures("table_model")
def test_the_output_appears_whole_or_not_at_all(
    table_model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(
        '{"id": 1, "instruction": "turn left"}\n{"id": 2, "instruction": "turn left"}\n'
    )
    target.write_text("old")
    answers = iter([table_model.answer("turn left")])
    # the second one breaks
    monkeypatch.setattr(table_model, "answer", lambda *_: next(answers), raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert main(["parse", "--batch", str(source), "--out", str(target)]) == ExitCode.BROKEN
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl", "state"]


@pytest.mark.usefixtures("table_model")
def test_the_output_is_readable_as_any_new_file(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": 1, "instruction": "turn left"}\n')
    before = os.umask(0o027)
    try:
        main(["parse", "--batch", str(source), "--out", str(target)])
    finally:
        os.umask(before)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@pytest.mark.usefixtures("table_model")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["parse"], "say what to translate"),
        (["parse", "--batch", "in.jsonl"], "--out"),
        (["parse", "turn left", "--out", "out.jsonl"], "--batch"),
        (["parse", "--batch", "/nowhere.jsonl", "--out", "out.jsonl"], "/nowhere.jsonl"),
        (["parse", "--batch", os.devnull, "--out", "/nowhere/out.jsonl"], "/nowhere/out.jsonl"),
    ],
)
def test_faults_are_one_line_and_exit_code_2(
    capsys: Capture, arguments: list[str], words: str
) -> None:
    assert main(arguments) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].startswith("tank: ") and words in lines[-1]


LAZY = """
import sys
from tank_cli.__main__ import main
from tank_core.io.console import ExitCode
try:
    main(sys.argv[1:])
except SystemExit:
    pass
heavy = {"rclpy", "mujoco", "cv2", "llama_cpp", "numpy", "prompt_toolkit", "yaml", "tank_core"}
print(*sorted(heavy & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--help"], {"tank_core"}),
        (["--version"], {"tank_core"}),
        (["run", "--help"], {"tank_core"}),
        (["parse", "--model", "/nowhere.gguf", "turn left"], {"tank_core", "numpy", "yaml"}),
        (["worlds", "--no-pictures"], {"tank_core", "numpy", "yaml"}),
    ],
)
def test_a_command_imports_only_what_it_needs(arguments: list[str], allowed: set[str]) -> None:
    out = subprocess.run(
        [sys.executable, "-c", LAZY, *arguments], capture_output=True, text=True, check=True
    ).stdout
    assert set(out.splitlines()[-1].split()) <= allowed
