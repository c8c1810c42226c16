"""Whether the commands are as many as the sentence says ("twice"). Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from tank_core.commands import Command, Turn
from tank_core.english import word_set
from tank_language.amounts.spoken import Quantity, is_number

_WORDED_TIMES = {"twice": 2, "thrice": 3}
_CONJUNCTION, _MORE = (word_set("amounts", name) for name in ("conjunction", "more"))


def worded_times(commands: Sequence[Command], words: list[str], others: bool) -> str | None:
    """Of "twice left, once right" every count has to be that of some command."""
    counts = Counter(commands).values()
    for at, word in enumerate(words):
        times, follows = _WORDED_TIMES.get(word, 0), words[at + 1] if at + 1 < len(words) else ""
        if (
            times > 1
            and follows not in ("as", "more", "already")
            and not any(count % times == 0 for count in counts)
        ):
            return f"{len(commands)} steps are not {word!r}; say each step"
        others = others or times > 1
    if (
        others
        and "once" in words
        and not {*words[words.index("once") + 1 :][:1]} & _CONJUNCTION
        and 1 not in counts
    ):
        return "what is to be done 'once' was not understood; say each step"
    return None


def is_count(one: Quantity, commands: Sequence[Command], words: list[str]) -> bool:
    """Whether a command is there that often, or a multiple; one more if "more"."""
    whole = int(one.number)
    if one.number != whole:  # "half a round"
        return one.number < len(commands)
    if words[one.end - 1] == "x" and words[one.end : one.end + 1] and is_number(words[one.end]):
        return True  # "2.5 x 3": the other one counts
    more = bool(_MORE & {*words[max(0, one.at - 2) : one.end + 1]})
    return any(
        count % times == 0
        for count in Counter(commands).values()
        for times in (whole, whole + more)
        if times
    )


def is_all_the_way(one: Quantity, commands: Sequence[Command]) -> bool:
    """Whether the turns are that many turns.

    "two rotations" are 720 degrees together; "two left turns" are two of any size.
    """
    angles = [command.angle_deg for command in commands if isinstance(command, Turn)]
    if one.number == len(angles) > 1:
        return True
    whole = float(one.number) * 360.0
    ends = range(1, len(angles) + 1)
    totals = (sum(angles[first:end]) for end in ends for first in range(end))
    return whole > 0 and any(abs(math.remainder(total, whole)) < 1 for total in totals)
