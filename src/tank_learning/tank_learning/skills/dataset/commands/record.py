"""``./tank learn record``: demonstrations into a dataset.

From simulation, or from recordings.
"""

from __future__ import annotations

import argparse
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from tank_core.io.arguments import at_least_one, output_folder, seed, whole
from tank_core.io.console import YELLOW, ExitCode, say
from tank_core.io.one_line import quoted
from tank_learning.skills.dataset.reader import Dataset
from tank_learning.skills.dataset.sources.attempts import Attempt
from tank_learning.skills.dataset.spec import FRONT, DatasetError, Spec
from tank_learning.skills.dataset.writer import DatasetWriter
from tank_llama.model_file import HELP

SIZE = (320, 240)  # [px]: people want to train on it; what is trained here shrinks it further
FPS = 10
EPISODES = 10
WORLD = "playground"
SCRIPTS = ("gate", "visit")
# of simulation alone, and what holds where nothing is said
SIMULATED: dict[str, Any] = {
    "world": None, "realism": "ideal", "episodes": EPISODES, "seed": 0, "model": "",
}  # fmt: skip

Tries = Generator[tuple[DatasetWriter, Attempt], None, None]


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out",
        type=output_folder,
        required=True,
        metavar="DIR",
        help="the dataset's folder; one that is there is gone on with, and no episode done twice",
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--say",
        nargs="+",
        metavar="SENTENCE",
        help="said to a simulated robot, one an episode, in turn; what succeeds is kept",
    )
    source.add_argument(
        "--commands", metavar="FILE.json", help='the same of {"commands": [...]}, named by --as'
    )
    source.add_argument(
        "--script",
        choices=SCRIPTS,
        help="driven by a script that knows the simulator's truth: through a gate, up to a thing",
    )
    source.add_argument(
        "--from",
        dest="recordings",
        nargs="+",
        type=Path,
        metavar="RECORDING",
        help="what ./tank record wrote, of any robot: each sentence that was carried out, each "
        "stretch that was driven by hand",
    )
    parser.add_argument(
        "--whole", action="store_true", help="each recording is one episode, named by --as"
    )
    parser.add_argument(
        "--as",
        dest="sentence",
        default="",
        metavar="SENTENCE",
        help="what is done, where nobody said it: by hand, by commands",
    )
    parser.add_argument(
        "--robot", metavar="R", help="a robot's name, or a path to its YAML file (default: tank)"
    )
    parser.add_argument("--world", metavar="W", help=f"of the simulation (default: {WORLD})")
    parser.add_argument("--realism", metavar="R", help="ideal or real (default: ideal)")
    parser.add_argument(
        "--episodes", type=at_least_one, metavar="N", help=f"tries (default: {EPISODES})"
    )
    parser.add_argument(
        "--seed", type=seed, metavar="N", help="of the first try; each has the next (default: 0)"
    )
    parser.add_argument("--model", metavar="P", help=HELP)
    parser.add_argument(
        "--fps", type=whole(1, 50), default=FPS, metavar="N", help=f"frames/s (default: {FPS})"
    )
    parser.add_argument(
        "--size", type=_size, default=SIZE, metavar="WxH", help="of the images (default: 320x240)"
    )
    parser.add_argument("--no-images", action="store_true", help="joints and velocities alone")


def learn(args: argparse.Namespace) -> int:
    if args.recordings and (
        useless := [one for one in SIMULATED if getattr(args, one) is not None]
    ):
        raise DatasetError(f"--{useless[0]} is of simulations, and not beside --from; leave it out")
    if args.whole and not args.recordings:
        raise DatasetError("--whole is of recordings; say --from RECORDING, or leave it out")
    for name, value in SIMULATED.items():
        if getattr(args, name) is None:
            setattr(args, name, value)
    added = left_out = 0
    with closing(_recorded(args) if args.recordings else _simulated(args)) as tries:
        for writer, attempt in tries:
            if attempt.shown is None:
                left_out += 1
                say(f"left out: {attempt.source}: {attempt.why_not}", YELLOW)
                continue
            number, seconds = writer.append(attempt.shown), attempt.shown.length / args.fps
            added += 1
            say(f"episode {number}, {seconds:.1f} s: {attempt.source}")
            for note in attempt.notes:
                say(f"  {note}", YELLOW)
    total = len(Dataset(args.out).episodes)
    print(
        f"{args.out}: {total} episodes, {added} of them new; {left_out} left out. Next: ./tank "
        f"learn show {args.out}"
    )
    return ExitCode.DONE if total else ExitCode.FAILED


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    sides = [int(one) for one in (width, height) if one.isascii() and one.isdigit()]
    if len(sides) != 2 or any(side % 2 or not 16 <= side <= 4096 for side in sides):
        raise argparse.ArgumentTypeError(
            f"{quoted(text)} is no size; say width x height such as 320x240, both even, from 16 to "
            "4096"
        )
    return sides[0], sides[1]


