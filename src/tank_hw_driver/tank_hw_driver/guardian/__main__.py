"""The guardian: switches the motors off when the driver's heartbeat ends.

A motor chip keeps its last duty when the process that set it dies. So another process, without ROS,
numpy and gpiozero, holds the motors off from power-on until a driver beats, and again 0.2 s after
the last beat, whatever ended it::

    python -m tank_hw_driver.guardian --wires pi

It is two processes (twins.py), so that it may be killed, too.

Started by systemd it says when it is ready, and feeds systemd's watchdog (Type=notify,
WatchdogSec=).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tank_core.exceptions import TankError
from tank_hw_driver import runtime
from tank_hw_driver.guardian.motor_switch import AUTO, MotorSwitch
from tank_hw_driver.guardian.process import GuardianProcess, say
from tank_hw_driver.guardian.sockets import is_locked
from tank_hw_driver.guardian.twins import Ending, guard_as_two


def main(argv: Sequence[str] | None = None) -> int:
    """Guard until SIGINT or SIGTERM; returns 0.

    1 when it cannot be a guardian, and says why.
    """
    options = _parser().parse_args(argv)
    switch = MotorSwitch(options.wires, options.board, options.calibration)
    with suppress(Exception):  # the child says what is wrong; this makes it know the board at once
        if not is_locked(_socket(options)):  # another's motors are not to be cut
            switch.off()
    switch.close()  # each has wires of its own

    def guard(ending: Ending) -> int:
        try:
            with GuardianProcess(switch, _socket(options)) as guardian:
                guardian.run(lambda: bool(ending), ending.files)
        except TankError as error:
            say(str(error))
            return 1
        return 0

    return guard_as_two(guard)


def _socket(options: argparse.Namespace) -> Path:
    """The socket where drivers connect. Raises TankError."""
    return Path(options.socket) if options.socket else runtime.guardian_socket()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tank_hw_driver.guardian",
        description="Switch the motors off when the driver's heartbeat ends.",
    )
    parser.add_argument(
        "--wires",
        default="pi",
        help="pi (default), or the chip model: mock, or model:PATH of its socket",
    )
    parser.add_argument(
        "--board",
        default=AUTO,
        help="the board; auto: what the calibration names, or else what is found (default)",
    )
    parser.add_argument(
        "--calibration",
        default="",
        help="calibration file; none: without (default: where ./tank calibrate puts it)",
    )
    parser.add_argument(
        "--socket",
        default="",
        help="where drivers connect (default: $TANK_GUARDIAN_SOCKET, or a runtime folder)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
