"""The table of learned skills has classical rows first and honest counts.

Both kinds of rows are tried with the same seeds.
"""

from __future__ import annotations

import argparse
import importlib
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training tools are not installed: ./tank setup --train")

from tank_bench.skills import bench
from tank_bench.skills.rows import Outcome, Row
from tank_core.exceptions import ModelError, TankError
from tank_skills.loading import find_skill, save_skill
from tank_skills.skill_file import read_skill

CLASSICAL, LEARNED = Row("wave", "classical", "tank"), Row("wave", "learned", "tank", "real", "dim")
FOUND = {
    CLASSICAL: [Outcome(True, True, 2.0), Outcome(True, True, 4.0)],
    LEARNED: [Outcome(False, True, 9.0, (0.2, 0.4)), Outcome(True, True, 3.0, (0.3,))],
}


def options(said: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    bench.configure(parser)
    return parser.parse_args(said.split())


@pytest.mark.parametrize("skill", bench.SKILLS)
def test_of_each_skill_and_situation_the_classical_row_is_the_first(skill: str) -> None:
    rows = importlib.import_module(bench.SKILLS[skill]).ROWS
    assert rows[0].by == "classical" and len({*rows}) == len(rows)
    situations: set[tuple[str, str]] = set()
    for row in rows:
        situation = (row.robot, row.realism)
        assert row.by == "classical" or situation in situations, row
        situations.add(situation)


def test_a_claim_without_success_is_counted() -> None:
    figures = {figure.name: figure.value for figure in bench.figures(FOUND)}
    assert figures == {
        "wave, classical, tank, ideal": 1.0,
        "wave, classical, tank, ideal: claims that are false": 0,
        "wave, learned, tank, real, dim": 0.5,
        "wave, learned, tank, real, dim: claims that are false": 1,
    }


def test_the_table_has_shares_with_intervals_times_and_decisions() -> None:
    *_, classical, learned = bench.table_lines(FOUND)
    assert "2 of 2 (34% to 100%) | 2, 0 | 2.0 s | -" in classical
    assert "real, dim | 1 of 2 (9% to 91%) | 2, 1 | 3.0 s | 0.30" in learned


@pytest.mark.slow
@pytest.mark.parametrize(
    ("skill", "by"),
    [
        ("reach", "classical"),
        ("gate", "policy alone"),
        ("gate", "demonstrator"),
        ("sequence", "classical"),
    ],
)
def test_a_seed_of_it_runs(skill: str, by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module(bench.SKILLS[skill])
    monkeypatch.setattr(module, "ROWS", [row for row in module.ROWS if by in row.by][:1])
    measured = bench.measure(options(f"--skills {skill} --realism ideal --seeds 1 --jobs 1"))
    done, false = measured.figures
    assert done.value in (0, 1.0) and false.value in (0, 1) and done.value + false.value <= 1
    assert by == "policy alone" or done.value == 1.0


@pytest.mark.slow
def test_a_policy_that_was_not_trained_is_told_with_its_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TANK_HOME", str(tmp_path))
    wanted = "--skills gate --realism ideal --by DAgger --seeds 1 --jobs 1"
    with pytest.raises(TankError, match=r"\./tank learn gate --demonstrations 40 .*--dagger 40"):
        bench.measure(options(f"{wanted} --trained"))
    with pytest.raises(TankError, match="no row has 'DAgger' in it"):
        bench.measure(options(wanted))


def test_a_skill_that_is_none_is_named() -> None:
    with pytest.raises(TankError, match="'juggle' is not known; say some of face, gate"):
        bench.measure(options("--skills juggle"))


@pytest.mark.slow
def test_a_file_of_ones_own_is_measured_beside_the_classical_way(tmp_path: Path) -> None:
    mine = tmp_path / "mine" / "reach-rasptank.safetensors"
    mine.parent.mkdir()
    mine.write_bytes(find_skill("reach-rasptank").read_bytes())
    said = f"--own {mine} --realism ideal --seeds 1 --jobs 1"
    measured = bench.measure(options(said))
    ways = {line.split(" | ")[1] for line in measured.lines if line.startswith("| reach")}
    assert ways == {"classical", "learned, mine/reach-rasptank.safetensors"}
    assert all("rasptank" in line for line in measured.lines if line.startswith("| reach"))


def test_rows_that_are_not_there_are_told_before_any_trial(tmp_path: Path) -> None:
    with pytest.raises(TankError, match="no row has 'elsewhere' in it; their ways are: classical"):
        bench.measure(options("--skills reach --by elsewhere"))
    with pytest.raises(ModelError, match=r"nobody\.safetensors"):
        bench.measure(options(f"--own {tmp_path / 'nobody.safetensors'}"))
    file = read_skill(find_skill("reach-rasptank"))
    other = replace(file.card, robot="rasptank_pro")
    save_skill(tmp_path / "other.safetensors", other, file.specs, file.arrays)
    with pytest.raises(TankError, match="grasp with the robot rasptank_pro; there are rows of"):
        bench.measure(options(f"--own {tmp_path / 'other.safetensors'}"))
