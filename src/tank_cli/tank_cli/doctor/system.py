"""The machine as the doctor sees it: files, commands, modules, sockets.

Behind an interface, so that a test can give it any machine. Standard library only at import: it has
to work where nothing else does.
"""

from __future__ import annotations

import getpass
import grp
import hashlib
import importlib
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tank_core.io.checkout import find_checkout
from tank_hw_driver.guardian.sockets import TABLE, guardians, is_locked

MULTICAST = "239.255.0.1"  # of DDS discovery (DDSI-RTPS 2.3, 9.6.1.4)
ECHO_S = 1.0


@dataclass(frozen=True)
class Ran:
    """A command's exit status and what it said, stdout first."""

    status: int
    text: str


class System(Protocol):
    """A machine. No method raises for what is only absent."""

    env: Mapping[str, str]
    python: tuple[int, int]
    machine: str  # such as aarch64
    user: str
    root: Path  # of Tank
    wires: str  # as for open_wires

    def read(self, path: str) -> str | None:
        """A text file; None where it is not there or not readable."""
        ...

    def glob(self, pattern: str) -> list[str]:
        """Absolute paths, sorted."""
        ...

    def may_use(self, path: str) -> bool:
        """Whether this user may read and write it."""
        ...

    def group_of(self, path: str) -> str:
        """The group that a file belongs to; empty where that is not known."""
        ...

    def run(self, *command: str, timeout: float = 5.0) -> Ran | None:
        """None where there is no such command, or it did not end in time."""
        ...

    def version(self, module: str, package: str = "") -> str | None:
        """The version of the package that a module comes from.

        "?" where that is not known; None where there is no such module.
        """
        ...

    def has(self, module: str, attribute: str) -> bool:
        """Whether a module, imported, has it. Raises what the import raises."""
        ...

    def free_disk(self, path: str) -> int | None:
        """Bytes."""
        ...

    def sha256(self, path: str) -> str | None: ...

    def addresses(self) -> list[int]:
        """Which I2C addresses answer. Raises BusError."""
        ...

    def guardians(self) -> list[Path]:
        """The sockets of the guardians that live."""
        ...

    def multicast(self, port: int) -> str:
        """The reason why a datagram to DDS's group does not come back.

        Within this machine; empty where it does.
        """
        ...


class ThisMachine:
    """The real one. ``wires``: where the I2C bus is, as for ``open_wires``."""

    def __init__(self, wires: str = "pi") -> None:
        self.env: Mapping[str, str] = os.environ
        self.python = sys.version_info[:2]
        self.machine = platform.machine()
        self.user = _user()
        self.root = find_checkout() or Path(sys.prefix)  # where Tank lies
        self.wires = wires

    def read(self, path: str) -> str | None:
        try:
            return Path(path).read_text(encoding="utf-8", errors="replace").replace("\0", "")
        except OSError:
            return None

    def glob(self, pattern: str) -> list[str]:
        return sorted(str(path) for path in Path("/").glob(pattern.lstrip("/")))

    def may_use(self, path: str) -> bool:
        return os.access(path, os.R_OK | os.W_OK)

    def group_of(self, path: str) -> str:
        try:
            return grp.getgrgid(Path(path).stat().st_gid).gr_name
        except (OSError, KeyError):
            return ""

    def run(self, *command: str, timeout: float = 5.0) -> Ran | None:
        try:
            ran = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return Ran(ran.returncode, (ran.stdout + ran.stderr).strip())

    def version(self, module: str, package: str = "") -> str | None:
        try:
            found = importlib.util.find_spec(module)
        except (ImportError, ValueError):
            found = None
        if found is None:
            return None
        try:
            return importlib.metadata.version(package or module)
        except importlib.metadata.PackageNotFoundError:
            return "?"

    def has(self, module: str, attribute: str) -> bool:
        return hasattr(importlib.import_module(module), attribute)

    def free_disk(self, path: str) -> int | None:
        try:
            return shutil.disk_usage(path).free
        except OSError:
            return None

    def sha256(self, path: str) -> str | None:
        try:
            with Path(path).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return None

    def addresses(self) -> list[int]:
        from tank_hw_driver.board.probing import scan
        from tank_hw_driver.bus.open import open_wires

        wires = open_wires(self.wires)
        try:
            return scan(wires)
        finally:
            wires.close()

    def guardians(self) -> list[Path]:
        from tank_hw_driver.runtime import guardian_socket

        found, own = guardians(self.read(TABLE) or ""), guardian_socket()
        return [*found, own] if own not in found and is_locked(own) else found

    def multicast(self, port: int) -> str:
        token = uuid.uuid4().bytes
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth,
        ):
            try:
                _listen(ear, port)
                mouth.sendto(token, (MULTICAST, port))
                give_up = time.monotonic() + ECHO_S
                while (left := give_up - time.monotonic()) > 0:  # others speak there, too
                    ear.settimeout(left)
                    if ear.recv(65536) == token:
                        return ""
            except TimeoutError:
                pass
            except OSError as error:
                return error.strerror or str(error)
        return "nothing came back"


def _listen(ear: socket.socket, port: int) -> None:
    """Beside the ROS nodes that listen there already. Raises OSError."""
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError):
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    ear.bind(("", port))
    ear.setsockopt(
        socket.IPPROTO_IP,
        socket.IP_ADD_MEMBERSHIP,
        socket.inet_aton(MULTICAST) + socket.inet_aton("0.0.0.0"),
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return str(os.getuid())


def is_pi(system: System) -> bool:
    """Whether it is a Raspberry Pi, by its device tree."""
    return "Raspberry Pi" in (system.read("/proc/device-tree/model") or "")


def number(text: Any, base: int = 10) -> int | None:
    """An integer, or None."""
    try:
        return int(str(text).strip(), base)
    except ValueError:
        return None