def _spec(args: argparse.Namespace, robot: Any) -> Spec:
    return Spec.of(robot, args.fps, {} if args.no_images else {FRONT: args.size})


def _simulated(args: argparse.Namespace) -> Tries:
    from tank_core.robot import load_robot
    from tank_episode.episode import Episode
    from tank_learning.skills.dataset.sources import scripted, simulated
    from tank_sim.mujoco_backend import MujocoBackend

    robot = load_robot(args.robot or "tank")
    spec, seeds = _spec(args, robot), range(args.seed, args.seed + args.episodes)
    world = args.world or (scripted.WORLDS[args.script] if args.script else WORLD)
    room = simulated.SourceRoom(world, args.realism)
    # whatever is wrong is told before anything is written
    if args.script:
        backend = MujocoBackend(robot, world, camera=bool(spec.cameras), realism=args.realism)
        with backend:
            writer = DatasetWriter(args.out, spec)
            for attempt in scripted.shown_by(args.script, backend, room, spec, seeds, writer.has):
                yield writer, attempt
        return
    requests = _requests(args)
    with Episode(args.robot or "tank", world, realism=args.realism) as episode:
        writer = DatasetWriter(args.out, spec)
        for attempt in simulated.carried_out(episode, room, spec, requests, seeds, writer.has):
            yield writer, attempt


def _requests(args: argparse.Namespace) -> list[Any]:
    from tank_core.commands import commands_from_json
    from tank_core.commands.wording import in_words
    from tank_core.exceptions import InvalidCommandError
    from tank_core.io.inputs import InputError, parse_json, read_bytes
    from tank_language.gguf_model import load_model
    from tank_language.translator import Translator
    from tank_learning.skills.dataset.sources.simulated import LabeledInstruction

    if args.commands:
        try:
            commands = commands_from_json(parse_json(read_bytes(args.commands)))
        except (InputError, InvalidCommandError) as error:
            raise DatasetError(f"--commands {args.commands}: {error}") from None
        if not commands:
            raise DatasetError(f"--commands {args.commands} holds no command")
        return [LabeledInstruction(args.sentence or in_words(commands), commands)]
    found = []
    with Translator(load_model(args.model)) as translator:
        for sentence in args.say:
            meant = translator.translate(sentence)
            if not meant.commands:
                raise DatasetError(f"“{sentence}” is not understood: {meant.reason}")
            found.append(LabeledInstruction(args.sentence or sentence, meant.commands))
    return found


def _recorded(args: argparse.Namespace) -> Tries:
    from tank_core.robot import load_robot
    from tank_core.ros.runtime.environment import prepare
    from tank_learning.skills.dataset.sources.recorded import RecordedDemonstrations
    from tank_recording.reading import Recording

    prepare()  # before rclpy, by which messages are decoded
    from tank_learning.skills.dataset.sources.ros.decoding import RobotRecording

    for path in args.recordings:
        recorded = RobotRecording(Recording(path), not args.no_images)
        name = args.robot or recorded.robot
        if not name:
            raise DatasetError(
                f"{quoted(str(path))} does not say of which robot it is; say --robot"
            )
        robot = load_robot(name)
        spec = _spec(args, robot)
        writer = DatasetWriter(args.out, spec)
        told = replace(recorded.told, plans=False, hands=False) if args.whole else recorded.told
        reading = RecordedDemonstrations(robot, spec, told, args.sentence, writer.has)
        for attempt in reading.read(recorded.events()):
            yield writer, attempt
        if not reading.found:
            say(
                f"{path}: nothing was said to the robot, and nobody drove it by hand; say --whole "
                "to take all of it as one episode",
                YELLOW,
            )
        if recorded.broken:
            say(f"{path}: {recorded.broken} images are broken, and were not taken", YELLOW)
