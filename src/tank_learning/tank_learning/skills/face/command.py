"""``./tank learn face``: from the first turn to the skill's file."""

from __future__ import annotations

import argparse
from dataclasses import fields

import torch

from tank_core.io.arguments import at_least_one, seed
from tank_core.robot import load_robot
from tank_learning.language.asking.endpoint import ChatEndpoint
from tank_learning.skills.face.judging import EndpointJudge
from tank_learning.skills.face.picture import draw_curves, draw_predictions
from tank_learning.skills.face.training import FaceRecipe, TrainingStages
from tank_learning.skills.folder import add_out, out_folder
from tank_learning.trainer import curve

ROBOT = "rasptank"  # the tank's camera sees too little at this size
MINUTES = 7  # about what the whole chain takes of one core

_HELP = {
    "transitions": "turns to collect",
    "validation": "more turns, to judge the world model by",
    "varieties": "sets of things to turn among",
    "updates": "updates of the world model",
    "label_frames": "pictures that the slow way labels",
    "distilling": "updates of the classifier",
    "seed": "the same seed gives the same file",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.description = (
        f"Learns to face a thing: turning data, a world model, labels by predict-then-rank, and a "
        f"small classifier distilled from them. About {MINUTES} minutes of one core."
    )
    add_out(parser, "face")
    recipe = FaceRecipe()
    for field in fields(FaceRecipe):
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=seed if field.name == "seed" else at_least_one,
            default=getattr(recipe, field.name),
            metavar="N",
            help=f"{_HELP[field.name]} (%(default)s)",
        )
    add_endpoint(parser, "judge predicted pictures by a model that sees, instead of the color rule")


def add_endpoint(parser: argparse.ArgumentParser, why: str) -> None:
    """Add the options of an OpenAI-compatible endpoint."""
    parser.add_argument("--endpoint", metavar="URL", help=f"OpenAI-compatible: {why}")
    parser.add_argument("--model", default="", help="its model")
    parser.add_argument(
        "--key-env", default="OPENAI_API_KEY", metavar="NAME", help="variable that holds the key"
    )


def learn(args: argparse.Namespace) -> int:
    """Train by the options of ``configure``; 0 when the skill is written."""
    torch.set_num_threads(1)
    recipe = FaceRecipe(**{field.name: getattr(args, field.name) for field in fields(FaceRecipe)})
    folder = out_folder(args, "face")
    (folder / curve.CURVE).unlink(missing_ok=True)

    def tell(name: str, updates: int, loss: float) -> None:
        curve.append(folder, {"part": name, "updates": updates, "loss": round(loss, 5)})

    chain = TrainingStages(load_robot(ROBOT), recipe, lambda said: print(said, flush=True), tell)
    endpoint = ChatEndpoint(args.endpoint, args.key_env) if args.endpoint else None
    try:
        judge = EndpointJudge(endpoint, args.model, recipe.seed) if endpoint else None
        chain.run(folder, judge)
    finally:
        if endpoint is not None:
            endpoint.close()
    print(f"pictures: {draw_curves(folder)}, {draw_predictions(folder, chain.robot)}")
    return 0
