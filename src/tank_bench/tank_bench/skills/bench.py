"""Learned skills beside their classical twins, judged by the simulator's truth.

Each trial is an episode of its own; all rows of a skill get the same seeds, which place everything.
The classical row stands first.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import ModuleType

from tank_bench.common.options import add_jobs, add_seeds, chosen, seeds
from tank_bench.common.pool import run_trials
from tank_bench.common.report import Figure, Measured, percentile
from tank_bench.skills.rows import Outcome, Row, Trial
from tank_core.exceptions import TankError
from tank_core.io.one_line import quoted
from tank_skills.skill_file import read_skill

SKILLS = {
    "face": "tank_bench.skills.face",
    "gate": "tank_bench.skills.gate",
    "reach": "tank_bench.skills.reach",
    "sequence": "tank_bench.skills.sequence",
}
REALISMS = ("ideal", "real")


def configure(parser: argparse.ArgumentParser) -> None:
    """Skills, seeds, and how it is done."""
    add_seeds(parser)
    parser.add_argument(
        "--skills", default=",".join(SKILLS), metavar="S,S", help=f"of {', '.join(SKILLS)}"
    )
    parser.add_argument(
        "--realism", default=",".join(REALISMS), metavar="R,R", help=f"of {', '.join(REALISMS)}"
    )
    parser.add_argument(
        "--by",
        default="",
        metavar="WORD",
        help="only rows of this way, or where there is none such, of ways that have this word",
    )
    parser.add_argument(
        "--trained",
        action="store_true",
        help="also rows of the policies whose training docs/skills_research.md compares",
    )
    parser.add_argument(
        "--own",
        metavar="FILE",
        help="a skill of your own training: its rows, beside the classical ones of its action",
    )
    add_jobs(parser)


def measure(args: argparse.Namespace) -> Measured:
    """All trials of all rows.

    Raises TankError for a name that is not known, and without the training tools.
    """
    rows = _chosen(args)
    for row in rows:  # before any trial, which would be lost
        getattr(_module(_skill_of(row)), "check", lambda _: None)(row)
    trials: list[Trial] = [(row, seed) for row in rows for seed in seeds(args)]
    outcomes = run_trials(work, trials, args.jobs, good=lambda one: one.success)
    found: dict[Row, list[Outcome]] = {row: [] for row in rows}
    for (row, _), outcome in zip(trials, outcomes, strict=True):
        found[row].append(outcome)
    return Measured(figures(found), as_details(found), table_lines(found))


def _chosen(args: argparse.Namespace) -> list[Row]:
    """The rows that were asked for, at least one. Raises TankError."""
    realisms = chosen("--realism", args.realism, REALISMS)
    skills = chosen("--skills", args.skills, SKILLS)
    rows = [row for skill in skills for row in _rows(skill, args.trained)]
    rows = [row for row in (_own(args.own) if args.own else rows) if row.realism in realisms]
    if not rows:
        raise TankError(f"no row is of the realism {args.realism}; say --realism ideal")
    found = [row for row in rows if row.by == args.by] or [row for row in rows if args.by in row.by]
    if not found:
        ways = ", ".join(dict.fromkeys(row.by for row in rows))
        raise TankError(f"no row has {quoted(args.by)} in it; their ways are: {ways}")
    return found


def work(trial: Trial) -> Outcome:
    """Carry a trial out in a process of the pool."""
    row, seed = trial
    outcome: Outcome = _module(_skill_of(row)).run(row, seed)
    return outcome


def _skill_of(row: Row) -> str:
    return next(skill for skill in SKILLS if _module(skill).ROWS[0].skill == row.skill)


def _own(file: str) -> list[Row]:
    """The rows of a skill's file, and the classical ones of its action.

    Raises TankError for a file that cannot be read, and an action or robot that has no rows.
    """
    path = str(Path(file).absolute())
    card = read_skill(Path(path)).card
    modules = [module for module in map(_module, SKILLS) if card.action == module.ACTION]
    beside: list[Row] = [row for module in modules for row in module.ROWS]
    rows = [row for row in beside if row.robot == card.robot]
    if not rows:
        asked = f"{card.action} with the robot {card.robot}"
        known = {
            f"{module.ACTION} with {row.robot}": None
            for module in map(_module, SKILLS)
            for row in module.ROWS
        }
        raise TankError(f"{quoted(file)} does {asked}; there are rows of {', '.join(known)}")
    (module,) = modules
    return [
        row if row.by == module.CLASSICAL else replace(row, file=path, wanted=None)
        for row in rows
        if row.by in (module.CLASSICAL, *module.OWN)
    ]


def _rows(skill: str, trained: bool) -> tuple[Row, ...]:
    """Its rows; ``trained``: with those of policies that do not come with Tank."""
    module = _module(skill)
    rows: tuple[Row, ...] = module.ROWS
    return (*rows, *(getattr(module, "TRAINED_ROWS", ()) if trained else ()))


def _module(skill: str) -> ModuleType:
    try:
        return importlib.import_module(SKILLS[skill])
    except ModuleNotFoundError as error:
        raise TankError(f"{error.name} is not installed; run ./tank setup --train") from None


def name_of(row: Row) -> str:
    """Such as "face, distilled, rasptank, real, dim light"."""
    parts = (row.skill, _way(row), row.robot, row.realism, row.variant)
    return ", ".join(part for part in parts if part)


def _way(row: Row) -> str:
    """By what, such as "learned, mine/reach-tank.safetensors"."""
    return f"{row.by}, {'/'.join(Path(row.file).parts[-2:])}" if row.file else row.by


def figures(found: Mapping[Row, Sequence[Outcome]]) -> list[Figure]:
    """Each row's share that was done, and its false claims."""
    told: list[Figure] = []
    for row, outcomes in found.items():
        done = sum(outcome.success for outcome in outcomes)
        told.append(Figure.share(name_of(row), done, len(outcomes), at_least=row.wanted))
        false = sum(outcome.claimed and not outcome.success for outcome in outcomes)
        told.append(Figure(f"{name_of(row)}: claims that are false", false, at_most=0))
    return told


def table_lines(found: Mapping[Row, Sequence[Outcome]]) -> list[str]:
    """The same for the docs, as a table with times, and the seeds that failed."""
    lines = [
        "",
        "| skill | by | robot | situation | success (95 %) | said, of these false | time, median |"
        " ms a decision, median |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row, outcomes in found.items():
        done = [outcome for outcome in outcomes if outcome.success]
        low, high = Figure.share("", len(done), len(outcomes)).interval or (0.0, 1.0)
        claimed = sum(outcome.claimed for outcome in outcomes)
        false = sum(outcome.claimed and not outcome.success for outcome in outcomes)
        seconds = percentile([one.seconds for one in done], 0.5) if done else None
        spent = [ms for outcome in outcomes for ms in outcome.decision_ms]
        situation = ", ".join(part for part in (row.realism, row.variant) if part)
        share = f"{len(done)} of {len(outcomes)} ({low:.0%} to {high:.0%})"
        cells = (row.skill, _way(row), row.robot, situation, share, f"{claimed}, {false}",
                 f"{seconds:.1f} s" if seconds is not None else "-",
                 f"{percentile(spent, 0.5):.2f}" if spent else "-")  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def as_details(found: Mapping[Row, Sequence[Outcome]]) -> dict[str, object]:
    """Every trial, for JSON."""
    return {
        "rows": [
            {**asdict(row), "outcomes": [asdict(outcome) for outcome in outcomes]}
            for row, outcomes in found.items()
        ]
    }
