"""Prompts that ask a language model for sentences with their commands.

The task, the rules, examples, and a voice and topic in turn (``prompt.yaml``).
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tank_core.commands.schema import command_schema
from tank_core.io.checkout import checkout
from tank_learning.language.corpus.dataset import Example, to_record
from tank_learning.language.corpus.grammar.phrases import read_phrases

EXAMPLES = 12  # hand-written ones in each request
_PROMPT = read_phrases(Path(__file__).parent / "prompt.yaml")
_TASK = "\n".join(_PROMPT["task"])
VOICES, TOPICS = _PROMPT["voices"], _PROMPT["topics"]
_ANSWER = '{"pairs": [{"instruction": "...", "output": {"commands": [...]}}, ...]}'


@dataclass(frozen=True)
class Asking:
    """The requests of one run: the same seed gives the same prompts."""

    handwritten: Sequence[Example]  # the examples are taken from these
    seed: int
    pairs: int = 25
    voices: Sequence[str] = VOICES

    def messages(self, number: int) -> list[dict[str, str]]:
        """The chat messages of request ``number``, which is counted from 0."""
        return [
            {"role": "system", "content": self._system(number)},
            {"role": "user", "content": self._user(number)},
        ]

    def _system(self, number: int) -> str:
        rng = random.Random(f"{self.seed}/{number}")
        chosen = rng.sample(self.handwritten, min(EXAMPLES, len(self.handwritten)))
        examples = "\n".join(_example(example) for example in chosen)
        schema = json.dumps(command_schema(), separators=(",", ":"))
        return (
            f"{_TASK}\n\n# JSON schema of the output\n\n{schema}\n\n{self._rules}\n\n# "
            f"Examples\n\n{examples}"
        )

    def _user(self, number: int) -> str:
        rng = random.Random(self.seed)
        voices, topics = rng.sample(self.voices, len(self.voices)), rng.sample(TOPICS, len(TOPICS))
        voice, topic = (
            voices[number % len(voices)],
            topics[(number + number // len(voices)) % len(topics)],
        )
        return (
            f"Write {self.pairs} pairs.\nVoice: {voice}.\nTopic: {topic}.\n"
            "Vary verbs, length, numbers and order; no two sentences alike. About one in six is "
            "out of scope and has an empty list.\n"
            f"Answer with one JSON object and nothing else: {_ANSWER}"
        )

    @cached_property
    def _rules(self) -> str:
        return rules()


def rules() -> str:
    """The text of docs/language.md up to the figures of its last section.

    Raises TankError where there is no checkout.
    """
    path = checkout() / "docs" / "language.md"
    return path.read_text(encoding="utf-8").partition("\n## Equality")[0].strip()


def _example(example: Example) -> str:
    data = to_record(example).data()
    return json.dumps(
        {"instruction": data["instruction"], "output": data["output"]}, ensure_ascii=False
    )
