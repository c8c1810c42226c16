"""Reports of models on sets of sentences, as tables in Markdown. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INTERVAL = "_95"  # the end of the name of a share's interval, which stands beside the share
MOST_ROWS = 25  # of categories or voices


def as_markdown(title: str, reports: Mapping[str, dict[str, Any]]) -> str:
    """The reports of several models (by name) on one set.

    Figures, categories and voices side by side, then each one's misses.
    """
    names = list(reports)
    lines = [
        f"## {title}",
        "",
        *_table("figure", {name: _figures(reports[name]["figures"]) for name in names}),
    ]
    for key, head in (("categories", "category"), ("voices", "voice")):
        parts = {name: reports[name][key] for name in names}
        if any(parts.values()):
            cells = {
                name: {group: _group(part) for group, part in groups.items()}
                for name, groups in parts.items()
            }
            lines += ["", *_table(f"exact_match by {head}", _imperfect(parts, cells))]
    for name in names:
        misses = reports[name]["misses"]
        lines += ["", f"Misses of {name}: {len(misses)}", ""]
        lines += [_line(miss) for miss in misses]
    return "\n".join(lines) + "\n"


def _figures(figures: Mapping[str, Any]) -> dict[str, str]:
    """Each figure, a share with its interval."""
    told = {name: _number(value) for name, value in figures.items() if INTERVAL not in name}
    for name in told:
        if interval := figures.get(f"{name}{INTERVAL}"):
            low, high = interval
            told[name] += f" ({low:.3f} to {high:.3f})"
    return told


def _group(part: Mapping[str, Any]) -> str:
    """A category or voice in a cell."""
    moved = f", {part['wrong_motions']} wrong motions" if part["wrong_motions"] else ""
    return f"{part['exact_match']:.3f} of {part['sentences']}{moved}"


def _imperfect(
    parts: Mapping[str, Mapping[str, Any]], cells: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """The cells of a table; of more than a screen, those without a miss go."""
    rows = {row for column in cells.values() for row in column}
    missed = {row for part in parts.values() for row in part if part[row]["exact_match"] < 1}
    if len(rows) <= MOST_ROWS:
        return {name: dict(column) for name, column in cells.items()}
    rest = f"{len(rows - missed)} others"
    return {
        name: {row: cell for row, cell in column.items() if row in missed} | {rest: "1.000"}
        for name, column in cells.items()
    }


def _line(miss: dict[str, Any]) -> str:
    if "instruction" not in miss:
        return f"- {miss['id']} (not shown: --misses)"
    return f"- {miss['instruction']!r}: wanted {_brief(miss['wanted'])}, got {_brief(miss['got'])}"


def _table(head: str, columns: Mapping[str, Mapping[str, str]]) -> list[str]:
    rows = list(dict.fromkeys(key for column in columns.values() for key in column))
    lines = [
        f"| {' | '.join((head, *columns))} |",
        f"| {' | '.join(['---'] * (len(columns) + 1))} |",
    ]
    return lines + [
        f"| {' | '.join((row, *(column.get(row, '') for column in columns.values())))} |"
        for row in rows
    ]


def _number(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _brief(commands: list[dict[str, Any]]) -> str:
    return (
        "; ".join(" ".join(str(value) for value in command.values()) for command in commands)
        or "nothing"
    )
