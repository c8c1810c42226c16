"""Figures of understanding, by category, with every miss.

They are those of docs/language.md ("Equality").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from tank_core.commands import Command, commands_from_json, commands_to_json, equivalent
from tank_core.exceptions import TankError
from tank_core.io.inputs import parse_json, read_bytes
from tank_language.schema import schema_problem
from tank_language.translator import Translator


@dataclass(frozen=True)
class Question:
    """A sentence with its right answer."""

    id: str
    instruction: str
    commands: tuple[Command, ...]
    category: str


@dataclass(frozen=True)
class Answered:
    """A question and what the model made of it."""

    question: Question
    commands: tuple[Command, ...]
    verdict: str
    reason: str
    latency_s: float

    @property
    def exact(self) -> bool:
        """Whether the commands are the right ones."""
        return equivalent(self.question.commands, self.commands)

    @property
    def same_actions(self) -> bool:
        """Whether the actions are the right ones, in the right order."""
        return [c.action for c in self.question.commands] == [c.action for c in self.commands]

    @property
    def false_move(self) -> bool:
        """A command given for a sentence that is out of scope."""
        return bool(self.commands) and not self.question.commands

    @property
    def false_refusal(self) -> bool:
        """No command for a sentence that is in scope."""
        return bool(self.question.commands) and not self.commands

    @property
    def wrong(self) -> bool:
        """Commands that are not the right ones: worse than a refusal."""
        return bool(self.commands) and not self.exact


def read_questions(path: Path) -> list[Question]:
    """Read questions from JSON lines.

    A line is ``{"id", "instruction", "commands", "category"}``. Raises TankError that names a bad
    line.
    """
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TankError(f"{path} cannot be read: it is not UTF-8; give JSON lines") from None
    # and not at other line breaks, which may stand in a sentence
    lines = text.rstrip("\n").split("\n")
    questions = []
    for number, line in enumerate(lines, start=1):
        try:
            row = parse_json(line)
            commands = commands_from_json({"commands": row["commands"]})
            texts = (row["instruction"], row.get("category", ""))
            if not all(isinstance(text, str) for text in texts):
                raise TypeError("instruction and category are text")
            questions.append(Question(str(row["id"]), texts[0], commands, texts[1]))
        except (ValueError, KeyError, TypeError) as error:
            raise TankError(
                f"{path}:{number}: {error}; a line is {{id, instruction, commands, category}}"
            ) from None
    return questions


def ask(translator: Translator, questions: Iterable[Question]) -> list[Answered]:
    """Each question put to the translator, as the robot would."""
    answers = []
    for question in questions:
        got = translator.translate(question.instruction)
        answers.append(
            Answered(question, got.commands, str(got.verdict), got.reason, got.latency_s)
        )
    return answers


def share(flags: Sequence[bool]) -> float:
    """The share of true ones; 0 of none."""
    return sum(flags) / len(flags) if flags else 0.0


def ood_f1(answers: Sequence[Answered]) -> float:
    """F1 of predicting the empty list."""
    hits = sum(not a.commands and not a.question.commands for a in answers)
    wrong = sum(a.false_move or a.false_refusal for a in answers)
    return 2 * hits / (2 * hits + wrong) if hits + wrong else 1.0


def figures(answers: Sequence[Answered]) -> dict[str, float]:
    """The figures of one model on one set.

    Shares in [0, 1], counts, and the time from instruction to commands [ms].
    """
    latencies = sorted(1000 * a.latency_s for a in answers)
    cuts = quantiles(latencies, n=20, method="inclusive") if len(latencies) > 1 else latencies * 19
    return {
        "sentences": len(answers),
        "schema_valid": share(
            [
                schema_problem(commands_to_json(a.commands)) is None and a.verdict != "REJECTED"
                for a in answers
            ]
        ),
        "exact_match": share([a.exact for a in answers]),
        "action_seq": share([a.same_actions for a in answers]),
        "ood_f1": ood_f1(answers),
        "wrong_commands": sum(a.wrong for a in answers),
        "false_moves": sum(a.false_move for a in answers),
        "false_refusals": sum(a.false_refusal for a in answers),
        "latency_p50_ms": cuts[9],
        "latency_p95_ms": cuts[18],
    }


def report(answers: Sequence[Answered], secret: bool = False) -> dict[str, Any]:
    """Figures over all and by category, and the misses, ready for JSON.

    Of a secret set the misses are ids only.
    """
    categories = sorted({a.question.category for a in answers})
    return {
        "figures": figures(answers),
        "categories": {
            c: figures([a for a in answers if a.question.category == c]) for c in categories
        },
        "misses": [{"id": a.question.id} if secret else _miss(a) for a in answers if not a.exact],
    }


def _miss(answer: Answered) -> dict[str, Any]:
    return {
        "id": answer.question.id,
        "instruction": answer.question.instruction,
        "wanted": commands_to_json(answer.question.commands)["commands"],
        "got": commands_to_json(answer.commands)["commands"],
        "reason": answer.reason,
    }


def as_markdown(title: str, reports: Mapping[str, dict[str, Any]]) -> str:
    """The reports of several models (by name) on one set.

    Figures and categories side by side, then each one's misses.
    """
    names = list(reports)
    lines = [
        f"## {title}",
        "",
        *_table(
            "figure", {n: {k: _number(v) for k, v in reports[n]["figures"].items()} for n in names}
        ),
    ]
    exact = {
        n: {
            c: f"{f['exact_match']:.3f} of {f['sentences']}"
            for c, f in reports[n]["categories"].items()
        }
        for n in names
    }
    lines += ["", *_table("exact_match by category", exact)]
    for name in names:
        misses = reports[name]["misses"]
        lines += ["", f"Misses of {name}: {len(misses)}", ""]
        lines += [_line(miss) for miss in misses]
    return "\n".join(lines) + "\n"


def _line(miss: dict[str, Any]) -> str:
    if "instruction" not in miss:
        return f"- {miss['id']} (not shown: --misses)"
    return f"- {miss['instruction']!r}: wanted {_brief(miss['wanted'])}, got {_brief(miss['got'])}"


def _table(head: str, columns: Mapping[str, Mapping[str, str]]) -> list[str]:
    rows = list(dict.fromkeys(key for column in columns.values() for key in column))
    lines = [
        f"| {' | '.join((head, *columns))} |",
        f"| {' | '.join(['---'] * (len(columns) + 1))} |",
    ]
    return lines + [
        f"| {' | '.join((row, *(column.get(row, '') for column in columns.values())))} |"
        for row in rows
    ]


def _number(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _brief(commands: list[dict[str, Any]]) -> str:
    return (
        "; ".join(" ".join(str(value) for value in command.values()) for command in commands)
        or "nothing"
    )
