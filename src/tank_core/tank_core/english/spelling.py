"""Words that were meant for others, by their letters. Pure."""

from __future__ import annotations


def slipped(word: str, name: str) -> bool:
    """Whether two words differ by one letter: more, less, wrong or swapped."""
    if abs(len(word) - len(name)) > 1:
        return False
    same = next(
        (k for k, (a, b) in enumerate(zip(word, name, strict=False)) if a != b),
        min(len(word), len(name)),
    )
    rest, other = word[same:], name[same:]
    return (
        rest[1:] == other[1:]
        or rest[1:] == other
        or rest == other[1:]
        or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
    )
