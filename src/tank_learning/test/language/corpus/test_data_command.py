"""./tank data compose and count.

Files of sentences, and what is wrong with them.
"""

import json
from pathlib import Path

import pytest

from tank_cli.__main__ import main
from tank_core.english.plain import normalize
from tank_core.exceptions import TankError
from tank_learning.language.corpus import dataset
from tank_learning.language.finetune import options

HANDWRITTEN = dataset.read_handwritten()
GOOD = [
    {
        "instruction": "Go, then stop",
        "output": {
            "commands": [
                {"action": "move", "direction": "forward", "distance_m": 1.0},
                {"action": "stop"},
            ]
        },
        "source": "endpoint/a/b",
    },
    {"instruction": "go, THEN  stop", "output": {"commands": []}, "source": "endpoint/c"},
    {"instruction": "sing", "output": {"commands": []}, "source": "mine"},
    {
        "instruction": "back ten feet",
        "output": {"commands": [{"action": "move", "direction": "backward", "distance_m": 3.048}]},
        "source": "mine",
    },
]
BAD = [
    '{"instruction": "go"',
    '{"instruction": "up", "output": {"commands": [{"action": "jump"}]}, "source": "x"}',
    "[]",
    '{"instruction": "x", "output": {"commands": []}}',
]


def written(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def table(text: str) -> dict[str, int]:
    return {
        name.strip(): int(count)
        for name, count in (line.rsplit(" ", 1) for line in text.splitlines())
    }


def test_counts_are_by_action_and_source_without_duplicates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "a.jsonl", [json.dumps(row) for row in GOOD])
    assert (
        main(
            [
                "data",
                "count",
                str(file),
                str(file),
                "--out",
                str(tmp_path / "clean.jsonl"),
                "--strict",
            ]
        )
        == 0
    )
    assert table(capsys.readouterr().out) == {
        "sentences": 3, "duplicates": 5, "bad lines": 0, "action move": 2, "action stop": 1,
        "action none": 1, "source endpoint": 1, "source mine": 2,
    }  # fmt: skip
    assert [json.loads(line) for line in (tmp_path / "clean.jsonl").read_text().splitlines()] == [
        GOOD[0],
        *GOOD[2:],
    ]


def test_bad_lines_are_named_and_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "a.jsonl", [json.dumps(GOOD[0]), "", *BAD])
    assert main(["data", "count", str(file)]) == 0
    told = capsys.readouterr()
    assert table(told.out)["bad lines"] == len(BAD)
    assert [line.split(": ")[0] for line in told.err.splitlines()] == [
        f"{file}:{number}" for number in (3, 4, 5, 6)
    ]
    assert main(["data", "count", str(file), "--strict"]) == 1


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that a refused command writes."""
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    (line,) = told.err.splitlines()
    return line


def test_a_file_that_is_not_there_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "none.jsonl"
    assert f"{path} does not exist" in refusal(["data", "count", str(path)], capsys)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> list[dataset.Example]:
    """Hand-written sentences, a few from every voice, in the place of all."""
    examples = HANDWRITTEN[::25]
    monkeypatch.setattr(dataset, "read_handwritten", lambda: examples)
    return examples


@pytest.mark.slow
def test_composing_gives_the_same_file_for_the_same_seed_and_every_line_of_it_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], few: list[dataset.Example]
) -> None:
    files = [tmp_path / name for name in ("a.jsonl", "b.jsonl", "c.jsonl")]
    for file, seed in zip(files, "112", strict=True):
        assert main(["data", "compose", "--out", str(file), "--count", "300", "--seed", seed]) == 0
    capsys.readouterr()
    assert files[0].read_bytes() == files[1].read_bytes() != files[2].read_bytes()
    assert main(["data", "count", str(files[0]), "--strict"]) == 0
    counted = table(capsys.readouterr().out)
    assert counted["sentences"] == len(files[0].read_text().splitlines()) > 800
    assert counted["duplicates"] == 0


def test_composing_leaves_the_held_out_groups_out(
    tmp_path: Path, few: list[dataset.Example]
) -> None:
    assert main(["data", "compose", "--out", str(tmp_path / "a.jsonl"), "--count", "0"]) == 0
    written = {
        json.loads(line)["source"] for line in (tmp_path / "a.jsonl").read_text().splitlines()
    }
    kept, held = dataset.split(few)
    assert held
    assert written == {example.source for example in kept}
    assert not written & {example.source for example in held}


def test_a_count_below_nought_is_an_error_of_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["data", "compose", "--out", str(tmp_path / "a.jsonl"), "--count", "-1"]
    assert "argument --count: '-1' is no whole number from 0 on" in refusal(command, capsys)


def test_asking_needs_to_know_whom_unless_it_is_dry(capsys: pytest.CaptureFixture[str]) -> None:
    told = refusal(["data", "ask", "--model", "m"], capsys)
    assert told.endswith("--endpoint, --out must be given; only --dry-run does without")
    assert main(["data", "ask", "--dry-run", "--pairs", "3"]) == 0
    assert "Write 3 pairs." in capsys.readouterr().out


def test_missing_training_tools_are_named_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        options, "find_spec", lambda name: None if name in ("torch", "google") else object()
    )
    with pytest.raises(
        TankError, match=r"^not installed: torch, protobuf; run ./tank setup --train$"
    ):
        options.require_training_tools()


def test_records_become_examples_in_shorthand(tmp_path: Path) -> None:
    examples = dataset.read_records(
        written(tmp_path / "a.jsonl", [json.dumps(row) for row in GOOD])
    )
    assert [(example.answer, example.source) for example in examples] == [
        ("move forward ; stop", "endpoint/a/b"),
        ("none", "mine"),
        ("move backward 10 ft", "mine"),
    ]


@pytest.mark.parametrize("line", BAD)
def test_a_bad_record_is_named_with_the_cure(tmp_path: Path, line: str) -> None:
    file = written(tmp_path / "a.jsonl", [json.dumps(GOOD[0]), line])
    with pytest.raises(
        TankError, match=r"a.jsonl:2: .*; ./tank data count .* leaves such lines out"
    ):
        dataset.read_records(file)


@pytest.mark.slow
def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    examples = HANDWRITTEN[::20]
    dataset.write_jsonl(examples, tmp_path / "a.jsonl")
    back = dataset.read_records(tmp_path / "a.jsonl")
    assert [normalize(example.instruction) for example in back] == [
        normalize(example.instruction) for example in examples
    ]
    assert [dataset.to_record(example).commands for example in back] == [
        dataset.to_record(example).commands for example in examples
    ]
