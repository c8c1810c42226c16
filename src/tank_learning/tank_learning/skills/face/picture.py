"""Pictures of a training.

Its curves, and what the world model imagines beside what is.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("agg")  # no screen
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tank_core.commands import Color
from tank_core.robot import Robot
from tank_core.state import Image
from tank_learning.skills.face.judging import Pictures, RuleJudge
from tank_learning.skills.face.ranking import PredictThenRank
from tank_learning.skills.face.scenes import TurningScene
from tank_learning.skills.face.sighting import ColorSight
from tank_learning.skills.face.training import world_model_path
from tank_learning.skills.face.turning_data import LARGE
from tank_learning.skills.face.world_model import load_world_model
from tank_learning.trainer.curve import read_curve
from tank_skills.turning import SIZE, TURNS_DEG, degrees
from tank_skills.views import small_view

SEED, VARIETY = 3_000_002, 70  # of the scene that is shown: nothing is trained on it
WANTED, START_DEG, REACH = Color.RED, (9.0, 11.0), (0.35, 0.6)


def draw_curves(folder: Path) -> Path:
    """Draw ``curve.jsonl`` as ``curve.png``.

    The loss of each training over its updates.
    """
    lines = read_curve(folder)
    names = list(dict.fromkeys(line["part"] for line in lines))
    figure, axes = plt.subplots(
        1, len(names), figsize=(8, 3.5), layout="constrained", squeeze=False
    )
    for axis, name in zip(axes[0], names, strict=True):
        part = [line for line in lines if line["part"] == name]
        axis.semilogy([line["updates"] for line in part], [line["loss"] for line in part])
        axis.set(title=name, xlabel="updates", ylabel="training loss")
        axis.grid(alpha=0.3, which="both")
    return _saved(figure, folder / "curve.png")


def draw_predictions(folder: Path, robot: Robot) -> Path:
    """Draw ``predicted.png``: the pictures after each turn, imagined and true.

    The turn that predict-then-rank takes is framed.
    """
    sight = ColorSight(robot)
    slow = PredictThenRank(load_world_model(world_model_path(folder, robot)), RuleJudge(sight))
    now, true = _scene(robot)
    predicted, chosen = slow.predicted(now), slow.choice(now, WANTED)
    figure, axes = plt.subplots(2, 1 + len(TURNS_DEG), figsize=(15, 2.8), layout="constrained")
    _show(axes[0, 0], now, "now")
    axes[1, 0].axis("off")
    for column, turn in enumerate(TURNS_DEG):
        title = f"{turn:+.0f}°" if turn else "hold"
        _show(axes[0, column + 1], predicted[column], title, column == chosen)
        _show(axes[1, column + 1], true[column], "", column == chosen)
    axes[0, 1].set_ylabel("imagined")
    axes[1, 1].set_ylabel("true")
    figure.suptitle(
        f"“face the {WANTED} thing”: the camera's picture after each turn (left is positive); "
        f"taken: {degrees(chosen):+.0f}°"
    )
    return _saved(figure, folder / "predicted.png")


def _scene(robot: Robot) -> tuple[Image, Pictures]:
    """The picture before, and the true ones after each turn of TURNS_DEG."""
    after = []
    with TurningScene(robot, VARIETY, LARGE) as scene:
        for turn in TURNS_DEG:
            scene.begin(WANTED, np.random.default_rng(SEED), SEED, START_DEG, REACH)
            now = small_view(scene.image(), SIZE)
            scene.turn(turn)
            after.append(small_view(scene.image(), SIZE))
    return now, np.array(after)


def _show(axis: Axes, picture: Image, title: str, framed: bool = False) -> None:
    axis.imshow(picture)
    axis.axvline((SIZE[0] - 1) / 2, color="white", linewidth=0.6, alpha=0.6)
    axis.set(xticks=[], yticks=[], title=title)
    for spine in axis.spines.values():
        spine.set(color="tab:orange" if framed else "none", linewidth=3 if framed else 0)


def _saved(figure: Figure, path: Path) -> Path:
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return path
