"""A picture of what an autonomous learner did.

Its states over its budget, and its losses.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("agg")  # no screen
import matplotlib.pyplot as plt

from tank_learning.skills.auto.learner import LearnerState, Round
from tank_learning.skills.auto.working import LearnerEvent

COLORS = {
    LearnerState.COLLECT: "tab:blue",
    LearnerState.TRAIN: "tab:orange",
    LearnerState.VALIDATE: "tab:green",
    LearnerState.THINK: "tab:purple",
    LearnerState.PAUSE: "tab:red",
}


def draw(path: Path, events: Sequence[LearnerEvent], rounds: Sequence[Round], thinker: str) -> Path:
    """Draw the states as bars over CPU seconds.

    And the losses of the rounds below.
    """
    figure, (above, below) = plt.subplots(
        2, 1, figsize=(9, 5), layout="constrained", sharex=True, height_ratios=(1, 1.6)
    )
    began = 0.0
    states = list(COLORS)
    for event in events:
        row = states.index(event.state)
        # what takes no time is to be seen, too
        above.barh(row, max(event.spent - began, 0.3), left=began, color=COLORS[event.state])
        began = event.spent
    above.set_yticks(range(len(states)), [str(state) for state in states])
    above.invert_yaxis()
    above.set(title=f"{thinker}: {len(rounds)} rounds")
    spent = [each.spent for each in rounds]
    below.semilogy(spent, [each.training for each in rounds], "o--", label="training")
    below.semilogy(spent, [each.validation for each in rounds], "o-", label="validation")
    for each in rounds:
        note = f"{each.data} turns\n{each.updates} upd."
        below.annotate(note, (each.spent, each.validation), fontsize=7, ha="center", va="bottom")
    below.set(xlabel="CPU seconds", ylabel="loss of the predicted picture")
    below.grid(alpha=0.3, which="both")
    below.legend()
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return path
