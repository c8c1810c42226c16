"""The chips of one board on a socket, until SIGTERM or SIGINT.

Run as ``python -m tank_hw_driver.chip_model``.
"""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path

from tank_core.exceptions import TankError
from tank_core.io.arguments import Parser, UsageError, number
from tank_hw_driver.chip_model.model import ChipModel
from tank_hw_driver.chip_model.server import ModelServer
from tank_hw_driver.hardware import board_names, load_hardware
from tank_hw_driver.runtime import chips_socket, prepare

AUTO, USUAL = "auto", "robot_hat_v3"


def main(arguments: list[str] | None = None) -> int:
    """Serve the model; the exit status is 0 after a signal.

    1 where the socket cannot be had, 2 when called wrongly.
    """
    parser = Parser(
        prog="python -m tank_hw_driver.chip_model",
        description="the chips of one board on a socket, until SIGTERM or SIGINT",
    )
    parser.add_argument(
        "--board",
        default=AUTO,
        choices=(AUTO, *board_names()),
        help=f"which board's chips (auto: {USUAL}'s)",
    )
    parser.add_argument(
        "--socket",
        type=Path,
        help="path of the Unix socket to make (default: $TANK_CHIPS_SOCKET, or a runtime folder)",
    )
    parser.add_argument("--battery", type=number(0.0, 100.0), default=7.9, help="volts")
    parser.add_argument(
        "--distance", type=number(0.0, 1000.0), default=1.2, help="meters before the HC-SR04"
    )
    try:
        options = parser.parse_args(arguments)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    board = USUAL if options.board == AUTO else options.board
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: sys.exit(0))
    path = options.socket or chips_socket()
    try:
        prepare(path)
        _clear_away(path)
        server = ModelServer(
            str(path), ChipModel(load_hardware(board), options.battery, options.distance)
        )
    except OSError as error:
        print(
            f"the chip model cannot listen at {path}: {error.strerror or error}; give --socket "
            "another path",
            file=sys.stderr,
        )
        return 1
    except TankError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        print(f"chip model of {board} at {path}", flush=True)
        server.serve_forever(poll_interval=60.0)
    finally:
        path.unlink(missing_ok=True)
        server.server_close()
    return 0


def _clear_away(path: Path) -> None:
    """Remove the socket of a model that was killed.

    Raises OSError where one still listens there, or it is no socket.
    """
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise OSError("another chip model listens there")


if __name__ == "__main__":
    sys.exit(main())
