"""``./tank learn words``: from a teacher to a policy of pixels and words."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence

import torch
from safetensors.torch import save_file

from tank_core.io.arguments import at_least_one, seed
from tank_learning.skills.folder import add_out, out_folder
from tank_learning.skills.words.driving import RolloutEnd, drive
from tank_learning.skills.words.policy import Policy
from tank_learning.skills.words.scene import Stage, draw
from tank_learning.skills.words.teacher import demonstrations
from tank_learning.skills.words.training import Frames, train

CAMERAS = {"both": ("front", "top"), "front": ("front",), "top": ("top",)}
UPDATES, SHOWN, EPISODES = 2500, 150, 100


def configure(parser: argparse.ArgumentParser) -> None:
    """Cameras, demonstrations, and how long."""
    parser.add_argument("--cameras", choices=sorted(CAMERAS), default="both")
    parser.add_argument("--demonstrations", type=at_least_one, default=SHOWN, metavar="N")
    parser.add_argument(
        "--one-teacher", action="store_true", help="all demonstrations in the same manner"
    )
    parser.add_argument("--updates", type=at_least_one, default=UPDATES, metavar="N")
    parser.add_argument("--seed", type=seed, default=0)
    parser.add_argument(
        "--episodes", type=at_least_one, default=EPISODES, metavar="N", help="drives after training"
    )
    add_out(parser, "words")


def learn(args: argparse.Namespace) -> int:
    """Show, clone, write the policy, and drive by it.

    Also from starts that were never shown.
    """
    torch.set_num_threads(1)
    args.out = out_folder(args, "words")
    began = time.process_time()
    with Stage() as stage:
        shown = demonstrations(stage, args.demonstrations, args.seed, not args.one_teacher)
        frames = Frames(shown)
        print(f"{len(shown)} demonstrations, {len(frames)} frames", flush=True)
        policy = train(frames, args.updates, args.seed, CAMERAS[args.cameras], _tell)
        path = args.out / f"words-{args.cameras}.safetensors"
        save_file(policy.state_dict(), path)
        for aside in (False, True):
            print(f"{'aside, ' if aside else ''}{trials(stage, policy, args.episodes, aside)}")
    print(f"{path}; {time.process_time() - began:.0f} s of the processor")
    return 0


def trials(stage: Stage, policy: Policy, episodes: int, aside: bool) -> str:
    """Drive scenes that no training has; the result in words."""
    ends = [drive(stage, policy, draw(seed, "benchmark", aside)) for seed in range(episodes)]
    return _words(ends)


def _words(ends: Sequence[RolloutEnd]) -> str:
    good = sum(end.success and end.ended for end in ends)
    false = sum(end.ended and not end.success for end in ends)
    middle = statistics.median(end.seconds for end in ends) if ends else 0.0
    return (
        f"{good} of {len(ends)} drives end before the named thing, {false} elsewhere; "
        f"{middle:.1f} s"
    )


def _tell(updates: int, seconds: float, loss: float) -> None:
    print(f"{updates} updates, loss {loss:.4f}, {seconds:.0f} s", flush=True)
