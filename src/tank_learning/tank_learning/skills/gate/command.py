"""``./tank learn gate``: from demonstrations to a skill's file."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import torch

from tank_core.exceptions import TankError
from tank_core.io.arguments import at_least_one, not_negative, number, seed
from tank_core.skill import SkillCard
from tank_learning.skills.export import export_skill
from tank_learning.skills.folder import add_out, out_folder
from tank_learning.skills.gate.cloning import Cloning
from tank_learning.skills.gate.closed_loop import OVERLAPPING, PATIENCE, drive
from tank_learning.skills.gate.curve import Curve
from tank_learning.skills.gate.demonstrations import GateRollout, by_skill, demonstrations
from tank_learning.skills.gate.examples import Examples, examples, joined
from tank_learning.skills.gate.room import SHRUNK, GateRoom
from tank_skills.driver import HORIZON, IMAGE, PERIOD_S, Driver
from tank_skills.skill_file import SUFFIX, SkillFile

NAME = "go_through-tank"
DEMONSTRATIONS, PUSHED, NOISE, UPDATES = 200, 0, 0.3, 2000  # [rad/s]
# Where seeds of starts begin, so that nothing is tried where it was trained; the benchmark's at 0.
TRIAL_SEEDS, SHOWN_SEEDS, OWN_SEEDS, PUSHED_SEEDS = (n * 1_000_000 for n in (1, 2, 3, 4))
SEEDS = 10_000  # of starts for each seed of a training
SAMPLES = 16  # looks on which numpy, torch and ONNX are compared


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what is demonstrated, and how it is cloned."""
    parser.add_argument(
        "--demonstrations",
        type=not_negative,
        default=DEMONSTRATIONS,
        metavar="N",
        help="clean drives of the demonstrator (default: %(default)s)",
    )
    parser.add_argument("--updates", type=at_least_one, default=UPDATES, metavar="N")
    parser.add_argument("--seed", type=seed, default=0)
    parser.add_argument(
        "--pushed",
        type=not_negative,
        default=PUSHED,
        metavar="N",
        help="further drives in which noise pushes the demonstrator about; each pose is labeled "
        "with the whole chunk that it would drive from there undisturbed (default: %(default)s)",
    )
    parser.add_argument(
        "--noise", type=number(0.0, 2.0), default=NOISE, metavar="RAD_S", help="that pushes it"
    )
    parser.add_argument(
        "--as-driven",
        action="store_true",
        help="label those with what the demonstrator drove next, pushed as it was",
    )
    parser.add_argument(
        "--unmasked",
        action="store_true",
        help="after the end of a demonstration, its last velocity is a label as any other",
    )
    parser.add_argument(
        "--dagger",
        type=not_negative,
        default=0,
        metavar="N",
        help="then the policy itself drives N times, the demonstrator labels each pose with a "
        "whole chunk, and all is learned anew",
    )
    parser.add_argument(
        "--trials", type=not_negative, default=20, metavar="N", help="drives that test it"
    )
    add_out(parser, "go_through")


def learn(args: argparse.Namespace) -> int:
    """Record, clone, compare the runtimes, try, and write file and curve."""
    torch.set_num_threads(1)
    out = out_folder(args, "go_through")
    began = time.process_time()
    mask, number = not args.unmasked, args.seed
    drives = list(demonstrations(seeds(SHOWN_SEEDS, number, args.demonstrations)))
    pushed = list(demonstrations(seeds(PUSHED_SEEDS, number, args.pushed), args.noise))
    parts = [examples(drives, mask)] if drives else []
    parts += [examples(pushed, mask, remade=not args.as_driven)] if pushed else []
    if not parts:
        raise TankError("there is nothing to learn from; say --demonstrations 40, or --pushed 40")
    _tell("demonstrations", [*drives, *pushed], began)
    file, cloning = clone(joined(parts), args.updates, number, out)
    own: list[GateRollout] = []
    if args.dagger:
        own = list(by_skill(file, seeds(OWN_SEEDS, number, args.dagger)))
        parts.append(examples(own, remade=True))
        _tell("drives of its own", own, began)
        file, cloning = clone(joined(parts), args.updates, number, out)
    card = replace(
        file.card,
        trained_on=_words(args, drives, pushed, own),
        measured=tried(file, args.trials),
    )
    path = out / f"{NAME}{SUFFIX}"
    looks, seen = cloning.samples(SAMPLES)
    samples = {"eye": looks, "head": seen}
    export_skill(path, card, cloning.networks, samples, onnx=out / "onnx")
    size, spent = path.stat().st_size / 1e6, time.process_time() - began
    print(f"{path} ({size:.2f} MB): {card.measured or 'not tried'}; {spent:.0f} s of the processor")
    return 0


def seeds(first: int, number: int, count: int) -> range:
    """The seeds of ``count`` starts for a training with the seed ``number``."""
    return range(first + number * SEEDS, first + number * SEEDS + count)


def clone(shown: Examples, updates: int, number: int, out: Path) -> tuple[SkillFile, Cloning]:
    """Train on examples; leaves the curve in ``out``."""
    cloning, curve = Cloning(shown, number), Curve(out, updates)
    cloning.train(updates, curve.add)
    curve.draw()
    card = SkillCard(
        name=NAME,
        action="go_through",
        robot="tank",
        kind="driver",
        period=PERIOD_S,
        horizon=HORIZON,
        ask_after=OVERLAPPING.every,
        image=IMAGE,
        patience=PATIENCE * PERIOD_S,
        seed=number,
    )
    return cloning.file(card), cloning


def tried(file: SkillFile, trials: int) -> str:
    """Drive from starts that no training saw; the success in words."""
    if not trials:
        return ""
    with GateRoom(SHRUNK) as room:
        skill = Driver(file, room.robot)
        numbers = seeds(TRIAL_SEEDS, file.card.seed, trials)
        good = sum(drive(room, skill, one).success for one in numbers)
    return f"{good} of {trials} starts that it was not trained on, ideal, by ./tank learn gate"


def _tell(what: str, drives: list[GateRollout], began: float) -> None:
    steps, spent = sum(len(one) for one in drives), time.process_time() - began
    print(f"{len(drives)} {what}, {steps} steps; {spent:.0f} s of the processor", flush=True)


def _words(
    args: argparse.Namespace,
    drives: list[GateRollout],
    pushed: list[GateRollout],
    own: list[GateRollout],
) -> str:
    """Say in a line from what it was trained."""
    steps = sum(len(drive) for drive in (*drives, *pushed, *own))
    parts = [f"{len(drives)} demonstrations{', ends not masked' if args.unmasked else ''}"]
    labels = "labels as driven" if args.as_driven else "labels remade"
    parts += [f"{len(pushed)} pushed by {args.noise:g} rad/s, {labels}"] if pushed else []
    parts += [f"{len(own)} drives of its own, labeled"] if own else []
    return f"{'; '.join(parts)}; {steps} steps, {args.updates} updates"
