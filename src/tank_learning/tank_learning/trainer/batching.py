"""Rows of tokens side by side, as a network takes them."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

IGNORED = -100  # cross_entropy's ignore_index
Row = tuple[list[int], int]  # token ids, length of the prompt
Batch = tuple[Tensor, Tensor]  # ids and targets, both (batch, time)


def padded(rows: list[Row], pad: int) -> Batch:
    """(ids, targets), both (batch, time).

    Padded on the right, where a causal network does not see it; loss on the answer only.
    """
    longest = max(len(ids) for ids, _ in rows)
    ids = torch.full((len(rows), longest), pad)
    targets = torch.full((len(rows), longest), IGNORED)
    for i, (row, prompt) in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
        targets[i, prompt - 1 : len(row) - 1] = torch.tensor(row[prompt:])
    return ids, targets


def grouped(rows: Iterable[Row], batch_tokens: int) -> list[list[Row]]:
    """Group rows of like length, at most ``batch_tokens`` in each once padded.

    A row that is longer is a group of its own.
    """
    groups: list[list[Row]] = [[]]
    for row in sorted(rows, key=lambda row: len(row[0])):
        if groups[-1] and (len(groups[-1]) + 1) * len(row[0]) > batch_tokens:
            groups.append([])
        groups[-1].append(row)
    return groups
