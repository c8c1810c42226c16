"""``./tank learn transformer``: from demonstrations to a skill's file."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch

from tank_core.io.arguments import at_least_one, not_negative, seed
from tank_core.io.outputs import write
from tank_core.skill import SkillCard
from tank_core.state import Floats
from tank_learning.skills.export import export_skill
from tank_learning.skills.folder import add_out, out_folder
from tank_learning.skills.transformer import curve
from tank_learning.skills.transformer.closed_loop import by_skill
from tank_learning.skills.transformer.heads import HEADS, ActionModel
from tank_learning.skills.transformer.recording import Trajectory, demonstrations
from tank_learning.skills.transformer.room import PickPlaceRoom, draw
from tank_learning.skills.transformer.training import CurvePoint, TransformerRecipe, train
from tank_learning.skills.transformer.windows import Scales, Windows
from tank_skills.sequence import ACTIONS, PERIOD_S, Sequence
from tank_skills.skill_file import SUFFIX, SkillFile, read_skill

TRAJECTORIES, HELD_OUT, TRIALS = 134, 20, 20
NAME = "pick_and_place"
PATIENCE_S = 25.0  # the executor needs 12
CHECKED_ON = "validation"  # tasks that neither training nor the benchmark has


def configure(parser: argparse.ArgumentParser) -> None:
    """The head, and how long and from what it is trained."""
    parser.add_argument("--head", choices=sorted(HEADS), default="regression")
    parser.add_argument(
        "--updates", type=at_least_one, default=TransformerRecipe.updates, metavar="N"
    )
    parser.add_argument("--seed", type=seed, default=0)
    parser.add_argument(
        "--demonstrations", type=at_least_one, default=TRAJECTORIES, metavar="N",
        help="trajectories of the executor; they are kept in --out for the next head",
    )  # fmt: skip
    parser.add_argument(
        "--episodes",
        type=not_negative,
        default=TRIALS,
        metavar="N",
        help="closed-loop trials after training",
    )
    add_out(parser, "transformer")


def learn(args: argparse.Namespace) -> int:
    """Record, train, compare the runtimes, try, and write file, curve and card."""
    torch.set_num_threads(1)
    args.out = out_folder(args, "transformer")
    began = time.process_time()
    with PickPlaceRoom(shadows=False) as room:
        shown = _recorded(room, args.demonstrations, args.seed, args.out)
        held_out = _recorded(room, HELD_OUT, args.seed + 1, args.out)
    scales = Scales.of(shown)
    with PickPlaceRoom() as room:
        recipe = TransformerRecipe(args.head, args.updates, args.seed)
        lines: list[CurvePoint] = []

        def tell(line: CurvePoint) -> None:
            lines.append(line)
            print(curve.words(line, recipe.updates), flush=True)

        windows = Windows(held_out, scales)
        model = train(recipe, Windows(shown, scales), windows, tell)
        steps = sum(len(one.done) for one in shown)
        card = SkillCard(
            name=_name(room.robot.name, args.head),
            action=NAME,
            robot=room.robot.name,
            kind="sequence",
            period=PERIOD_S,
            horizon=1,
            joints=room.robot.joint_names,
            patience=PATIENCE_S,
            trained_on=(
                f"{len(shown)} trajectories ({steps} steps) of the executor from cell to cell in "
                f"simulation; {args.head}, {args.updates} updates"
            ),
            seed=args.seed,
        )
        path = args.out / f"{card.name}{SUFFIX}"
        _export(path, card, model, scales, windows)
        card = replace(card, measured=_tried(room, path, args.episodes))
    _export(path, card, model, scales, windows, args.out / "onnx")
    write(args.out / f"{card.name}.json", json.dumps(asdict(card), indent=2).encode())
    curve.draw(lines, args.out / f"{card.name}.png", card.name)
    size = path.stat().st_size / 1e6
    spent = time.process_time() - began
    print(f"{path} ({size:.2f} MB), {card.measured}; {spent:.0f} s of the processor")
    return 0


def _name(robot: str, head: str) -> str:
    """Return the skill's name; regression, which does best, has the plain one."""
    return f"{NAME}-{robot}" + ("" if head == "regression" else f"-{head}")


def _recorded(room: PickPlaceRoom, count: int, seed: int, folder: Path) -> list[Trajectory]:
    """Return demonstrations, those of a file where an earlier run kept them."""
    path = folder / f"demonstrations-{count}-seed{seed}.npz"
    if path.is_file():
        with np.load(path) as kept:
            rows = [
                np.split(kept[key], np.cumsum(kept["lengths"])[:-1]) for key in ("seen", "done")
            ]
        return [Trajectory(seen, done) for seen, done in zip(*rows, strict=True)]
    found = demonstrations(room, count, seed)
    np.savez_compressed(
        path,
        seen=np.concatenate([one.seen for one in found]),
        done=np.concatenate([one.done for one in found]),
        lengths=[len(one.done) for one in found],
    )
    return found


def _export(
    path: Path,
    card: SkillCard,
    model: ActionModel,
    scales: Scales,
    windows: Windows,
    onnx: Path | None = None,
) -> SkillFile:
    """Write the skill's file.

    Raises TankError where numpy, torch and ONNX do not agree on held-out windows.
    """
    inputs, *_ = windows.draw(16, torch.Generator().manual_seed(1))
    samples: dict[str, Floats] = {"body": inputs.numpy()}
    if model.table is not None:
        with torch.no_grad():
            samples["bins"] = model.body(inputs)[:, -1].reshape(16 * ACTIONS, -1).numpy()
    return export_skill(path, card, model.networks, samples, asdict(scales), onnx)


def _tried(room: PickPlaceRoom, path: Path, episodes: int) -> str:
    """Return the success of a file in closed loop, in words for its card."""
    if not episodes:
        return ""
    skill = Sequence(read_skill(path), room.robot)
    ends = [by_skill(room, skill, draw(seed, CHECKED_ON, room.cells)) for seed in range(episodes)]
    good = sum(end.success for end in ends)
    false = sum(end.claimed and not end.success for end in ends)
    claimed = sum(end.claimed for end in ends)
    told = (
        f"{good} of {episodes} errands of validation; {claimed} claimed, {false} of these falsely"
    )
    return f"{told}; ./tank bench skills --skills sequence has a hundred others"
