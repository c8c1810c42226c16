"""Sentences with JSON answers, as tokens that llama.cpp itself made."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tank_core.commands.json_form import write_answer
from tank_core.exceptions import ModelError, TankError
from tank_language.prompt import Form
from tank_learning.language.corpus import dataset, records
from tank_learning.language.corpus.dataset import Example
from tank_learning.language.corpus.evaluation_sets import EvaluationSets
from tank_learning.language.finetune.base_model import BaseModel
from tank_learning.language.finetune.base_tokens import END_OF_TURN, PAD
from tank_learning.language.finetune.export_hf import write_vocabulary
from tank_learning.language.llama_rows import LlamaRows
from tank_learning.trainer.batching import Row, grouped
from tank_llama.turns import GEMMA
from tank_llama.vocabulary import LlamaVocabulary

MAX_ROW = 1280  # [tokens]; a longer example is left out
_POOL = 256  # rows that are sorted by length together


@dataclass(frozen=True)
class Sentences:
    """Sentences whose ``answer`` is JSON.

    To train on (``count`` different ones, 0 for an endless stream) and held out.
    """

    kept: list[Example]
    held: list[Example]
    endless: bool

    def stream(self, seed: int, handwritten_share: float) -> Iterator[Example]:
        """Endless training examples, the same for the same seed."""
        if self.endless:
            for example in dataset.stream(self.kept, seed, handwritten_share):
                yield as_json(example)
        rng = random.Random(seed)
        while True:
            yield from rng.sample(self.kept, len(self.kept))


def our_sentences() -> Sentences:
    """The repository's own: hand-written and composed."""
    kept, held = dataset.split(dataset.read_handwritten())
    return Sentences(kept, [as_json(example) for example in held], endless=True)


def read_jsonl(path: Path) -> Sentences:
    """Lines {"instruction", "output".

    {"commands"}, "source"}, as ``./tank data`` writes them; raises TankError that names the bad
    line.

    Some 5 % are held out, but never all: hand-written sentences by groups, others one by one, as a
    source may be a whole file. What is near an evaluation sentence is left out, and counted on
    stdout.
    """
    examination, secret = EvaluationSets.read(), 0
    voices = {file.stem for file in dataset.HANDWRITTEN.glob("*.txt")}
    examples = []
    for entry in records.read(path):
        if isinstance(entry, records.Bad):
            raise TankError(f"{entry.where}: {entry.reason}; mend the line or leave it out")
        if examination.holds(entry.instruction):
            secret += 1
            continue
        group = (
            entry.source
            if entry.source.partition("/")[0] in voices
            else f"{entry.source}/{entry.key}"
        )
        examples.append(Example(entry.instruction, write_answer(entry.commands), group))
    if secret:
        print(f"{secret} sentences left out: too near an evaluation sentence", flush=True)
    if not examples:
        raise TankError(
            f"{path} has no sentence to train on; write some with ./tank data compose --out {path}"
        )
    kept, held = dataset.split(examples)
    return Sentences(kept or held[:1], held if kept else held[1:], endless=False)


def as_json(example: Example) -> Example:
    """The example with its answer in JSON instead of shorthand."""
    return Example(
        example.instruction, write_answer(dataset.to_record(example).commands), example.source
    )


class Encoder(LlamaRows):
    """Sentences and answers to the tokens that the robot will feed and read.

    By llama.cpp, from the vocabulary alone.
    """

    def __init__(self, base: BaseModel, folder: Path, asking: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        vocabulary = write_vocabulary(base, folder / "vocabulary.gguf", asking)
        super().__init__(LlamaVocabulary(vocabulary), Form.JSON, GEMMA, asking)
        self.end, self.pad = base.tokens.ids[END_OF_TURN], base.tokens.ids.get(PAD, 0)
        if not self._vocabulary.is_end(self.end):
            raise ModelError(
                f"llama.cpp does not see that {END_OF_TURN} of {base.name} ends an answer; take "
                "another model"
            )

    def answer(self, text: str) -> list[int]:
        """Token ids of an answer, end of turn included."""
        return [*self._vocabulary.tokens(text), self.end]

    def text(self, ids: Iterable[int]) -> str:
        """The text that token ids spell."""
        return b"".join(map(self._vocabulary.piece, ids)).decode("utf-8", "replace")

    def check(self, base: BaseModel, examples: Iterable[Example]) -> None:
        """Compare llama.cpp's tokens with those of the model's own tokenizer.

        Raises ModelError when it splits a text otherwise.
        """
        for example in examples:
            for text in (example.plain, example.answer):
                if self._vocabulary.tokens(text) != base.tokens.encode(text):
                    raise ModelError(
                        f"llama.cpp reads {text[:60]!r} in other tokens than {base.name}'s own "
                        "tokenizer; take Gemma 3's own folder"
                    )

    def close(self) -> None:
        """Free the vocabulary."""
        self._vocabulary.close()


def steps(
    rows: Iterator[Row], step_tokens: int, batch_tokens: int, seed: int
) -> Iterator[list[list[Row]]]:
    """Endless optimizer steps, each of a few batches of rows of like length.

    ``step_tokens`` in all, padding counted.
    """
    step: list[list[Row]] = []
    for batch in _batches(rows, batch_tokens, random.Random(seed)):
        step.append(batch)
        if sum(map(size, step)) >= step_tokens:
            yield step
            step = []


def size(batch: list[Row]) -> int:
    """Tokens of a padded batch."""
    return len(batch) * max(len(ids) for ids, _ in batch)


def _batches(rows: Iterator[Row], batch_tokens: int, rng: random.Random) -> Iterator[list[Row]]:
    while True:
        batches = grouped(islice(rows, _POOL), batch_tokens)
        rng.shuffle(batches)
        yield from batches
