"""Small helpers to write XML models from Python values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

Node = ElementTree.Element


def add(parent: Node, tag: str, /, **attributes: Any) -> Node:
    """A new child with its attributes as text.

    None is left out, and a trailing underscore is taken off a name.
    """
    texts = {
        key.rstrip("_"): plain(value) for key, value in attributes.items() if value is not None
    }
    return ElementTree.SubElement(parent, tag, texts)


def plain(value: Any) -> str:
    """A value as XML has it.

    Numbers with the fewest digits that give them back, lists separated by spaces.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value + 0.0) if isinstance(value, float) else str(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Iterable):
        return " ".join(plain(item) for item in value)
    return str(value)


def to_text(root: Node) -> str:
    """The document as indented text."""
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"
