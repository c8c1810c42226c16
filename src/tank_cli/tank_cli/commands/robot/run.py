"""``./tank run``: sentences to a simulated robot, as fast as the machine can.

Headless and without ROS.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tank_cli.skill_option import add_skills, skills_of
from tank_client.readiness import WITHOUT_SIGHT
from tank_core.exceptions import InvalidCommandError, TankError
from tank_core.io.arguments import output_picture, picture_or_folder, seed
from tank_core.io.console import YELLOW, ExitCode, fail, paint, say
from tank_core.io.inputs import InputError, parse_json, read_bytes
from tank_llama.model_file import HELP

if TYPE_CHECKING:
    from tank_core.commands import Command
    from tank_core.skill import Skill
    from tank_episode.episode import Episode
    from tank_episode.film.film import Film
    from tank_executor.plan import StepOutcome

NOT_UNDERSTOOD = "not_understood"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "instructions",
        nargs="*",
        metavar="SENTENCE",
        help="what the robot is to do; several are done one after the other",
    )
    parser.add_argument(
        "--robot",
        default="tank",
        metavar="R",
        help="a robot's name, or a path to its YAML file (default: tank)",
    )
    parser.add_argument(
        "--world",
        default="empty",
        metavar="W",
        help="a world's name; ./tank worlds lists them (default: empty)",
    )
    parser.add_argument(
        "--seed",
        type=seed,
        default=0,
        metavar="N",
        help="places the objects; the same seed gives the same result (default: 0)",
    )
    parser.add_argument(
        "--model",
        default="",
        metavar="P",
        help=HELP,
    )
    parser.add_argument(
        "--commands",
        metavar="FILE.json",
        help='run this {"commands": [...]} and no sentence; - reads stdin',
    )
    parser.add_argument("--json", action="store_true", help="print the result as one line of JSON")
    parser.add_argument(
        "--picture", type=output_picture, metavar="FILE.png", help="draw the world at the end"
    )
    parser.add_argument(
        "--film",
        type=picture_or_folder,
        metavar="FILE.png|DIR",
        help="draw six moments on one sheet, or each into a folder, with what the robot saw",
    )
    parser.add_argument(
        "--realism",
        default="ideal",
        metavar="R",
        help="ideal or real: slip, noise, dead bands and latency (default: ideal)",
    )
    parser.add_argument(
        "--no-stop-for-obstacles",
        action="store_true",
        help="drive on whatever the robot sees in its way",
    )
    add_skills(parser)


def run(args: argparse.Namespace) -> int:
    if bool(args.instructions) == bool(args.commands):
        raise TankError(
            'say what to do: ./tank run "drive forward one meter", '
            "or give --commands FILE.json, and not both"
        )
    from tank_episode.film.picture import draw

    start = time.perf_counter()
    skills = _check(args)
    jobs = _read_commands(args.commands) if args.commands else _translate(args)
    episode = _episode(args, jobs, skills)
    try:
        film = _film(episode, jobs) if args.film else None
        if film is not None and episode.perception_loop is not None:
            episode.perception_loop.observer = film.take
        result = play(episode, jobs)
        result["wall_time_s"] = time.perf_counter() - start
        if episode.perception_loop is not None and episode.perception_loop.problem:
            result["camera_off"] = episode.perception_loop.problem
            say(f"the camera is off, so {WITHOUT_SIGHT}: {episode.perception_loop.problem}", YELLOW)
        # before pictures, which may fail
        print(json.dumps(result) if args.json else "\n".join(summary(result)), flush=True)
        drawn = [_draw("film", film.write, args.film)] if film else []
        drawn += (
            [_draw("picture", partial(draw, episode.backend), args.picture)] if args.picture else []
        )
    finally:
        episode.close()
    return exit_code(result) or int(not all(drawn))


def _check(args: argparse.Namespace) -> dict[str, Skill]:
    """Tell what can be wrong before a model is loaded and the robot moves.

    Returns the learned skills that were chosen.
    """
    from tank_core.robot import load_robot
    from tank_core.robot.self_view import hidden_view_warning
    from tank_sim.realism.levels import realism
    from tank_sim.worlds import build_world

    robot = load_robot(args.robot)
    build_world(args.world, robot)
    realism(args.realism)
    if warning := hidden_view_warning(robot):
        say(warning, YELLOW)
    return skills_of(args, robot)


def _episode(args: argparse.Namespace, jobs: list[Job], skills: dict[str, Skill]) -> Episode:
    """Make the episode, with a camera only where it makes a difference.

    It takes most of the time.
    """
    from tank_episode import Episode, needs_camera

    commands = [command for _, some, _ in jobs for command in some]
    camera = bool(args.film) or needs_camera(commands, args.world, args.robot)
    return Episode(
        args.robot,
        args.world,
        args.seed,
        args.realism,
        camera,
        not args.no_stop_for_obstacles,
        skills=skills,
        fallback=args.skill_fallback,
    )


def _film(episode: Episode, jobs: list[Job]) -> Film:
    from tank_episode.film.film import Film

    return Film(
        episode, next((f"“{sentence}”" for sentence, _, _ in jobs if sentence), "the beginning")
    )


def _draw(what: str, write: Callable[[Path], None], path: Path) -> bool:
    """Write a picture of what was done; False where it cannot be written.

    That there is no OpenGL to draw with is only told.
    """
    from tank_episode.film.picture import NoPictureError

    try:
        write(path)
        say(f"{what}: {path}")
    except NoPictureError as error:
        say(str(error), YELLOW)
    except TankError as error:
        fail(str(error))
        return False
    return True


Job = tuple[str, "tuple[Command, ...]", str]  # instruction, commands, why there are none


def _translate(args: argparse.Namespace) -> list[Job]:
    from tank_language.conversation import Conversation
    from tank_language.gguf_model import load_model
    from tank_language.translator import Translator

    conversation, jobs = Conversation(), []
    with Translator(load_model(args.model)) as translator:
        for sentence in args.instructions:
            meant = translator.translate(sentence, previous=conversation.previous(0.0))
            if meant.commands:
                conversation.accept(meant.commands, 0.0)
            jobs.append((sentence, meant.commands, meant.reason))
    return jobs


def _read_commands(path: str) -> list[Job]:
    from tank_core.commands import commands_from_json

    try:
        data = read_bytes(path)
    except InputError as error:
        raise TankError(f"--commands {error}") from None
    try:
        commands = commands_from_json(parse_json(data))
    except (InputError, InvalidCommandError) as error:
        raise TankError(f"--commands {path}: {error}") from None
    if not commands:
        raise TankError(f"--commands {path} holds no command")
    return [("", commands, "")]


def play(episode: Episode, jobs: list[Job]) -> dict[str, Any]:
    """Every job in its order, then the truth.

    The result as JSON, without the wall time.
    """
    from tank_episode.findings import answer_to_dict, photo_to_dict

    steps: list[StepOutcome] = []
    outcomes = [_outcome(episode, steps, *job) for job in jobs]
    episode.settle()
    for refusal in episode.refusals:
        say(f"the robot did not do as it was told {refusal}", YELLOW)
    truth = episode.truth()
    return {
        "outcomes": outcomes,
        "robot": truth.robot,
        "objects": truth.objects,
        "answers": [answer_to_dict(step.answer) for step in steps if step.answer],
        "photos": [photo_to_dict(step.photo) for step in steps if step.photo],
        "sim_time_s": episode.time,
    }


def _outcome(
    episode: Episode,
    ended: list[StepOutcome],
    instruction: str,
    commands: tuple[Command, ...],
    reason: str,
) -> dict[str, Any]:
    """Do a job; its steps go to ``ended``."""
    from tank_core.commands import command_to_dict
    from tank_episode.findings import step_to_dict

    outcome: dict[str, Any] = {
        "instruction": instruction,
        "commands": [command_to_dict(command) for command in commands],
    }
    if not commands:
        return outcome | {"status": NOT_UNDERSTOOD, "message": reason, "steps": []}
    status = episode.run(commands, instruction)
    ended.extend(status.outcomes)
    steps = [step_to_dict(step) for step in status.outcomes]
    return outcome | {
        "status": status.state.name.lower(),
        "message": status.message,
        "steps": steps,
    }


def exit_code(result: dict[str, Any]) -> ExitCode:
    """The exit code; a failed step outweighs a sentence not understood."""
    states = {outcome["status"] for outcome in result["outcomes"]}
    if states - {"succeeded", NOT_UNDERSTOOD}:
        return ExitCode.FAILED
    return ExitCode.USAGE if NOT_UNDERSTOOD in states else ExitCode.DONE


def summary(result: dict[str, Any]) -> Iterator[str]:
    """The result as lines for a person."""
    from tank_client.narrator import MARKS
    from tank_core.commands import command_from_dict
    from tank_executor.plan import StepStatus, describe

    for outcome in result["outcomes"]:
        if outcome["instruction"]:
            yield f"“{outcome['instruction']}”"
        if outcome["status"] == NOT_UNDERSTOOD:
            yield f"  {paint('?', YELLOW, sys.stdout)} not understood: {outcome['message']}"
        for step in outcome["steps"]:
            mark, code = MARKS[StepStatus[step["status"].upper()]]
            note = f": {step['message']}" if step["message"] else ""
            yield (
                f"  {paint(mark, code, sys.stdout)} "
                f"{describe(command_from_dict(step['command']))} ({step['duration_s']:.1f} s){note}"
            )
    yield _whereabouts(result["robot"])
    yield f"{result['sim_time_s']:.1f} s of the robot's time in {result['wall_time_s']:.1f} s"


def _whereabouts(robot: dict[str, Any]) -> str:
    held = f", holding {robot['held']}" if robot["held"] else ""
    return (
        f"robot at x {robot['x']:.3f} m, y {robot['y']:.3f} m, heading {robot['yaw_deg']:.1f} "
        f"degrees{held}"
    )
