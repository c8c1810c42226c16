"""``./tank places``: the places that the robot knows, and those that are saved.

Saved places are told from where the robot was started: they hold when it is started there again.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tank_cli.robot_option import HOW_TO_START
from tank_core.exceptions import TankError
from tank_core.io import outputs
from tank_core.io.console import ExitCode, fail, say
from tank_core.io.inputs import InputError, parse_json, read_bytes
from tank_core.io.one_line import quoted
from tank_core.io.user_paths import state_folder

if TYPE_CHECKING:
    from tank_client.ros.place_book import ChangeReply

FIND_S = 5.0  # [s] to find a robot
NAME = re.compile(r"[\w-]{1,40}")
STARTED_THERE = "they hold when the robot is started at the same spot, facing the same way"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "A place is remembered by telling the robot: this is the kitchen. Saved places are told "
        f"from where the robot was started: {STARTED_THERE}."
    )
    do = parser.add_subparsers(dest="do", metavar="WHAT")
    do.add_parser("list", help="what the robot knows, and what is saved (the default)")
    save = do.add_parser("save", help="keep what the robot knows under a name")
    save.add_argument("name", metavar="NAME", type=_name)
    load = do.add_parser("load", help="tell the robot what is kept under a name")
    load.add_argument("name", metavar="NAME", type=_name)
    forget = do.add_parser("forget", help="let the robot forget places; without one: all")
    forget.add_argument("places", metavar="PLACE", nargs="*")


def run(args: argparse.Namespace) -> int:
    saved = _read(args.name) if args.do == "load" else None  # before anybody is asked
    if args.do in (None, "list"):
        for name in _saved():
            say(f"saved: {name}")
    from tank_core.ros.runtime.discovery import speed_up_discovery
    from tank_core.ros.runtime.environment import domain

    domain()
    speed_up_discovery()
    from tank_client.client_node import StackClient
    from tank_client.ros.place_book import PlaceBook

    with StackClient() as client:
        robot = PlaceBook(client)
        if not client.wait_until(lambda: robot.told is not None, FIND_S):
            fail(f"nobody answers: no executor_node within {FIND_S:g} s; {HOW_TO_START}")
            return ExitCode.NOBODY
        if args.do == "save":
            return _save(args.name, robot.places)
        if args.do == "load":
            return _told(robot.change("put", saved))
        if args.do == "forget" and (args.places or robot.places):
            return _told(robot.change("forget", args.places or list(robot.places)))
        print("\n".join(map(_line, robot.places.items())) or "no places")
    return ExitCode.DONE


def _told(answer: ChangeReply | None) -> int:
    if answer is None:
        fail("the robot did not answer; look at its log")
        return ExitCode.NOBODY
    (say if answer.done else fail)(answer.message)
    return ExitCode.DONE if answer.done else ExitCode.FAILED


def _line(entry: tuple[str, dict[str, Any]]) -> str:
    name, place = entry
    return (
        f"{name}: x {place['x']:.2f} m, y {place['y']:.2f} m, heading {place['yaw_deg']:.0f} "
        f"degrees from the start, give or take {100 * place['give_or_take_m']:.0f} cm"
    )


def _save(name: str, places: dict[str, Any]) -> int:
    if not places:
        fail("the robot knows no places; stand somewhere and say: this is the kitchen")
        return ExitCode.FAILED
    path = _folder() / f"{name}.json"
    outputs.write(path, (json.dumps(places, indent=1) + "\n").encode())
    say(f"saved {', '.join(places)} as {name} ({path}); {STARTED_THERE}")
    return ExitCode.DONE


def _read(name: str) -> Any:
    path = _folder() / f"{name}.json"
    if not path.exists():
        choices = f"say one of {', '.join(_saved())}" if _saved() else "nothing is saved yet"
        raise TankError(f"no places are saved as {quoted(name)}; {choices}")
    try:
        return parse_json(read_bytes(path, what="places file", only_file=True))
    except InputError as error:
        raise TankError(f"places file {path}: {error}") from None


def _saved() -> list[str]:
    return sorted(path.stem for path in _folder().glob("*.json"))


def _folder() -> Path:
    folder = state_folder() / "places"
    outputs.make_folder(folder)
    return folder


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{quoted(text)} is no name; use 1 to 40 letters, digits, - and _"
        )
    return text
