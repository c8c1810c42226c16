"""Figures of understanding, by category and by voice, with every miss.

They are those of docs/language.md ("Equality").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from tank_core.commands import Command, commands_from_json, commands_to_json, equivalent, moves
from tank_core.commands.schema import schema_problem
from tank_core.commands.shorthand import NO_PREVIOUS, Previous
from tank_core.exceptions import TankError
from tank_core.io.inputs import parse_json, read_bytes
from tank_language.translator import Translator
from tank_learning.language.evaluation.shares import share, wilson


@dataclass(frozen=True)
class Question:
    """A sentence with its right answer."""

    id: str
    instruction: str
    commands: tuple[Command, ...]
    category: str
    previous: Previous = NO_PREVIOUS
    voice: str = ""


@dataclass(frozen=True)
class Answered:
    """A question and what the model made of it.

    ``readable``: what the model wrote, if it was asked, was an answer.
    """

    question: Question
    commands: tuple[Command, ...]
    verdict: str
    reason: str
    latency_s: float
    readable: bool = True

    @property
    def exact(self) -> bool:
        """Whether the commands are the right ones."""
        return equivalent(self.question.commands, self.commands)

    @property
    def same_actions(self) -> bool:
        """Whether the actions are the right ones, in the right order."""
        return [c.action for c in self.question.commands] == [c.action for c in self.commands]

    @property
    def out_of_scope(self) -> bool:
        """Whether nothing is the right answer."""
        return not self.question.commands

    @property
    def false_move(self) -> bool:
        """A motion for a sentence that is out of scope."""
        return moves(self.commands) and self.out_of_scope

    @property
    def wrong_motion(self) -> bool:
        """A motion that was not asked for, or not so: worse than ten refusals."""
        return moves(self.commands) and not self.exact

    @property
    def false_refusal(self) -> bool:
        """No command for a sentence that is in scope."""
        return not self.commands and not self.out_of_scope

    @property
    def wrong(self) -> bool:
        """Commands that are not the right ones: worse than a refusal."""
        return bool(self.commands) and not self.exact


def read_questions(path: Path) -> list[Question]:
    """Read questions from JSON lines.

    A line is ``{"id", "instruction", "commands", "category"}``, with the commands that it leans on
    as ``previous`` and who speaks as ``voice``. Raises TankError that names a bad line.
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
            texts = (row["instruction"], row.get("category", ""), row.get("voice", ""))
            if not all(isinstance(text, str) for text in texts):
                raise TypeError("instruction, category and voice are text")
            last = commands_from_json({"commands": row.get("previous", [])})
            questions.append(
                Question(
                    str(row["id"]), texts[0], commands, texts[1], NO_PREVIOUS.then(last), texts[2]
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise TankError(
                f"{path}:{number}: {error}; a line is {{id, instruction, commands, category}}"
            ) from None
    return questions


def ask(translator: Translator, questions: Iterable[Question]) -> list[Answered]:
    """Each question put to the translator, as the robot would."""
    answers = []
    for question in questions:
        got = translator.translate(question.instruction, previous=question.previous)
        answers.append(
            Answered(
                question,
                got.commands,
                str(got.verdict),
                got.reason,
                got.latency_s,
                got.confidence > 0,
            )
        )
    return answers


def ood_f1(answers: Sequence[Answered]) -> float:
    """F1 of predicting the empty list."""
    hits = sum(not a.commands and a.out_of_scope for a in answers)
    wrong = sum(bool(a.commands) is a.out_of_scope for a in answers)
    return 2 * hits / (2 * hits + wrong) if hits + wrong else 1.0


def figures(answers: Sequence[Answered]) -> dict[str, Any]:
    """The figures of one model on one set, the gravest mistakes first.

    Shares in [0, 1], as ``NAME_95`` where each is with 95 %; counts; and the time from instruction
    to commands [ms].
    """
    latencies = sorted(1000 * a.latency_s for a in answers)
    cuts = quantiles(latencies, n=20, method="inclusive") if len(latencies) > 1 else latencies * 19
    valid = [a.readable and schema_problem(commands_to_json(a.commands)) is None for a in answers]
    return {
        "sentences": len(answers),
        "out_of_scope": sum(a.out_of_scope for a in answers),
        **_share("wrong_motion", [a.wrong_motion for a in answers]),
        **_share("false_move", [a.false_move for a in answers if a.out_of_scope]),
        **_share("exact_match", [a.exact for a in answers]),
        **_share("action_seq", [a.same_actions for a in answers]),
        "ood_f1": ood_f1(answers),
        "schema_valid": share(valid),
        "wrong_motions": sum(a.wrong_motion for a in answers),
        "false_moves": sum(a.false_move for a in answers),
        "wrong_commands": sum(a.wrong for a in answers),
        "false_refusals": sum(a.false_refusal for a in answers),
        "latency_p50_ms": cuts[9],
        "latency_p95_ms": cuts[18],
    }


def _share(name: str, flags: Sequence[bool]) -> dict[str, Any]:
    return {name: share(flags), f"{name}_95": wilson(sum(flags), len(flags))} if flags else {}


def report(answers: Sequence[Answered], secret: bool = False) -> dict[str, Any]:
    """Figures over all, by category and by voice, and the misses, for JSON.

    Of a secret set the misses are ids only.
    """
    return {
        "figures": figures(answers),
        "categories": _apart(answers, lambda question: question.category),
        "voices": _apart(answers, lambda question: question.voice),
        "misses": [{"id": a.question.id} if secret else _miss(a) for a in answers if not a.exact],
    }


def _apart(
    answers: Sequence[Answered], name: Callable[[Question], str]
) -> dict[str, dict[str, Any]]:
    """The figures of each category, or voice, that is named."""
    groups: dict[str, list[Answered]] = {}
    for answer in answers:
        groups.setdefault(name(answer.question), []).append(answer)
    return {group: figures(groups[group]) for group in sorted(groups) if group}


def _miss(answer: Answered) -> dict[str, Any]:
    return {
        "id": answer.question.id,
        "instruction": answer.question.instruction,
        "wanted": commands_to_json(answer.question.commands)["commands"],
        "got": commands_to_json(answer.commands)["commands"],
        "reason": answer.reason,
    }
