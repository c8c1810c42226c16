"""The guardian: switches the motors off when the driver's heartbeat ends.

A motor chip keeps its last duty when the process that set it dies. So another process, without ROS,
numpy and gpiozero, holds the motors off from power-on until a driver beats, and again 0.2 s after
the last beat, whatever ended it::

    python -m tank_hw_driver.guardian --wires pi

Started by systemd it says when it is ready, and feeds systemd's watchdog (Type=notify,
WatchdogSec=).
"""

from __future__ import annotations

import argparse
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from tank_core.exceptions import TankError
from tank_hw_driver import runtime
from tank_hw_driver.guardian.motor_switch import AUTO, MotorSwitch
from tank_hw_driver.guardian.process import GuardianProcess, say


def main(argv: Sequence[str] | None = None) -> int:
    """Guard until SIGINT or SIGTERM; returns 0.

    1 when it cannot be a guardian, and says why.
    """
    options = _parser().parse_args(argv)
    ended, wake = _on_signals()
    try:
        path = Path(options.socket) if options.socket else runtime.guardian_socket()
        with GuardianProcess(
            MotorSwitch(options.wires, options.board, options.calibration), path
        ) as guardian:
            guardian.run(ended, wake)
    except TankError as error:
        say(str(error))
        return 1
    return 0


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


def _on_signals() -> tuple[list[int], socket.socket]:
    """A list that gets the signals that came, and a socket.

    The socket becomes readable then.
    """
    ended: list[int] = []
    wake, inlet = socket.socketpair()
    for end in (wake, inlet):
        end.setblocking(False)
    signal.set_wakeup_fd(inlet.detach())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: ended.append(number))
    return ended, wake


if __name__ == "__main__":
    sys.exit(main())
