"""What a language model is asked, to write sentences with their commands.

The task, the rules, examples, and a voice and topic in turn.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tank_core.io.checkout import checkout
from tank_language.schema import command_schema
from tank_learning.language.corpus.dataset import Example, to_record

EXAMPLES = 12  # hand-written ones in each request
VOICES = (
    "a child of eight", "an engineer in a hurry", "a grandmother who is polite to machines",
    "somebody dictating to a telephone", "a teenager with slang",
    "a radio operator", "somebody who learned English late", "somebody who types with many errors",
    "a farmer", "a stage director", "a teacher with a class of small children",
    "a warehouse foreman", "somebody tired who uses few words",
    "somebody who explains far too much", "a sailor", "a scientist in a laboratory",
    "a game player", "a pet owner",
    "somebody who changes their mind in the middle of a sentence", "a nurse", "a drill sergeant",
    "a chatty neighbour", "somebody who thinks aloud",
)  # fmt: skip
TOPICS = (
    "driving a distance, in many units and ways to write numbers",
    "turning by angles, by parts of a turn and by the clock",
    "pace: slow, fast, and words that imply it",
    "waiting and pausing", "stopping at once",
    "picking things up and putting them down, with sides",
    "colored objects: looking at them, driving up to them, fetching them",
    "two or three steps joined in every way that English has",
    "long requests of five to eight steps", "repetition: twice, three times, again",
    "squares, triangles and other figures",
    "corrections in the middle of the request", "forbidding one thing and asking for another",
    "an order of words that is not the order of doing: before, after, once you have",
    "motion for a time instead of a distance", "going sideways",
    "vague amounts: a bit, a touch, a long way", "questions about ability that ask for the act",
    "requests that this robot must refuse, close to ones that it can do",
    "small talk, nonsense and questions, with a few real requests between",
)  # fmt: skip
_TASK = """\
You write training data for a small robot that is steered in plain English. Each pair is an instruction, as a person might really say or type it, and its commands.
The commands follow the JSON schema and the rules below to the letter: they decide every unclear case. Do the unit conversions exactly.
Never copy a sentence of the rules or of the examples."""
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
