"""English as data: words and patterns, in the YAML files of this folder.

A pattern may be laid out in pieces, which follow one another without a space. In it ``{NAME}`` is a
fragment: one of the file's own ``fragments``, or one that is given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

# libyaml's loader, where it is there, takes a tenth of the time
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FRAGMENT = re.compile(r"\{([A-Z_]+)\}")


@cache
def read(name: str) -> dict[str, Any]:
    """The data of one file."""
    text = Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=_LOADER)
    return data


def word_set(name: str, key: str) -> frozenset[str]:
    """A list of words."""
    return frozenset(read(name)[key].split())


def by_word(table: Mapping[str, str]) -> dict[str, str]:
    """Map each word of a table of meanings and their words to its meaning."""
    return {word: meaning for meaning, words in table.items() for word in words.split()}


def fragments(name: str, **given: str) -> dict[str, str]:
    """The fragments of a file, made of those before them and those given."""
    found = dict(given)
    for fragment, text in read(name).get("fragments", {}).items():
        found[fragment] = filled(text, found)
    return found


def filled(text: str | list[str], parts: Mapping[str, str]) -> str:
    """A pattern's text, or its pieces, with the fragments in their places."""
    return _FRAGMENT.sub(lambda match: parts[match[1]], "".join(text))


def patterns(name: str, **given: str) -> dict[str, re.Pattern[str]]:
    """The patterns of a file, by their names."""
    parts = fragments(name, **given)
    return {key: re.compile(filled(text, parts)) for key, text in read(name)["patterns"].items()}
