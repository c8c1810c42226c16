"""``./tank learn auto face``: a learner that decides by itself what to do next."""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import torch

from tank_core.exceptions import TankError
from tank_core.io.arguments import at_least_one, seed
from tank_core.robot import load_robot
from tank_core.state import Image
from tank_learning.language.asking.endpoint import ChatEndpoint
from tank_learning.skills.auto.face_work import FaceWork
from tank_learning.skills.auto.learner import Learner, Thinker
from tank_learning.skills.auto.picture import draw
from tank_learning.skills.auto.thinkers import EndpointThinker, FixedThinker, RuleThinker
from tank_learning.skills.auto.working import LearnerEvent, carry_out
from tank_learning.skills.face.command import ROBOT, add_endpoint
from tank_learning.skills.face.scenes import COLORS
from tank_learning.skills.face.trials import success_share, trials
from tank_learning.skills.folder import add_out, out_folder
from tank_learning.skills.torch_network import TorchNetwork
from tank_skills.turning import network_input

SKILLS = ("face",)
LEARNING_SHARE = 0.7  # of the budget; the rest is for labels and the classifier
# What a CPU minute of that rest pays for, measured on a busy core.
FRAMES_PER_MINUTE, UPDATES_PER_MINUTE = 2400, 1300
REPORT = "report.json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.description = (
        "Collects, trains, validates, thinks and pauses by itself until the budget is spent, and "
        "writes the skill that comes of it. The budget is processor time, so another run does not "
        "give the same file."
    )
    parser.add_argument("what", choices=SKILLS, help="the skill to learn")
    parser.add_argument("--budget", default="20m", help="CPU minutes (20m) or seconds (90s)")
    add_out(parser, "auto-face")
    parser.add_argument("--seed", type=seed, default=0, help="of everything that is drawn")
    parser.add_argument("--fixed", action="store_true", help="a fixed schedule, without thinking")
    parser.add_argument("--trials", type=at_least_one, default=40, help="beside the budget")
    add_endpoint(parser, "think by a model, instead of by rules")


def learn(args: argparse.Namespace) -> int:
    """Learn by the options of ``configure``.

    Returns 0 when report and skill are written.
    """
    torch.set_num_threads(1)
    budget = budget_s(args.budget)
    args.out = out_folder(args, "auto-face")
    endpoint = ChatEndpoint(args.endpoint, args.key_env) if args.endpoint else None
    try:
        _learn(args, budget, _thinker(args, endpoint))
    finally:
        if endpoint is not None:
            endpoint.close()
    return 0


def budget_s(said: str) -> float:
    """Seconds of a budget such as "20m" or "90s". Raises TankError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(m|min|s)", said.strip())
    if found is None or float(found[1]) <= 0:
        raise TankError(f"--budget {said!r} is no time; say CPU minutes as 20m, or seconds as 90s")
    return float(found[1]) * (1.0 if found[2] == "s" else 60.0)


def _thinker(args: argparse.Namespace, endpoint: ChatEndpoint | None) -> Thinker:
    if args.fixed:
        return FixedThinker()
    return EndpointThinker(endpoint, args.model) if endpoint is not None else RuleThinker()


def _learn(args: argparse.Namespace, budget: float, thinker: Thinker) -> None:
    began = time.process_time()
    robot = load_robot(ROBOT)
    with FaceWork(robot, args.seed) as work:
        learner = Learner(thinker, LEARNING_SHARE * budget)
        events = carry_out(learner, work, lambda: time.process_time() - began, _tell)
        rest = (budget - (time.process_time() - began)) / 60
        frames, updates = (
            max(1, round(rest / 2 * each)) for each in (FRAMES_PER_MINUTE, UPDATES_PER_MINUTE)
        )
        network = work.distill(args.out, frames, updates)
        work.validate()
    used = time.process_time() - began
    done = trials(robot, _decider(network), args.trials)
    errors = [trial.error_deg for trial in done]
    report = {
        "skill": args.what,
        "thinker": type(thinker).__name__,
        "budget_cpu_s": budget,
        "used_cpu_s": round(used, 1),
        "rounds": [asdict(each) for each in learner.rounds],
        "prediction": asdict(work.prediction) if work.prediction else None,
        "trials": len(done),
        "success": round(success_share(done), 3),
        "error_deg": [round(float(each), 2) for each in np.percentile(errors, [50, 90])],
    }
    (args.out / REPORT).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    picture = draw(args.out / "auto.png", events, learner.rounds, report["thinker"])
    print(f"{report['success']:.0%} of {len(done)} trials; report: {args.out / REPORT}, {picture}")


def _tell(event: LearnerEvent) -> None:
    said = [f"{event.spent:6.0f} CPU s  {event.state:9s}"]
    said += [f"training {event.training:.4f}"] if event.training is not None else []
    said += [f"validation {event.validation:.4f}"] if event.validation is not None else []
    said += [event.settings.why] if event.state == "collect" and event.settings.why else []
    print("  ".join(said), flush=True)


def _decider(network: TorchNetwork) -> Callable[[Image, int], int]:
    network.eval()

    def decide(image: Image, color: int) -> int:
        with torch.inference_mode():
            given = network_input(image, color, len(COLORS))[None]
            return int(network(torch.from_numpy(given)).argmax())

    return decide
