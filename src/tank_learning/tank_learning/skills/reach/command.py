"""``./tank learn reach``: reachability, training, and the skill's file."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict

from tank_core.io.arguments import at_least_one, not_negative, number, seed
from tank_core.io.outputs import write
from tank_core.robot import Robot, load_robot
from tank_core.skill import SkillCard
from tank_gym.reach import ReachEnv
from tank_learning.skills.export import export_skill
from tank_learning.skills.folder import add_out, out_folder
from tank_learning.skills.reach import curve
from tank_learning.skills.reach.reachability import RARE, reachability
from tank_learning.skills.reach.training import ReachRecipe, ReachReport, Trained, Training
from tank_learning.skills.reach.trying import Score, score
from tank_learning.skills.reach.world_model import study
from tank_learning.skills.torch_network import TorchNetwork
from tank_skills.reacher import PERIOD_S
from tank_skills.skill_file import SUFFIX

PATIENCE_S = 4.0  # the slowest of the classical ways takes 2 s
FINAL = 100  # targets, of scenes 0 to 99: the bench has the same
MODEL_UPDATES = 8000


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    recipe = ReachRecipe()
    parser.description = (
        "Learns to bring the hand to a place by soft actor-critic with hindsight. About three "
        "minutes of one core."
    )
    parser.add_argument("--robot", default="tank", help="its name or file (%(default)s)")
    parser.add_argument(
        "--seed", type=seed, default=recipe.seed, help="the same, the same file here"
    )
    parser.add_argument("--updates", type=at_least_one, default=recipe.updates, metavar="N")
    parser.add_argument(
        "--hindsight", type=number(0.0, 1.0), default=recipe.hindsight, metavar="SHARE",
        help="of a batch whose targets are places that the tool came to (%(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--imagined", type=number(0.0, 1.0), default=recipe.imagined, metavar="SHARE",
        help="of a batch that a world model imagines: Dyna (%(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--world-model", type=not_negative, default=0, metavar="N",
        help="only train a world model of the arm, by N transitions, and tell its errors",
    )  # fmt: skip
    parser.add_argument(
        "--episodes", type=at_least_one, default=FINAL, metavar="N", help="final tries"
    )
    add_out(parser, "reach")


def learn(args: argparse.Namespace) -> int:
    """Measure reachability, train, try, and write the skill.

    Or tell the errors of a world model.
    """
    robot = load_robot(args.robot)
    if args.world_model:
        report = study(robot, args.world_model, MODEL_UPDATES, args.seed)
        collected, trained = report.cpu_seconds
        print(report.table())
        print(
            f"{report.transitions} transitions, {collected:.0f} s of the processor to collect and "
            f"{trained:.0f} s to train"
        )
        return 0
    recipe = ReachRecipe(args.updates, args.seed, args.hindsight, args.imagined)
    args.out = out_folder(args, "reach")
    _measure(robot, recipe)
    began = time.process_time()
    training = Training(robot, recipe)

    def tell(line: ReachReport) -> None:
        print(curve.words(line, recipe.updates), flush=True)

    trained_actor = training.run(tell)
    final = _final(robot, trained_actor, args.episodes)
    card = _card(robot, recipe, trained_actor, final, args.episodes)
    network = TorchNetwork(trained_actor.spec)
    network.load(trained_actor.arrays)
    path = args.out / f"{card.name}{SUFFIX}"
    samples = {"actor": trained_actor.samples}
    export_skill(path, card, {"actor": network}, samples, onnx=args.out / "onnx")
    write(args.out / f"{card.name}.json", json.dumps(asdict(card), indent=2).encode())
    curve.draw(training.lines, args.out / f"{card.name}.png", card.name)
    size, spent = path.stat().st_size / 1e6, time.process_time() - began
    print(f"{_reached(trained_actor)}\n{card.measured}")
    print(f"{path} ({size:.2f} MB); {spent:.0f} s of the processor")
    return 0


def _measure(robot: Robot, recipe: ReachRecipe) -> None:
    """Say how likely chance meets a target; warn where it hardly ever does."""
    found = reachability(robot, recipe.seed)
    print(found.table(), flush=True)
    if found.rare:
        print(
            f"warning: under {RARE:.1%} of postures are at a target; without hindsight "
            f"({recipe.hindsight:g} of each batch) and a reward that tells the distance, chance "
            "alone would teach nothing",
            flush=True,
        )


def _final(robot: Robot, trained: Trained, episodes: int) -> Score:
    env = ReachEnv(robot)
    found = score(env, trained.actor, range(episodes))
    env.close()
    return found


def _reached(trained: Trained) -> str:
    line = trained.reached
    if line is None:
        return "95 of 100 validation targets at rest: that was never reached"
    return (
        f"95 of 100 validation targets at rest after {line.steps} steps, "
        f"{line.cpu_seconds:.0f} s of the processor"
    )


def _average(final: Score) -> str:
    return f"{final.seconds:.2f} s on average, " if final.successes else ""


def _card(
    robot: Robot, recipe: ReachRecipe, trained: Trained, final: Score, episodes: int
) -> SkillCard:
    best = trained.best
    return SkillCard(
        name=f"reach-{robot.name}",
        action="grasp",
        robot=robot.name,
        kind="reacher",
        period=PERIOD_S,
        horizon=1,
        joints=robot.arm.joint_names,
        patience=PATIENCE_S,
        trained_on=(
            f"{best.steps} steps of 40 ms in simulation, soft actor-critic with "
            f"{recipe.hindsight:g} hindsight; the actor of update {best.updates}, the best of "
            f"{recipe.updates} on other targets"
        ),
        measured=(
            f"{final.successes} of {episodes} unseen targets within 2 cm and at rest, "
            f"{_average(final)}by ./tank learn reach; ./tank bench skills "
            "--skills reach has the same targets"
        ),
        seed=recipe.seed,
    )
