"""Trains the action transformer with one of its heads, by a number of updates."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from tank_core.exceptions import TankError
from tank_learning.skills.transformer.heads import ActionModel, masked_mean
from tank_learning.skills.transformer.windows import Noise, Windows
from tank_learning.trainer.schedule import half_cosine
from tank_skills.sequence import CONTEXT, JOINTS

JUDGED = 64  # windows that a figure is the mean of


@dataclass(frozen=True)
class TransformerRecipe:
    """All that decides a training run; the same recipe gives the same network."""

    head: str = "regression"
    updates: int = 2000
    seed: int = 0
    batch: int = 32
    rate: float = 2e-3
    warmup: float = 0.02  # share of the run
    decay: float = 0.01  # of the weights
    # Of a window, drawn anew in each update. Scores of 1,024 bins for all of them would take eight
    # times as long as the body, and steps of one window tell much the same.
    loss_steps: int = 8
    reports: int = 10  # in the run
    noise: Noise = field(default_factory=Noise)


@dataclass(frozen=True)
class Figures:
    """The losses of a model on windows without noise.

    ``loss`` is the head's own. ``actions`` is the mean squared error of decoded actions, each in
    -1..1, and so the same unit for all heads; ``joints`` that of the joint targets alone.
    """

    loss: float
    actions: float
    joints: float


@dataclass(frozen=True)
class CurvePoint:
    """A line of the learning curve."""

    updates: int
    seconds: float  # of the processor
    training: Figures
    held_out: Figures


def train(
    recipe: TransformerRecipe,
    training: Windows,
    held_out: Windows,
    tell: Callable[[CurvePoint], None],
) -> ActionModel:
    """Train anew; ``tell`` hears how it goes.

    Raises TankError when the loss is not finite.
    """
    torch.manual_seed(recipe.seed)
    dice = torch.Generator().manual_seed(recipe.seed)
    model = ActionModel(training.inputs, recipe.head)
    optimizer = torch.optim.AdamW(model.parameters(), recipe.rate, weight_decay=recipe.decay)
    began = time.process_time()
    for update in range(recipe.updates):
        share = half_cosine(update / recipe.updates, recipe.warmup)
        for group in optimizer.param_groups:
            group["lr"] = recipe.rate * share
        inputs, actions, there = training.draw(recipe.batch, dice, recipe.noise)
        steps = torch.randperm(CONTEXT, generator=dice)[: recipe.loss_steps]
        loss = model.loss(model(inputs, steps), actions[:, steps], there[:, steps])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if (update + 1) % max(1, recipe.updates // recipe.reports) == 0:
            if not torch.isfinite(loss):
                raise TankError("the loss is not finite; train with another --seed")
            line = figures(model, training), figures(model, held_out)
            tell(CurvePoint(update + 1, time.process_time() - began, *line))
    model.eval()
    return model


def figures(model: ActionModel, windows: Windows) -> Figures:
    """Judge a model by windows, always the same."""
    inputs, actions, there = windows.draw(JUDGED, torch.Generator().manual_seed(5))
    with torch.no_grad():
        output = model(inputs)
    error = (model.decoded(output) - actions).square()
    each: list[Tensor] = [
        model.loss(output, actions, there),
        masked_mean(error.mean(-1), there),
        masked_mean(error[..., :JOINTS].mean(-1), there),
    ]
    return Figures(*(float(one) for one in each))
