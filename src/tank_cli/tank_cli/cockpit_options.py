"""The options of a cockpit: from where it may be opened, and its port."""

from __future__ import annotations

import argparse

from tank_core.io.arguments import whole


def add_cockpit(parser: argparse.ArgumentParser) -> None:
    """Add --host and --port."""
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="A",
        help="from where the cockpit may be opened: an address of this machine, or 0.0.0.0 for its "
        "whole network, with the key that is printed (default: this machine alone)",
    )
    parser.add_argument(
        "--port",
        type=whole(1024, 65535),
        default=8080,
        metavar="N",
        help="the cockpit's port; the next free one when it is taken (default: 8080)",
    )
