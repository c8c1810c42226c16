"""``./tank learn go_through``: from demonstrations to a skill's file."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from tank_core.io.arguments import at_least_one, not_negative, number, output_folder, seed
from tank_core.io.checkout import home
from tank_core.io.outputs import make_folder
from tank_core.skill import SkillCard
from tank_learning.skills.export import export_skill
from tank_learning.skills.gate.cloning import Cloning
from tank_learning.skills.gate.closed_loop import OVERLAPPING, PATIENCE, drive
from tank_learning.skills.gate.curve import Curve
from tank_learning.skills.gate.demonstrations import Drive, by_skill, demonstrations
from tank_learning.skills.gate.examples import Examples, examples, joined
from tank_learning.skills.gate.room import SHRUNK, Room
from tank_skills.driver import HORIZON, IMAGE, PERIOD_S, Driver
from tank_skills.skill_file import SUFFIX, SkillFile

NAME = "go_through-tank"
DEMONSTRATIONS, UPDATES = 200, 3000
# Where seeds of starts begin, so that nothing is tried where it was trained; the benchmark's at 0.
TRIAL_SEEDS, SHOWN_SEEDS, OWN_SEEDS = 1_000_000, 2_000_000, 3_000_000
SEEDS = 10_000  # of starts for each seed of a training
SAMPLES = 16  # looks on which numpy, torch and ONNX are compared


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what is demonstrated, and how it is cloned."""
    parser.add_argument(
        "--demonstrations",
        type=at_least_one,
        default=DEMONSTRATIONS,
        metavar="N",
        help="drives of the demonstrator (default: %(default)s)",
    )
    parser.add_argument("--updates", type=at_least_one, default=UPDATES, metavar="N")
    parser.add_argument("--seed", type=seed, default=0)
    parser.add_argument(
        "--noise",
        type=number(0.0, 2.0),
        default=0.0,
        metavar="RAD_S",
        help="pushes the demonstrator about all along; its labels are how it answers",
    )
    parser.add_argument(
        "--remade",
        action="store_true",
        help="label with whole chunks that the demonstrator would drive from each pose without "
        "noise, in place of what it drove",
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
    parser.add_argument(
        "--out",
        type=output_folder,
        default=None,
        metavar="FOLDER",
        help=f"of {NAME}{SUFFIX}, ONNX and curve (default: .tank/skills/go_through)",
    )


def learn(args: argparse.Namespace) -> int:
    """Record, clone, compare the runtimes, try, and write file and curve."""
    torch.set_num_threads(1)
    out: Path = args.out or home() / "skills" / "go_through"
    make_folder(out)
    began = time.process_time()
    numbers = seeds(SHOWN_SEEDS, args.seed, args.demonstrations)
    drives = _told(list(demonstrations(numbers, args.noise)), began)
    shown = examples(drives, mask=not args.unmasked, remade=args.remade)
    file, cloning = clone(shown, args.updates, args.seed, out)
    own: list[Drive] = []
    if args.dagger:
        numbers = seeds(OWN_SEEDS, args.seed, args.dagger)
        own = _told(list(by_skill(file, numbers)), began)
        shown = joined([shown, examples(own, remade=True)])
        file, cloning = clone(shown, args.updates, args.seed, out)
    card = replace(
        file.card,
        trained_on=_words(args, drives, own),
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
    """Drive from starts that no training saw, as the robot sees; the success in words."""
    if not trials:
        return ""
    with Room(SHRUNK) as room:
        skill = Driver(file, room.robot)
        numbers = seeds(TRIAL_SEEDS, file.card.seed, trials)
        good = sum(drive(room, skill, one).success for one in numbers)
    return f"{good} of {trials} starts that it was not trained on, ideal, by ./tank learn"


def _told(drives: list[Drive], began: float) -> list[Drive]:
    steps, spent = sum(len(one) for one in drives), time.process_time() - began
    print(f"{len(drives)} drives, {steps} steps; {spent:.0f} s of the processor", flush=True)
    return drives


def _words(args: argparse.Namespace, drives: Sequence[Drive], own: Sequence[Drive]) -> str:
    """What it was trained on, in a line."""
    steps = sum(len(drive) for drive in (*drives, *own))
    parts = [f"{len(drives)} demonstrations by the truth of the simulator"]
    parts += [f"noise {args.noise:g} rad/s"] if args.noise else []
    parts += ["chunks remade from each pose"] if args.remade else []
    parts += ["ends not masked"] if args.unmasked else []
    parts += [f"{len(own)} drives of its own, labeled"] if own else []
    return f"{', '.join(parts)} ({steps} steps), {args.updates} updates"
