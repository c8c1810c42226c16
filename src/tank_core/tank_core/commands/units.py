"""The units of shorthand, by their sizes in the language's own.

Those are meters, degrees and seconds.
"""

from __future__ import annotations

from decimal import Decimal


def amounts(text: str) -> dict[str, Decimal]:
    """A table from its text: "m 1, cm 0.01".

    An amount without a word before it has the word "".
    """
    pairs = (item.split() for item in text.split(","))
    return {" ".join(words): Decimal(size) for *words, size in pairs}


METERS = amounts(
    "m 1, cm 0.01, mm 0.001, km 1000, ft 0.3048, in 0.0254, yd 0.9144, mi 1609.344, step 0.5"
)
DEGREES = amounts("deg 1, rad 57.2958")
SECONDS = amounts("s 1, min 60, h 3600")
