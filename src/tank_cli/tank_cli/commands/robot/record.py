"""``./tank record``: writes what a robot says and does to a file.

In MCAP, which ros2 bag, Foxglove and others read. It listens only.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tank_cli.robot_option import add_robot
from tank_core.io.arguments import number, output_folder, whole
from tank_core.io.console import DIM, YELLOW, ExitCode, LiveLine, fail, say

if TYPE_CHECKING:
    from tank_recording.ros.session import RecordingProgress

SILENT_S = 5.0  # [s] after which it is told that nothing is heard


def configure(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--all",
        action="store_true",
        help="images as they are, too, 28 MB a second (default: all but those; their JPEGs are in)",
    )
    what.add_argument(
        "--topics", nargs="+", metavar="T", help="these alone, such as odom camera/camera_info"
    )
    what.add_argument(
        "--repair",
        type=Path,
        metavar="FILE",
        help="mend a file, or the files of a folder, whose recorder was killed",
    )
    parser.add_argument(
        "--out",
        type=output_folder,
        metavar="DIR",
        help="a new folder for it (default: recording-DATE-TIME)",
    )
    parser.add_argument(
        "--seconds", type=number(0.1, 1e6), metavar="S", help="end after so long (default: Ctrl-C)"
    )
    parser.add_argument(
        "--file-size",
        type=whole(1, 1_000_000),
        default=1024,
        metavar="MB",
        help="begin a new file at this size (default: 1024)",
    )
    parser.add_argument(
        "--file-minutes",
        type=number(0.01, 1e5),
        default=60.0,
        metavar="M",
        help="begin a new file after so long (default: 60)",
    )
    add_robot(parser)


def run(args: argparse.Namespace) -> int:
    if args.repair is not None:
        return _repair(args.repair)
    from tank_cli.ros.listening import listening
    from tank_recording.choice import Choice, resolved
    from tank_recording.ros.recorder import SAID_ONCE
    from tank_recording.ros.session import record
    from tank_recording.writing import Limits

    choice = Choice(resolved(args.topics or (), args.robot), args.all, SAID_ONCE, args.robot)
    limits = Limits(args.file_size << 20, round(args.file_minutes * 60e9))
    folder = args.out or Path(time.strftime("recording-%Y%m%d-%H%M%S"))
    with listening() as context:
        watch = _Watch(folder, args.seconds)
        say(f"recording into {folder}; Ctrl-C ends it", DIM)
        done = record(context, folder, choice, limits, watch.goes_on, lambda t: say(t, YELLOW))
    watch.line.clear()
    if not done.messages:
        fail("nothing was heard: no robot publishes here; start one with ./tank sim")
        return ExitCode.NOBODY
    say(f"{_told(done)} in {folder}; ./tank replay {folder} shows it")
    return ExitCode.DONE


def _repair(path: Path) -> int:
    from tank_recording.repairing import repair

    mended = repair(path, os.environ.get("ROS_DISTRO", ""))
    for one in mended:
        whole = f"{one.messages} messages, {one.seconds:.1f} s, are whole again"
        told = whole if one.messages else "nothing can be read of it"
        say(f"{one.path}: {told}; as it was it is {one.torn}")
    if not mended:
        say(f"{path}: nothing is torn")
    return ExitCode.DONE


class _Watch:
    """Ends the recording, and shows a line how far it is."""

    def __init__(self, folder: Path, seconds: float | None) -> None:
        self._seconds, self._ended, self._warned = seconds, False, False
        self._shown_at, self.line = 0.0, LiveLine()
        for number_ in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number_, self._end)

    def _end(self, *_: object) -> None:
        self._ended = True

    def goes_on(self, now: RecordingProgress) -> bool:
        if not now.messages and now.seconds > SILENT_S and not self._warned:
            self._warned = True
            say("nothing is heard yet: no robot publishes here", YELLOW)
        if now.seconds - self._shown_at >= 1.0:
            self._shown_at = now.seconds
            self.line.show(_told(now))
        return not self._ended and (self._seconds is None or now.seconds < self._seconds)


def _told(now: RecordingProgress) -> str:
    minutes, seconds = divmod(int(now.seconds), 60)
    return (
        f"{minutes}:{seconds:02d}, {now.messages} messages of {now.topics} topics, "
        f"{now.size / 1e6:.1f} MB"
    )
