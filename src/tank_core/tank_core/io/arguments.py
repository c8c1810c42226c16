"""A parser that refuses in one line, and the types of its options.

A type is a function from text for argparse. What it refuses is told before the command does
anything: the option, the value, what is valid, and the cure.
"""

from __future__ import annotations

import argparse
import importlib
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from tank_core.exceptions import TankError
from tank_core.io.one_line import quoted
from tank_core.io.outputs import OutputError, check_file, check_folder

LARGEST = 2**31 - 1  # of a seed, as sim_node takes it
MANY = 10**15  # more of anything is nobody's wish
# kinds of images that are read and written
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".ppm")


class UsageError(TankError):
    """A command line that cannot be understood."""


class Parser(argparse.ArgumentParser):
    """Parses as argparse does, but raises UsageError where argparse exits.

    Its message is one line, where argparse prints several.
    """

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; {self.prog} --help tells what can be said")


class ModuleParser(Parser):
    """A sub-command's parser, with the options of a module's ``configure``.

    The module is imported when the sub-command was said, so that nobody pays for the others.
    """

    def __init__(self, *args: Any, module: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._module = module

    def parse_known_args(self, *args: Any, **kwargs: Any) -> Any:
        module, self._module = self._module, ""
        if module:
            importlib.import_module(module).configure(self)
        return super().parse_known_args(*args, **kwargs)


def whole(low: int = 0, high: int = MANY) -> Callable[[str], int]:
    """A whole number in ordinary digits, from ``low`` to ``high``."""

    def read(text: str) -> int:
        digits = text.removeprefix("-")
        # int() would also take spaces, underscores, other alphabets' digits, and refuse 5000 of
        # them in words of its own.
        known = digits.isascii() and digits.isdigit() and len(digits) <= 20
        if not known or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(
                f"{quoted(text)} is no whole number {_range(low, high)}"
            )
        return int(text)

    return read


def number(low: float, high: float, above: bool = False) -> Callable[[str], float]:
    """A type: a finite number from ``low`` to ``high``.

    ``above``: ``low`` itself is refused.
    """

    def read(text: str) -> float:
        value = finite(text)
        if value is None or not low <= value <= high or (above and value == low):
            raise argparse.ArgumentTypeError(
                f"{quoted(text)} is no number {_range(low, high, above)}"
            )
        return value

    return read


def finite(text: str) -> float | None:
    """The number that a text is in ordinary digits, such as 0.5 or 1e-3.

    None where it is none, or not finite.
    """
    try:
        value = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _range(low: float, high: float, above: bool = False) -> str:
    if high in (MANY, math.inf):
        return f"above {low:g}" if above else f"from {low:g} on"
    return f"above {low:g} and at most {high:.12g}" if above else f"from {low:.12g} to {high:.12g}"


seed = whole(0, LARGEST)
not_negative, at_least_one = whole(), whole(1)
above_zero = number(0.0, math.inf, above=True)
share = number(0.0, 1.0)


def output_file(text: str) -> Path:
    """A file that can be written, now, as far as can be known before.

    Folder, rights, room.
    """
    return _checked(Path(text), check_file)


def output_folder(text: str) -> Path:
    """A folder that can be written into, or made."""
    return _checked(Path(text), check_folder)


def output_picture(text: str) -> Path:
    """A file as ``output_file``, of a kind of image that can be written."""
    path = Path(text)
    if path.suffix.lower() not in PICTURES:
        raise argparse.ArgumentTypeError(
            f"{quoted(text)} is no picture's name; let it end in {', '.join(PICTURES)}"
        )
    return _checked(path, check_file)


def picture_or_folder(text: str) -> Path:
    """A type: a picture where the name has an ending, else a folder."""
    return output_picture(text) if Path(text).suffix else output_folder(text)


def _checked(path: Path, check: Callable[[Path], None]) -> Path:
    try:
        check(path)
    except OutputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return path
