"""``./tank docs``: serve the docs site here, or write it into a folder.

``./tank`` installs what it needs (requirements/docs.txt) the first time. Nothing is fetched from a
network to build the site or to read it.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from tank_core.exceptions import TankError
from tank_core.io.arguments import output_folder, whole
from tank_core.io.checkout import checkout
from tank_core.io.console import ExitCode, say
from tank_core.io.one_line import quoted, reason

HOST, PORT = "127.0.0.1", 8000
MARK = "objects.inv"  # an index of names that every such site has, and hardly another folder


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        type=whole(1, 65535),
        default=PORT,
        metavar="N",
        help=f"of the server, which listens on {HOST} only (default: {PORT})",
    )
    parser.add_argument(
        "--build",
        type=output_folder,
        metavar="DIR",
        help="write the site there and serve nothing; a broken link or any warning is a failure",
    )


def run(args: argparse.Namespace) -> int:
    if importlib.util.find_spec("mkdocs") is None:
        raise TankError("what builds the docs is not installed; ./tank setup --docs installs it")
    if args.build is None:
        serve(args.port)
    return build(args.build)


def serve(port: int) -> NoReturn:
    """Become the server, which renews pages as files change, until Ctrl-C."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise TankError(
                f"port {port} cannot be had ({reason(error)}); say another one, such as "
                f"./tank docs --port {port % 65535 + 1}"
            ) from None
    say(f"the docs will be on http://{HOST}:{port}/ in some seconds; Ctrl-C ends")
    command = _mkdocs("serve", "--no-strict", "--dev-addr", f"{HOST}:{port}")
    os.execve(command[0], command, _environment())


def build(folder: Path) -> int:
    """Write the site in the place of an older one.

    Returns the exit code. Raises TankError for a folder that holds anything else, which would be
    lost.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise TankError(
            f"{quoted(str(folder))} holds other things than a docs site, which would be lost; "
            "name a new or empty folder"
        )
    command = _mkdocs("build", "--strict", "--site-dir", str(folder.resolve()))
    if subprocess.run(command, env=_environment(), stdout=sys.stderr).returncode != 0:
        return ExitCode.FAILED
    say(f"open {folder / 'index.html'}: no server is needed, search works, too")
    return ExitCode.DONE


def _mkdocs(action: str, *options: str) -> list[str]:
    config = str(checkout() / "mkdocs.yml")
    return [sys.executable, "-m", "mkdocs", action, "--config-file", config, *options]


def _environment() -> dict[str, str]:
    """Ours, without the theme's news about its future at each start."""
    return {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
