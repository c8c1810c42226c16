"""The words, phrases and templates of ``words/*.yaml``.

Each file is a dictionary of lists. The order of a list counts for the sentences of a seed, and what
stands in it n times is n times as likely.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from pathlib import Path

from tank_core.exceptions import TankError
from tank_core.io.yaml_files import read_text, read_yaml

FOLDER = Path(__file__).parent / "words"
Pair = tuple[str, str]  # words, and the shorthand that they stand for
Phrases = dict[str, tuple[str, ...]]


def read_phrases(path: Path) -> Phrases:
    """Read the lists of a file by their names.

    Raises TankError that names a bad one.
    """
    data = read_yaml(read_text(path, "file of phrases"), str(path))
    if not isinstance(data, dict):
        raise TankError(f"{path} holds no lists of phrases; write 'NAME:' and '  - PHRASE' lines")
    for name, phrases in data.items():
        if not isinstance(phrases, list) or not phrases:
            raise TankError(f"{path}: {name} is no list of phrases; write one a line after '- '")
        for phrase in phrases:
            if not isinstance(phrase, str):
                raise TankError(
                    f"{path}: {phrase!r} of {name} is no text as YAML reads it; put it in quotes"
                )
    return {str(name): tuple(phrases) for name, phrases in data.items()}


def pairs(phrases: Iterable[str]) -> tuple[Pair, ...]:
    """The two sides of each ``words => shorthand``."""
    return tuple((words, answer) for words, _, answer in (p.partition(" => ") for p in phrases))


def fill(rng: random.Random, templates: tuple[str, ...], **parts: str) -> str:
    """Choose a template and fill in its ``{parts}``."""
    return rng.choice(templates).format(**parts)


def choose(
    rng: random.Random, phrases: tuple[str, ...], rare: str, share: float, usual: str
) -> str:
    """Choose a phrase, and the ``rare`` one in a share of the cases only.

    In the others it is ``usual`` instead.
    """
    allowed = rng.random() < share
    chosen = rng.choice(phrases)
    return usual if chosen == rare and not allowed else chosen


def join(*parts: str) -> str:
    """Parts with single spaces, the empty ones left out."""
    return " ".join(part for part in parts if part)


def tidy(text: str) -> str:
    """Without the spaces that joining leaves before marks."""
    return re.sub(r" (?=[,.;])", "", text)


ALL = {path.stem: read_phrases(path) for path in sorted(FOLDER.glob("*.yaml"))}
AMOUNTS, ARCS, ARMS, ASIDES = ALL["amounts"], ALL["arcs"], ALL["arms"], ALL["asides"]
BRINGING, DESCRIBING, POLITE = ALL["bringing"], ALL["describing"], ALL["polite"]
CELLS, COLORS, COMPASS = ALL["cells"], ALL["colors"], ALL["compass"]
CORRECTING, COURTESY, FIGURES = ALL["correcting"], ALL["courtesy"], ALL["figures"]
GATES, GRIPPING, HEADINGS = ALL["gates"], ALL["gripping"], ALL["headings"]
JOINING, LEANING, MOVING = ALL["joining"], ALL["leaning"], ALL["moving"]
NAMES, NEARS, OBJECTS, PACE = ALL["names"], ALL["nears"], ALL["objects"], ALL["pace"]
PICTURES, PLACES, QUESTIONS = ALL["pictures"], ALL["places"], ALL["questions"]
REFUSING, SHAPES, TELEGRAM = ALL["refusing"], ALL["shapes"], ALL["telegram"]
TIMES, TURNING, TYPING, UNITS = ALL["times"], ALL["turning"], ALL["typing"], ALL["units"]
UNTIL, WAITING = ALL["until"], ALL["waiting"]
# how no order begins: "could you" cannot stand before it, nor "before you"
NO_ORDER = re.compile(rf"({'|'.join(COURTESY['no_order'])})\b", re.I)
