"""``./tank eval``: figures of the sentences given, and a full report."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tank_cli.__main__ import main
from tank_cli.commands.model.eval import BASELINE, _compare_speed
from tank_core.exceptions import TankError
from tank_learning.language.evaluation.scoring import read_questions
from tank_llama.model_file import SUMS, sha256

ROOT = Path(__file__).resolve().parents[4]
MODEL = ROOT / "models" / "tank-nano.gguf"
FORWARD = {"action": "move", "direction": "forward", "distance_m": 1.0}
QUESTIONS = (
    ("go forward one meter", [FORWARD], "move"),
    # wrong on purpose: it means 90
    ("turn left", [{"action": "turn", "direction": "left", "angle_deg": 45.0}], "turn"),
    ("stop", [{"action": "stop"}], "stop"),
    ("what is the weather like today", [], "ood"),
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    rows = [
        {"id": f"q{i}", "instruction": s, "commands": c, "category": k}
        for i, (s, c, k) in enumerate(QUESTIONS)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.slow
def test_the_whole_report(
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # another model of the environment leaves the comparison its words
    monkeypatch.setenv("TANK_MODEL", str(tmp_path / "none.gguf"))
    report, text = tmp_path / "report.json", tmp_path / "report.md"
    assert (
        main(
            [
                "eval",
                "--model",
                str(MODEL),
                "--data",
                str(data),
                "--json",
                str(report),
                "--markdown",
                str(text),
            ]
        )
        == 0
    )
    written = json.loads(report.read_text())
    result = written["sets"][str(data)][str(MODEL)]
    figures = result["figures"]
    assert (figures["sentences"], figures["schema_valid"]) == (4, 1.0)
    assert (
        figures["exact_match"],
        figures["action_seq"],
        figures["ood_f1"],
        figures["wrong_commands"],
    ) == (0.75, 1.0, 1.0, 1)
    assert (figures["task_success"], figures["task_pairs"], figures["task_pairs_ending_early"]) == (
        0.5,
        2,
        0,
    )
    assert 0 < figures["memory_added_mb"] < 80
    assert figures["model_file_mb"] == MODEL.stat().st_size / 1e6
    assert [miss["instruction"] for miss in result["misses"]] == ["turn left"]
    assert {category: part["exact_match"] for category, part in result["categories"].items()} == {
        "move": 1,
        "turn": 0,
        "stop": 1,
        "ood": 1,
    }
    assert written["speed"][BASELINE] > written["speed"][str(MODEL)] > 0
    assert text.read_text().split() == capsys.readouterr().out.split()


@pytest.mark.slow
def test_models_stand_side_by_side(
    data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(MODEL.read_bytes())
    assert (
        main(["eval", "--quick", "--model", str(MODEL), "--model", str(other), "--data", str(data)])
        == 0
    )
    said = capsys.readouterr().out
    assert "| exact_match | 0.750 (0.301 to 0.954) | 0.750 (0.301 to 0.954) |" in said
    # what is worst comes first
    assert said.index("| wrong_motion | 0.250 (0.046 to 0.699) |") < said.index(
        "| false_move | 0.0"
    )
    assert said.index("| false_move |") < said.index("| exact_match |")


def test_lines_lean_on_what_was_before_and_are_counted_by_voice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"id": "1", "instruction": "again", "commands": [FORWARD], "voice": "pilot",
         "previous": [FORWARD]},
        {"id": "2", "instruction": "turn left", "commands": [FORWARD], "voice": "cook"},
        # there is nothing to repeat: that is the right answer, and a valid one
        {"id": "3", "instruction": "again", "commands": [], "voice": "cook"},
    ]  # fmt: skip
    data, out = tmp_path / "data.jsonl", tmp_path / "out.json"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = ["eval", "--quick", "--model", str(MODEL), "--data", str(data), "--json", str(out)]
    assert main(run) == 0
    report = json.loads(out.read_text())["sets"][str(data)][str(MODEL)]
    assert report["figures"]["schema_valid"] == 1
    assert {name: part["wrong_motions"] for name, part in report["voices"].items()} == {
        "pilot": 0, "cook": 1,
    }  # fmt: skip
    assert "| cook | 0.500 of 2, 1 wrong motions |" in capsys.readouterr().out


def test_fewer_pairs_can_be_simulated(data: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert (
        main(
            [
                "eval",
                "--no-rival",
                "--sim",
                "1",
                "--model",
                str(MODEL),
                "--data",
                str(data),
                "--json",
                str(report),
            ]
        )
        == 0
    )
    figures = json.loads(report.read_text())["sets"][str(data)][str(MODEL)]["figures"]
    assert (figures["task_success"], figures["task_pairs"]) == (1.0, 1)


@pytest.mark.slow
def test_the_misses_of_the_secret_set_are_shown_on_demand_only(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = data.rename(data.with_name("second.jsonl"))
    for options, shown in (((), False), (("--misses",), True)):
        assert (
            main(["eval", "--quick", "--model", str(MODEL), "--data", str(secret), *options]) == 0
        )
        said = capsys.readouterr().out
        assert ("turn left" in said) is shown
        assert ("q1" in said) is not shown


@pytest.mark.slow
def test_a_model_that_is_missing_ends_the_comparison(
    data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TANK_MODEL", str(tmp_path / "none.gguf"))
    # the model that is asked is that of the environment
    with pytest.raises(TankError, match=r"none.gguf"):
        _compare_speed([str(tmp_path / "none.gguf")], {"one": read_questions(data)}, 1)


@pytest.mark.slow
def test_two_models_that_answer_together_are_one_column(
    data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TANK_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    checking = tmp_path / "models" / "tank-gemma.gguf"  # tank-nano again, for want of it
    checking.symlink_to(MODEL)
    (checking.parent / SUMS).write_text(f"{sha256(MODEL)}  {checking.name}\n")
    report = tmp_path / "report.json"
    options = ["--quick", "--data", str(data), "--json", str(report)]
    assert main(["eval", "--model", "both", "--model", str(MODEL), *options]) == 0
    both, alone = json.loads(report.read_text())["sets"][str(data)].values()
    assert both["figures"]["exact_match"] == alone["figures"]["exact_match"]
    assert both["figures"]["model_file_mb"] == 2 * alone["figures"]["model_file_mb"]


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_asked(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "--data", str(data), "--json", str(tmp_path)]) == 2
    assert "asking" not in capsys.readouterr().err


def test_a_report_stays_when_its_successor_fails(data: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text("figures\n")
    assert (
        main(
            [
                "eval",
                "--model",
                str(tmp_path / "none.gguf"),
                "--data",
                str(data),
                "--markdown",
                str(report),
            ]
        )
        == 2
    )
    assert report.read_text() == "figures\n"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Expecting property name"),
        (
            '{"id": "a", "instruction": "go", "commands": [{"action": "fly"}]}',
            "questions.jsonl:1: .*fly",
        ),
    ],
)
def test_a_bad_line_is_named(
    tmp_path: Path, line: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "questions.jsonl").write_text(line)
    assert main(["eval", "--data", str(tmp_path / "questions.jsonl")]) == 2
    assert re.search(reason, capsys.readouterr().err)


def test_a_set_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "--data", str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err
