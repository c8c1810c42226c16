"""The pairs in a language model's answer, whatever else is in it.

Fences, prose, an end that is cut off, single bad pairs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tank_learning.language.corpus.records import Record, RecordError, record

MAX_ANSWER_CHARS = 400_000  # of an answer that is read; 25 pairs are about 5,000
_DECODER = json.JSONDecoder()
_PAIR = re.compile(r'\{\s*"instruction"')


@dataclass(frozen=True)
class Rejected:
    """Something that was asked for and is not kept.

    A short reason to count by, a detail, and the text.
    """

    reason: str
    detail: str
    text: str


def read_answer(text: str, source: str) -> list[Record | Rejected]:
    """Read every pair of an answer, in order, as a record or as rejected.

    ``source`` is where the records come from. An answer with nothing in it is one rejected.
    """
    found = [_pair(value, source) for value in _values(text[:MAX_ANSWER_CHARS])]
    return found or [Rejected("no pair", "the answer holds no JSON pair", text[:1000])]


def _values(text: str) -> Iterator[Any]:
    """JSON objects that may be pairs; the text of one that does not parse."""
    at = 0
    while (at := text.find("{", at)) >= 0:
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError):
            if _PAIR.match(text, at):
                yield _until_next_pair(text, at)
            at += 1
            continue
        yield from _pairs(value)
        at = end


def _until_next_pair(text: str, at: int) -> str:
    following = _PAIR.search(text, at + 1)
    return text[at : following.start() if following else at + 1000][:1000]


def _pairs(value: Any, depth: int = 3) -> Iterator[Any]:
    """The pairs in a JSON value: itself, or what the lists in it hold.

    Pieces of a pair that was cut off are passed over.
    """
    if isinstance(value, dict) and "instruction" in value:
        yield value
    elif depth and isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _pairs(inner, depth - 1)


def _pair(value: Any, source: str) -> Record | Rejected:
    if isinstance(value, str):
        return Rejected("broken JSON", "it does not parse, or is cut off", value)
    text = json.dumps(value, ensure_ascii=False)[:1000]
    try:
        return record(value, source)
    except RecordError as error:
        return Rejected("not valid", str(error), text)
