"""The page on the robot itself.

``python -m tank_cockpit.lean --host 0.0.0.0 --port 8080``
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tank_cockpit.access import Door, key_wanted
from tank_cockpit.key_file import load_key
from tank_cockpit.lean.relay import Relay
from tank_cockpit.lean.stopping import Stopping
from tank_cockpit.listening import EVERYWHERE, listen, names_of, own_address
from tank_cockpit.stop_lane import StopLane
from tank_core.exceptions import TankError
from tank_core.io.user_paths import state_folder
from tank_hw_driver.guardian.stopping import motors_off
from tank_hw_driver.runtime import cockpit_socket, guardian_socket


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; returns 0, 1 where it cannot."""
    options = _parser().parse_args(argv)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: ended.set())
    try:
        host, robot = options.host, Path(options.socket or cockpit_socket())
        page = listen(host, options.port)
        lane = listen(host, page.getsockname()[1] + 1)
        key = load_key(state_folder()) if key_wanted(host) else ""
        ports = page.getsockname()[1], lane.getsockname()[1]
        door = Door(*ports, names_of(host), key)
        stop = Stopping(robot, partial(motors_off, Path(options.guardian or guardian_socket())))
    except TankError as error:
        _say(str(error))
        return 1
    stops, relay = StopLane(lane, door, stop), Relay(page, door, robot, _say)
    _say(f"the cockpit is at {door.address(own_address() if host == EVERYWHERE else host)}")
    while not ended.wait(1.0):  # a signal that comes just before it blocks is seen a moment later
        pass
    relay.close()
    stops.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tank_cockpit.lean", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="from where it may be opened")
    parser.add_argument("--port", type=int, default=8080, help="the next free one if it is taken")
    parser.add_argument("--socket", default="", help="of the robot's process")
    parser.add_argument("--guardian", default="", help="the guardian's socket")
    return parser


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
