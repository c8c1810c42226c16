"""Text, values and errors from anywhere as a line that can be shown.

A terminal, a pipe and a log can take it, whatever it was.
"""

from __future__ import annotations

from tank_core.exceptions import TankError

LONGEST = 600  # characters of a message; what is longer loses its middle
SHORT = 200  # of a value in it
_MOST_DIGITS = 20  # of a whole number that is written out; Python refuses to for 5000


def one_line(value: object, longest: int = LONGEST) -> str:
    """White space becomes single spaces.

    Control characters and broken bytes are shown as escapes; a long text loses its middle.
    """
    text = "".join(
        sign if sign.isprintable() else _escaped(sign) for sign in " ".join(str(value).split())
    )
    half = (longest - 5) // 2
    return text if len(text) <= longest else f"{text[:half].rstrip()} ... {text[-half:].lstrip()}"


def quoted(value: object, longest: int = SHORT) -> str:
    """A value from outside, as it may stand in a message.

    Of any size, with anything in it.
    """
    if isinstance(value, int) and abs(value) >= 10**_MOST_DIGITS:
        return f"a whole number of {value.bit_length()} bits"
    return one_line(repr(value), longest)


def reason(error: BaseException) -> str:
    """The reason of an error in words.

    The system's words for it where there are some, else the error's own, else its type.
    """
    return one_line(getattr(error, "strerror", None) or error) or type(error).__name__


def described(error: BaseException) -> str:
    """An error as a sentence, after its type where it is not Tank's own."""
    name, text = type(error).__name__, one_line(error)
    return text if isinstance(error, TankError) else f"{name}: {text}" if text else name


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")
