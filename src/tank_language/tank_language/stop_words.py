"""Stop words, recognized without the model.

The one thing that must never wait, and the only rules that read English.

A sentence is a stop when it is made of stop phrases and courtesy only, with at least one stop
phrase. So "please stop now" is one, and "stop for 5 seconds", "don't stop", "stop and turn left" or
"go then stop" are the model's.
"""

from __future__ import annotations

import re

from tank_language.prompt import normalize

# of a sentence that is looked at: someone in panic holds a key down; a megabyte of noise must not
# cost time
MAX_CHARS = 2000

_THINGS = (
    "(it|that|this|everything|all|now|here|there|right there|right "
    "here|moving|driving|turning|going|rolling|spinning|yourself|"
    "the robot|the tank|the motors|your motors|all motors|motors|all motion|all movement|where you "
    "are|in your tracks|at once|dead)"
)
_STOPS = tuple(re.compile(f"(?:{pattern})$") for pattern in (
    f"((s+t+o+p+)+|sotp|stpo|tsop)( {_THINGS})?",
    f"(h+a+l+t+|hlat|fre+z+e+|abort|abrot|cancel)( {_THINGS})?",
    "(w+h+o+a+h*|w+o+a+h+)( there)?|cease (all )?(movement|motion)|all (engines )?stop|full stop",
    "emergency|(this is an )?emergency( stop)?|e stop|estop",
    "(abort|cancel) (the )?(mission|operation|command|order|instruction)|cancel (the "
    ")?(last|current) (command|order|instruction)",
    "(dont|do not|nobody) (you )?(move|budge)( an inch| a muscle| any more| anymore| any further)?",
    "stay|stay (put|there|here|still|right there|right here|where you are|in place)",
    "hold (it|it right there|still|your position|position)|stand still|remain still",
    "(thats|that is) (quite )?enough|enough",
))  # fmt: skip
_LONGEST_STOP = 6  # words
_COURTESY = {
    tuple(phrase.split())
    for phrase in (
        "please", "pls", "plz", "kindly", "now", "right now", "right away", "immediately",
        "at once", "this instant", "quick", "quickly",
        "hey", "hi", "ok", "okay", "oh", "no", "ah", "aah", "argh", "just", "alright", "all right",
        "well", "hello", "yo", "wow",
        "robot", "tank", "buddy", "mate", "dude", "friend", "man", "little one", "little guy",
        "you", "sir", "everyone",
        "i said", "i say", "i told you to", "i want you to", "i need you to", "you must",
        "you need to", "you have to", "you should",
        "can you", "could you", "would you", "will you", "can you please", "and", "then", "thanks",
        "thank you", "thx", "for gods sake",
        "for heavens sake", "damn", "damn it", "for now", "mr robot", "everybody", "seriously",
        "really", "guys",
        "easy", "over", "out", "never mind", "nevermind", "forget it", "nope", "wait", "actually",
        "thats it", "im serious",
        "i repeat", "so much", "thank you so much", "do", "must", "you must", "to",
    )
}  # fmt: skip
_LONGEST_COURTESY = max(map(len, _COURTESY))


def is_stop(text: str) -> bool:
    """Whether a sentence says to stop at once, and nothing else.

    Takes microseconds and never raises.
    """
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
    """How many words from ``start`` make the longest stop phrase; 0 for none."""
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
