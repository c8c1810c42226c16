"""Shorthand as text, as tokens of the model, and as a list of words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tank_core.exceptions import TankError

NONE, NAME, NAME_ENDS, HEADING = "none", "[", "]", "heading"
NAME_MARKS = (f"<{NAME}>", f"<{NAME_ENDS}>")  # the tokens around a name
_TOKEN = re.compile(r"\s*(\d+x\(|\d+(?:\.\d+)?|[a-z_]+|[;)]|\[[^][]*\])")
# A name is copied with the space before it, as it stands in the sentence: its tokens are the same.
_MODEL_TOKEN = re.compile(r"<\[> ([^<>]*)<\]>|<([^][<>]+)>|([0-9.]+)")


class ShorthandError(TankError, ValueError):
    """Text that is not shorthand."""


def to_tokens(text: str) -> str:
    """Shorthand as the model writes it.

    ``move forward 2 ft`` is ``<move><forward>2<ft>``.
    """
    return "".join(map(_model_token, split(text)))


def from_tokens(text: str) -> str:
    """Shorthand from what the model wrote.

    Raises ShorthandError for anything that is no token.
    """
    found, end = [], 0
    for match in _MODEL_TOKEN.finditer(text):
        if match.start() != end:
            break
        name, word, number = match.groups()
        found.append(word or number or f"[{name}]")
        end = match.end()
    if end != len(text):
        raise ShorthandError(f"{text[end:]!r} is not a token of shorthand")
    return re.sub(r"(\d) x\(", r"\1x(", " ".join(found))


def split(text: str) -> list[str]:
    """The words, numbers, names and marks of shorthand, in order.

    Raises ShorthandError for text that has none, or others.
    """
    found, end = [], 0
    text = text.strip()
    while end < len(text):
        match = _TOKEN.match(text, end)
        if match is None:
            raise ShorthandError(f"{text[end:]!r} is not shorthand")
        found.append(match[1])
        end = match.end()
    if not found:
        raise ShorthandError("the answer is empty; out of scope is written 'none'")
    return found


def _model_token(token: str) -> str:
    if token.endswith("x("):
        return f"{token[:-2]}<x(>"
    if token.startswith(NAME):
        return f"<{NAME}> {token[1:-1]}<{NAME_ENDS}>"
    return token if token[0].isdigit() else f"<{token}>"


class TokenStream:
    """Tokens with one place of look-ahead."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._next = 0

    def peek(self) -> str:
        """The next token; "" at the end."""
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def take(self) -> str:
        """The next token, taken."""
        token = self.peek()
        self._next += 1
        return token

    def one_of(self, choices: Iterable[str]) -> str | None:
        """The next token if it is one of ``choices``, taken; otherwise None."""
        return self.take() if self.peek() in map(str, choices) else None

    def need(self, choices: Iterable[str]) -> str:
        """The next token, which has to be one of ``choices``.

        Raises ShorthandError.
        """
        choices = [*map(str, choices)]
        word = self.one_of(choices)
        if word is None:
            raise ShorthandError(f"{self.peek()!r} is none of {', '.join(choices)}")
        return word
