"""Sentences for training and validation.

Written by hand, multiplied, and composed. One format, one split, one seed.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from tank_core.commands import shorthand
from tank_core.english.plain import normalize
from tank_core.exceptions import TankError
from tank_learning.language.corpus import noise, records
from tank_learning.language.corpus.evaluation_sets import EvaluationSets
from tank_learning.language.corpus.generator import sentences
from tank_learning.language.corpus.grammar.phrases import COLORS, JOINING, Pair, tidy
from tank_learning.language.corpus.quoting import quote
from tank_learning.language.corpus.records import Bad, Record

HANDWRITTEN = Path(__file__).parents[3] / "data" / "handwritten"
HELD_OUT = 0.05  # share of the hand-written groups that training never sees
_UNJOINABLE = re.compile(
    r"\b(no|not|don't|dont|twice|times|sorry|actually|instead|before|after|first|everything|all"
    r"|again|repeat|both|more|further|another|every|each|wrong|other"
    r"|(go|come|head|get|drive|turn) back|return\w*|undo)\b|x\(|\bback\W*$",
    re.I,
)
# what leans on the last request is no step after others, and no "come back" a request of its own
_BARE_WAY = re.compile(r"\W*(left|right|back\w*|forwards?|ahead)\W*", re.I)
_LEANING = re.compile(r"\b(again|more|go_back before)\b")


@dataclass(frozen=True)
class Example:
    """A sentence, its shorthand, and where it comes from.

    ``source`` is ``voice/template`` or ``generator/template``.
    """

    instruction: str
    answer: str
    source: str

    @cached_property
    def plain(self) -> str:
        """The sentence in its plain form."""
        return normalize(self.instruction)


def read_handwritten(folder: Path = HANDWRITTEN) -> list[Example]:
    """Read every hand-written sentence, each (by its normalized form) once.

    Raises TankError that names a bad line.
    """
    return list(_shipped() if folder == HANDWRITTEN else _read(folder))


@cache
def _shipped() -> tuple[Example, ...]:
    return _read(HANDWRITTEN)


def _read(folder: Path) -> tuple[Example, ...]:
    examples: dict[str, Example] = {}
    for path in sorted(folder.glob("*.txt")):
        template = "none"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith("#"):
                template = line.removeprefix("# template:").strip()
            elif line.strip():
                example = _example(line, f"{path.stem}/{template}", f"{path.name}:{number}")
                examples.setdefault(example.plain, example)
    return tuple(examples.values())


def _example(line: str, source: str, where: str) -> Example:
    instruction, arrow, answer = line.rpartition(" => ")
    if not arrow:
        raise TankError(f"{where}: {line!r} is not 'sentence => shorthand'")
    try:
        shorthand.expand(answer)
    except shorthand.ShorthandError as error:
        raise TankError(f"{where}: {error}") from None
    return Example(instruction.strip(), answer.strip(), source)


def guarded(examples: Iterable[Example]) -> list[Example]:
    """Those that may be trained on.

    Neither near an evaluation sentence nor in a held-out hand-written group.
    """
    examples = list(examples)
    if not examples:
        return []
    examination = EvaluationSets.read()
    held = {example.plain for example in split(read_handwritten())[1]}
    return [e for e in examples if e.plain not in held and not examination.holds(e.instruction)]


def split(
    examples: Iterable[Example], voices_out: Collection[str] = ()
) -> tuple[list[Example], list[Example]]:
    """Divide sentences into those to train on and those to validate with.

    Whole hand-written groups are held out, by a hash of their name, and all of the writers in
    ``voices_out``. Raises TankError for a writer who is not there.
    """
    kept: list[Example] = []
    held: list[Example] = []
    examples = list(examples)
    unknown = sorted({*voices_out} - {example.source.partition("/")[0] for example in examples})
    if unknown:
        raise TankError(
            f"--voices-out {' '.join(unknown)}: no such voice; one of "
            f"{', '.join(sorted(p.stem for p in HANDWRITTEN.glob('*.txt')))}"
        )
    for example in examples:
        digest = int(hashlib.sha256(example.source.encode()).hexdigest()[:8], 16)
        voice = example.source.partition("/")[0]
        (held if voice in voices_out or digest / 0xFFFFFFFF < HELD_OUT else kept).append(example)
    return kept, held


def stream(
    handwritten: list[Example], seed: int, handwritten_share: float = 0.55
) -> Iterator[Example]:
    """Endless training examples.

    Hand-written ones multiplied, and composed ones, both with noise; none of them in the words of
    an evaluation sentence.
    """
    examination = EvaluationSets.read()
    return (
        e
        for e in _stream(handwritten, seed, handwritten_share)
        if not examination.has(e.instruction)
    )


def _stream(handwritten: list[Example], seed: int, handwritten_share: float) -> Iterator[Example]:
    rng = random.Random(seed)
    composed = sentences(seed + 1)
    joinable = [
        e
        for e in handwritten
        if e.answer != "none"
        and len(e.instruction.split()) <= 12
        and not _UNJOINABLE.search(e.instruction)
        and not _LEANING.search(e.answer)
        and "x(" not in e.answer
    ]
    while True:
        if rng.random() < handwritten_share:
            yield _multiplied(rng, handwritten, joinable)
        else:
            text, answer, template = next(composed)
            text = noise.politely(rng, text, 0.25)
            yield Example(
                _noisy(rng, (text, answer), 0.13, chatter=0.1 if answer != "none" else 0.03),
                answer,
                f"generator/{template}",
            )


def _multiplied(rng: random.Random, handwritten: list[Example], joinable: list[Example]) -> Example:
    example = rng.choice(handwritten)
    pair, source = (example.instruction, example.answer), example.source
    if rng.random() < 0.3:
        pair, source = _joined(rng, joinable), "joined"
    if rng.random() < 0.5:
        pair = noise.mirrored(pair) or pair
    if rng.random() < 0.5:
        pair = noise.recolored(rng, pair) or pair
    if rng.random() < 0.5:
        pair = noise.renumbered(rng, pair) or pair
    text = noise.politely(rng, pair[0], 0.12)
    return Example(
        _noisy(rng, (text, pair[1]), 0.15, chatter=0.09 if pair[1] != "none" else 0.03),
        pair[1],
        source,
    )


def _joined(rng: random.Random, joinable: list[Example]) -> tuple[str, str]:
    """Two to four sentences one after the other."""
    parts = [rng.choice(joinable)]
    for _ in range(rng.choice((1, 1, 1, 1, 1, 1, 2, 2, 2, 3))):
        following = rng.choice(joinable)
        while _leans_on(parts, following):
            following = rng.choice(joinable)
        parts.append(following)
    # the same throughout, or another each time
    then = rng.choice(JOINING["then"]) if rng.random() < 0.4 else ""
    text = parts[0].instruction
    for part in parts[1:]:
        words = then or rng.choice(JOINING["then"])
        text = f"{text.rstrip(' .!,')} {words} {part.instruction}"
    return tidy(text), " ; ".join(part.answer for part in parts)


def _leans_on(before: list[Example], following: Example) -> bool:
    """Whether the last sentence leans on an object of those before.

    A pronoun of it would take the object up, or take it along.
    """
    named = any(
        re.search(r"\b(cube|ball|cylinder|" + "|".join(COLORS) + r")\b", example.answer)
        for example in before
    )
    bare = re.search(r"(grasp|face|approach)( \w*(left|right|front))?( ;|$)", following.answer)
    taken = re.match(r"(go_to|go_back|release)\b", following.answer) and re.search(
        r"\b(it|that|this)\b", following.instruction, re.I
    )
    return bool((named and (bare or taken)) or _BARE_WAY.fullmatch(following.instruction))


def _noisy(rng: random.Random, pair: Pair, typo_share: float, chatter: float) -> str:
    text, names = pair[0], noise.names_of(pair[1])
    if rng.random() < chatter:
        text = noise.with_chatter(rng, text)
    if rng.random() < 0.08:
        text = noise.with_fillers(rng, text, names)
    if rng.random() < 0.35:
        text = noise.unpunctuated(text)
    if rng.random() < typo_share:
        text = noise.mistyped(rng, text, rng.choice((1, 1, 2, 3)), names)
    if rng.random() < 0.05:
        text = noise.texted(rng, text, names)
    if rng.random() < 0.04:
        text = noise.misheard(rng, text, names)
    return " ".join(text.split())


def to_record(example: Example) -> Record:
    """An example in the published format: with commands instead of shorthand."""
    meaning = shorthand.expand(example.answer)
    return Record(
        example.instruction,
        () if isinstance(meaning, shorthand.Refusal) else meaning,
        example.source,
    )


def read_records(path: Path) -> list[Example]:
    """Examples from JSON lines in the published format, each sentence once.

    Raises TankError that names the bad line.
    """
    entries = list(records.read(path))
    for entry in entries:
        if isinstance(entry, Bad):
            raise TankError(
                f"{entry.where}: {entry.reason}; ./tank data count {path} --out CLEAN leaves such "
                "lines out"
            )
    good = records.unique(entry for entry in entries if isinstance(entry, Record))
    return [
        Example(entry.instruction, quote(entry.instruction, entry.commands), entry.source)
        for entry in good
    ]


def write_jsonl(examples: Iterable[Example], path: Path) -> Counter[str]:
    """Write records without duplicates; returns counts by action and by source."""
    entries = records.unique(map(to_record, examples))
    records.write(entries, path)
    return records.counts(entries)
