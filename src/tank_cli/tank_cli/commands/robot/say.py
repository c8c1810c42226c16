"""``./tank say``: one sentence to a stack that runs.

Shows what was understood and how each step goes.
"""

from __future__ import annotations

import argparse
import queue
import sys
import time
from typing import TYPE_CHECKING

from tank_cli.robot_option import HOW_TO_START, add_robot
from tank_core.exceptions import TankError
from tank_core.io.console import DIM, ExitCode, fail, say, show
from tank_core.io.one_line import quoted

if TYPE_CHECKING:
    from tank_cli.prompt.following import Following, Reports
    from tank_client.client_node import StackClient

FIND_S = 5.0  # [s] to find a stack


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("instruction", metavar="SENTENCE", help="what the robot is to do")
    add_robot(parser)
    parser.add_argument(
        "--dry", action="store_true", help="tell what would be done, and move nothing"
    )
    parser.epilog = (
        "exit code: 0 done, 1 failed or stopped, 2 not understood, or asked whether it was, "
        "3 nobody answers"
    )


def run(args: argparse.Namespace) -> int:
    from tank_core.ros.runtime.discovery import speed_up_discovery
    from tank_core.ros.runtime.environment import domain

    domain()
    speed_up_discovery()
    if args.dry:
        return _rehearse(args.instruction, args.robot)
    from tank_cli.prompt.following import Following, absent
    from tank_client.client_node import Listener, StackClient

    reports: Reports = queue.SimpleQueue()
    listener = Listener(on_understanding=reports.put, on_status=reports.put)
    with StackClient(listener, args.robot) as client:
        client.wait_until(lambda: absent(client) is None, FIND_S)
        missing = absent(client)
        if missing:
            fail(f"nobody answers: {missing} within {FIND_S:g} s; {HOW_TO_START}")
            return ExitCode.NOBODY
        try:
            return _talk(Following(client, reports), args.instruction)
        except KeyboardInterrupt:
            _stop(client)
            raise


def _rehearse(sentence: str, robot: str) -> int:
    """Tell the steps that a sentence means now; a stop has none to tell."""
    from tank_cli.prompt.offers import offer
    from tank_client.client_node import StackClient
    from tank_client.ros.rehearsal import FIND_S, Rehearsal
    from tank_core.commands.wording import describe
    from tank_core.english.stop_words import is_stop

    if is_stop(sentence):
        raise TankError(f"a stop is never tried: ./tank say {quoted(sentence)} stops the robot")
    with StackClient(space=robot) as client:
        meant = Rehearsal(client).ask(sentence)
        translates = client.translates()
    if meant is None:
        fail(f"nobody answers: no language_node was found within {FIND_S:g} s; {HOW_TO_START}")
        return ExitCode.NOBODY
    if not meant.understood:
        say(meant.line())
        if instead := offer(meant, translates):
            say(f"  {instead}")
        return ExitCode.USAGE
    for number, command in enumerate(meant.commands, start=1):
        say(f"{number}. {describe(command)}")
    say("nothing was moved", DIM)
    return ExitCode.DONE


def _talk(following: Following, sentence: str) -> int:
    """Say a sentence, and what a person answers where it is asked back."""
    code = following.do(sentence)
    while following.asked:
        if not sys.stdin.isatty():
            say("answer it with ./tank say yes, or say it in other words")
            return code
        show("› ")
        answer = sys.stdin.readline().strip()
        if not answer:
            return code
        code = following.do(answer)
    return code


def _stop(client: StackClient) -> None:
    client.say("stop")
    say("\rthe robot is told to stop")
    time.sleep(0.2)  # the sentence is on its way; leaving ROS at once could lose it
