"""Shorthand: the form in which the small model answers.

It keeps numbers and units as they were said, and what is leaned on as it was; code does the rest.

    turn left fast ; move forward 2 ft fast          4x( move forward ; turn right )          wait
    0.5 min          go_to [kitchen table]          more 10 deg          none

The notation is described in ``data/README.md``, its meaning (defaults, units, vague amounts) in
``docs/language.md``. The model writes it in tokens: each word in angle brackets, numbers digit by
digit, names as they stand in the sentence (``<move><forward>2<ft>``, ``<go_to><[> kitchen<]>``).
"""

from tank_core.commands.shorthand.grammar import gbnf, words
from tank_core.commands.shorthand.reader import MAX_DEPTH, NOT_A_COMMAND, expand, read
from tank_core.commands.shorthand.references import (
    NO_PREVIOUS,
    Expansion,
    Previous,
    Refusal,
    Step,
    resolve,
    said,
)
from tank_core.commands.shorthand.tokens import (
    NAME,
    NAME_MARKS,
    NONE,
    ShorthandError,
    from_tokens,
    to_tokens,
)

__all__ = [
    "MAX_DEPTH",
    "NAME",
    "NAME_MARKS",
    "NONE",
    "NOT_A_COMMAND",
    "NO_PREVIOUS",
    "Expansion",
    "Previous",
    "Refusal",
    "ShorthandError",
    "Step",
    "expand",
    "from_tokens",
    "gbnf",
    "read",
    "resolve",
    "said",
    "to_tokens",
    "words",
]
