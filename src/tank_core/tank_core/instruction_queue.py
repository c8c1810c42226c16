"""Many messages at once, with a stop among them.

The stop is not kept waiting by what came before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def split_at_last_stop(
    batch: Sequence[Item], is_stop: Callable[[Item], bool]
) -> tuple[list[Item], list[Item]]:
    """(what the last stop ends, what is to be done in this order).

    The second list begins with that stop, if there is one.
    """
    for place in range(len(batch) - 1, -1, -1):
        if is_stop(batch[place]):
            return list(batch[:place]), list(batch[place:])
    return [], list(batch)
