"""Text from anywhere as one line that a terminal, a pipe and a log can take."""

from __future__ import annotations

LONGEST = 600  # characters of a message; what is longer loses its middle
SHORT = 200  # of a value in it


def one_line(text: str, longest: int = LONGEST) -> str:
    """White space becomes single spaces; control characters and broken bytes are shown as escapes; a long text loses its middle."""
    text = " ".join(text.split())
    if len(text) > longest:
        half = (longest - 5) // 2
        text = f"{text[:half]} ... {text[-half:]}"
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def quoted(value: object) -> str:
    """A value from outside, as it may stand in a message: of any size, with anything in it."""
    return one_line(repr(value), SHORT)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
