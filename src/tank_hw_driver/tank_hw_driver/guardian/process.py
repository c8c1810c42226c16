"""The guardian's loop around the law of ``core``: sockets, signals, the bus."""

from __future__ import annotations

import fcntl
import os
import select
import socket
import struct
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tank_core.exceptions import TankError
from tank_core.io.one_line import described
from tank_hw_driver import runtime
from tank_hw_driver.guardian.core import (
    Action,
    Came,
    Drop,
    Event,
    Guardian,
    Left,
    Note,
    Said,
    Switched,
    SwitchOff,
    Tell,
)
from tank_hw_driver.guardian.motor_switch import MotorSwitch
from tank_hw_driver.guardian.protocol import MAX_BYTES
from tank_hw_driver.guardian.systemd import SystemdNotifier

END_WITHIN_S = 1.0  # at the end, for the bus to take the last off
OTHERS_END_S = END_WITHIN_S + 0.5  # for a guardian that ends, and the place becomes free
IDLE_S = 5.0  # the longest sleep
MOST_CLIENTS = 8  # one drives, the others hear why they do not
# messages of a client in one turn: one that floods must not keep the loop from its other work
MOST_AT_ONCE = 32


class GuardianProcess:
    """The loop around a Guardian: sockets, signals, the bus.

    Motors are off before the first driver can connect, and at the end.
    """

    def __init__(self, switch: MotorSwitch, path: Path) -> None:
        """Lock the place, turn the motors off and listen.

        Raises TankError when another guardian lives at ``path``, or nothing can be made there.
        """
        self._switch, self._path = switch, path
        self._notify = SystemdNotifier(IDLE_S)
        self._lock = _lock(path)
        self._guardian = Guardian(time.monotonic())
        self._clients: dict[int, socket.socket] = {}  # by file descriptor
        self._do(self._guardian.step(time.monotonic()))
        self._listener = _listen(path)
        self._poll = select.poll()
        self._poll.register(self._listener, select.POLLIN)

    def __enter__(self) -> GuardianProcess:
        return self

    def __exit__(self, *_: object) -> None:
        """Turn the motors off, whatever happened; then the socket goes."""
        deadline = time.monotonic() + END_WITHIN_S
        while (fault := self._off().fault) and time.monotonic() < deadline:
            time.sleep(0.02)
        say(
            f"ended, and the motors cannot be switched off: {fault}"
            if fault
            else "ended, motors off"
        )
        for client in self._clients.values():
            client.close()
        self._listener.close()
        self._switch.close()
        with suppress(OSError):
            self._path.unlink()
        os.close(self._lock)

    def run(self, ended: Callable[[], bool], wakes: Sequence[int]) -> None:
        """Guard until ``ended``; one of ``wakes`` becomes readable then."""
        for file in wakes:
            self._poll.register(file, select.POLLIN)
        say(f"listening at {self._path}")
        self._notify.ready()
        while not ended():
            due = self._guardian.due(time.monotonic())
            wait = min(IDLE_S, self._notify.period, IDLE_S if due is None else due)
            ready = [number for number, _ in self._poll.poll(wait * 1e3 + 0.5)]
            events: list[Event] = []
            for number in ready:
                events += self._hear(number)
            self._do(self._guardian.step(time.monotonic(), events))
            self._notify.alive(time.monotonic(), self._guardian.status)

    def _hear(self, number: int) -> list[Event]:
        if number == self._listener.fileno():
            return self._accept()
        client = self._clients.get(number)
        events: list[Event] = []
        while client is not None and len(events) < MOST_AT_ONCE:
            try:
                data = client.recv(MAX_BYTES)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            if not data:
                self._forget(number)
                return [*events, Left(number)]
            events.append(Said(number, data))
        return events

    def _accept(self) -> list[Event]:
        try:
            client, _ = self._listener.accept()
        except OSError:  # it went again already
            return []
        if len(self._clients) >= MOST_CLIENTS:
            client.close()
            return []
        client.setblocking(False)
        number = client.fileno()
        self._clients[number] = client
        self._poll.register(client, select.POLLIN)
        pid, uid, _ = struct.unpack(
            "3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        )
        fault = (
            ""
            if uid in (0, os.geteuid())
            else f"it belongs to user {uid}; this guardian takes user {os.geteuid()} alone"
        )
        return [Came(number, f"driver (process {pid})", fault)]

    def _do(self, actions: Sequence[Action]) -> None:
        for action in actions:
            match action:
                case SwitchOff(anew):
                    self._do(self._guardian.step(time.monotonic(), [self._off(anew)]))
                case Tell(number, data):
                    self._tell(number, data)
                case Drop(number):
                    self._forget(number)
                case Note(text):
                    say(text)

    def _off(self, anew: bool = False) -> Switched:
        try:
            return Switched(guards=self._switch.off(anew))
        except Exception as error:  # a border: whatever the bus does, this process goes on trying
            return Switched(described(error))

    def _tell(self, number: int, data: bytes) -> None:
        client = self._clients.get(number)
        if client is None:
            return
        try:
            client.send(data)
        except OSError:  # it has gone, or takes nothing any more: both end in the motors off
            self._forget(number)
            self._do(self._guardian.step(time.monotonic(), [Left(number)]))

    def _forget(self, number: int) -> None:
        client = self._clients.pop(number, None)
        if client is not None:
            self._poll.unregister(client)
            client.close()


def _lock(path: Path) -> int:
    """The file descriptor of a lock beside the socket.

    It ends with this process, however that ends; so a socket that is there is stale.
    """
    runtime.prepare(path)
    beside = path.with_name(path.name + ".lock")
    try:
        lock = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise TankError(
            f"{beside} cannot be made ({error.strerror}); give a socket in a folder that is yours: "
            "--socket PATH"
        ) from None
    end = time.monotonic() + OTHERS_END_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except OSError:
            if time.monotonic() > end:
                break
            time.sleep(0.01)
    os.close(lock)
    raise TankError(
        f"another guardian lives at {path}; end it first, or give another socket: --socket PATH"
    )


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    before = os.umask(0o177)  # for this user alone, from the beginning
    try:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        listener.listen(4)
    except OSError as error:
        listener.close()
        raise TankError(
            f"no socket can be made at {path} ({error.strerror}); give another one: --socket PATH"
        ) from None
    finally:
        os.umask(before)
    listener.setblocking(False)
    return listener


def say(text: str) -> None:
    # who read it has died, as a tool that started us: the work goes on all the same
    """Print a line on standard error, where anybody reads it."""
    with suppress(OSError):
        print(f"guardian: {text}", file=sys.stderr, flush=True)
