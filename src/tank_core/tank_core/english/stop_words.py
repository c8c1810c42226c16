"""Stop words, recognized without the model.

The one thing that must never wait, and the only rules that read English.

A sentence is a stop when it is made of stop phrases and courtesy only, with at least one stop
phrase. So "please stop now" is one, and "stop for 5 seconds", "don't stop", "stop and turn left" or
"go then stop" are the model's.
"""

from __future__ import annotations

import re

from tank_core.english import filled, fragments, read
from tank_core.english.plain import normalize

# of a sentence that is looked at: someone in panic holds a key down; a megabyte of noise must not
# cost time
MAX_CHARS = 2000

_PARTS = fragments("stop_words")
_STOPS = tuple(
    re.compile(f"(?:{filled(phrase, _PARTS)})$") for phrase in read("stop_words")["stops"]
)
_LONGEST_STOP = 6  # words
_COURTESY = {tuple(phrase.split()) for phrase in read("stop_words")["courtesy"].split(",")}
_LONGEST_COURTESY = max(map(len, _COURTESY))


def is_stop(text: str) -> bool:
    """Whether a sentence says to stop at once, and nothing else; never raises."""
    if len(text) > MAX_CHARS:
        return False
    words = tuple(re.findall(r"[^\W_]+", normalize(text).replace("'", "")))
    position, found = 0, False
    while position < len(words):
        stop = _stop_length(words, position)
        length = stop or _courtesy_length(words, position)
        if length == 0:
            return False
        position, found = position + length, found or stop > 0
    return found


def _stop_length(words: tuple[str, ...], start: int) -> int:
    """Count the words of the longest stop phrase from ``start``; 0 for none."""
    for length in range(min(_LONGEST_STOP, len(words) - start), 0, -1):
        phrase = " ".join(words[start : start + length])
        if any(pattern.match(phrase) for pattern in _STOPS):
            return length
    return 0


def _courtesy_length(words: tuple[str, ...], start: int) -> int:
    for length in range(_LONGEST_COURTESY, 0, -1):
        if words[start : start + length] in _COURTESY:
            return length
    return 0
