"""Shows a recording: at its pace, with a time line, and a page if wanted."""

from __future__ import annotations

import argparse
import os
import signal
import threading
import time
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from tank_cli.ros.listening import listening  # before rclpy, which it prepares for

# isort: split
from rclpy.context import Context
from rclpy.node import Node

from tank_core.exceptions import TankError
from tank_core.io.console import DIM, ExitCode, LiveLine, say
from tank_recording.playback import Transport, clock
from tank_recording.reading import Recording
from tank_recording.ros.player import NODE, Player

if TYPE_CHECKING:
    from tank_cli.ros.showing_node import ShowingNode

PERIOD_S = 0.01  # [s] between two looks at what is due
CHECK_S = 1.0  # [s] between two looks at whether a robot has come
LINE_S = 0.25  # [s] between two time lines
FIND_S = 0.5  # [s] for others to find the publishers before the first message


def run_show(args: argparse.Namespace) -> int:
    """Play it to its end or to Ctrl-C.

    Raises RecordingError where it cannot be played.
    """
    recording = Recording(args.recording)
    if args.start >= recording.seconds:
        raise TankError(
            f"--start {args.start:g} is behind the end of the recording, which is "
            f"{recording.seconds:.1f} s long"
        )
    os.environ["RCUTILS_CONSOLE_OUTPUT_FORMAT"] = "{message}"  # a person reads it
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: ended.set())
    with listening() as context:
        node = Node(NODE, context=context, start_parameter_services=False, enable_rosout=False)
        player = Player(node, recording, args.namespace)
        time.sleep(FIND_S)  # until the others are known, and are known to them
        player.check_alone()
        with _page(context, args) as page:
            say(
                f"{len(player.topics)} of {len(recording.topics)} topics, "
                f"{clock(recording.seconds)}, are published in /{args.namespace.strip('/')}; "
                "Ctrl-C ends it",
                DIM,
            )
            now = time.monotonic()
            shown = Transport(recording, player.topics, args.rate, args.start, now)
            _play(player, shown, recording.seconds, page, ended)
        node.destroy_node()
    return ExitCode.DONE


def _page(context: Context, args: argparse.Namespace) -> AbstractContextManager[ShowingNode | None]:
    """The cockpit, if one is wanted; without, none of it need be installed."""
    if not args.cockpit:
        return nullcontext()
    from tank_cli.ros.showing_node import page

    return page(context, args.namespace, args.host, args.port)


def _play(
    player: Player,
    shown: Transport,
    length: float,
    page: ShowingNode | None,
    ended: threading.Event,
) -> None:
    """Play to the end; with a page, until Ctrl-C: a part may be seen again."""
    line, told = LiveLine(), False
    next_check = next_line = time.monotonic()
    while not ended.is_set() and (page is not None or not shown.ended):
        now = time.monotonic()
        if page is not None:
            page.obey(shown, now)
        player.publish(shown.due(now))
        if now >= next_check:
            next_check = now + CHECK_S
            player.check_alone()
        if now >= next_line:
            next_line = now + LINE_S
            line.show(shown.line(now))
            if page is not None:
                page.tell(shown, length, now)
        if shown.ended and not told:
            told = True
            line.clear()
            say("the recording has ended")
        time.sleep(PERIOD_S)
    line.clear()
    if not told:
        say("the recording has ended" if shown.ended else "ended before its end")
