"""``./tank status``: how a robot that runs is, on one screen that refreshes.

Rates against what is expected, ages, memory, real-time factor, faults with their cures.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time

from tank_cli.robot_option import add_robot
from tank_core.io.console import ExitCode

REFRESH_S = 0.5
# to the corner, and clear from there
HOME = "\x1b[H\x1b[J"
# another screen, so that what was on this one comes back; without a cursor
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"


def configure(parser: argparse.ArgumentParser) -> None:
    add_robot(parser)
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--once", action="store_true", help="listen for three seconds, and end")
    group.add_argument("--json", action="store_true", help="the same, as JSON")
    parser.epilog = "exit code: 0 all is well, 1 something is not, 3 nobody is heard"


def run(args: argparse.Namespace) -> int:
    from tank_core.ros.runtime.discovery import speed_up_discovery
    from tank_core.ros.runtime.environment import domain

    domain()
    speed_up_discovery()
    from tank_cli.prompt.plain_editor import is_dumb
    from tank_cli.ros.stack_watch import look
    from tank_cli.status.screen import lines

    if not args.json and not args.once and sys.stdout.isatty() and not is_dumb():
        return _refresh(args.robot)
    status = look(args.robot)
    told = json.dumps(status.as_json()) if args.json else "\n".join(lines(status, sys.stdout))
    print(told, flush=True)
    return _code(status.heard, status.fine)


def _refresh(robot: str) -> int:
    """Show it until Ctrl-C, which is no failure."""
    from tank_cli.ros.stack_watch import watching
    from tank_cli.status.screen import lines

    with watching(robot) as watch:
        try:
            print(ENTER, end="")
            while True:
                watch.expect()
                status = watch.status()
                room = shutil.get_terminal_size().lines - 2
                shown = [*lines(status, sys.stdout)[:room], "Ctrl-C ends"]
                print(HOME + "\n".join(shown), end="", flush=True)
                time.sleep(REFRESH_S)
        except KeyboardInterrupt:
            pass
        finally:
            print(LEAVE, end="", flush=True)
        status = watch.status()
    return _code(status.heard, status.fine)


def _code(heard: bool, fine: bool) -> ExitCode:
    if not heard:
        return ExitCode.NOBODY
    return ExitCode.DONE if fine else ExitCode.FAILED
