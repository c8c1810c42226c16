"""The guardian: a tiny process that outlives the driver and switches the motors off when its
heartbeat ends.

A motor chip keeps its last duty when the process that set it dies. So another process, without ROS,
numpy and gpiozero, holds the motors off from power-on until a driver beats, and again 0.2 s after
the last beat, whatever ended it::

    python -m tank_hw_driver.guardian --wires pi

Started by systemd it says when it is ready, and feeds systemd's watchdog (Type=notify,
WatchdogSec=).
"""

from __future__ import annotations

import argparse
import fcntl
import os
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Sequence
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
from tank_hw_driver.guardian.motor_switch import AUTO, MotorSwitch
from tank_hw_driver.guardian.protocol import MAX_BYTES

END_WITHIN_S = 1.0  # at the end, for the bus to take the last off
IDLE_S = 5.0  # the longest sleep
MOST_CLIENTS = 8  # one drives, the others hear why they do not
# messages of a client in one turn: one that floods must not keep the loop from its other work
MOST_AT_ONCE = 32


def main(argv: Sequence[str] | None = None) -> int:
    """Runs until SIGINT or SIGTERM and returns 0.

    1 when it cannot be a guardian, and says why.
    """
    options = _parser().parse_args(argv)
    ended, wake = _on_signals()
    try:
        path = Path(options.socket) if options.socket else runtime.guardian_socket()
        with Keeper(MotorSwitch(options.wires, options.board, options.calibration), path) as keeper:
            keeper.run(ended, wake)
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


class Keeper:
    """The loop around a Guardian: sockets, signals, the bus.

    Motors are off before the first driver can connect, and at the end.
    """

    def __init__(self, switch: MotorSwitch, path: Path) -> None:
        """Raises TankError when another guardian lives at ``path``, or nothing can be made
        there.
        """
        self._switch, self._path = switch, path
        self._notify = Notifier()
        self._lock = _lock(path)
        self._guardian = Guardian(time.monotonic())
        self._clients: dict[int, socket.socket] = {}  # by file descriptor
        self._do(self._guardian.step(time.monotonic()))
        self._listener = _listen(path)
        self._poll = select.poll()
        self._poll.register(self._listener, select.POLLIN)

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, *_: object) -> None:
        """Motors off, whatever happened; then the socket goes."""
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

    def run(self, ended: Sequence[int], wake: socket.socket) -> None:
        """Until ``ended`` holds something; ``wake`` becomes readable then."""
        self._poll.register(wake, select.POLLIN)
        say(f"listening at {self._path}")
        self._notify.ready()
        while not ended:
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


class Notifier:
    """What systemd wants to hear (sd_notify(3)).

    One datagram to $NOTIFY_SOCKET. Without that variable it does nothing.
    """

    def __init__(self) -> None:
        address = os.environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        usec = os.environ.get("WATCHDOG_USEC", "")
        watched = usec.isdigit() and os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(
            os.getpid()
        )
        self.period = int(usec) * 1e-6 / 3 if watched else IDLE_S  # [s] between signs of life
        self._said = 0.0
        self._status = ""

    def ready(self) -> None:
        self._send("READY=1")

    def alive(self, now: float, status: str) -> None:
        """A sign of life when one is due, at ``now`` [s], and the status when it has changed."""
        if now - self._said >= self.period or status != self._status:
            self._said, self._status = now, status
            self._send(f"WATCHDOG=1\nSTATUS={status}")

    def _send(self, text: str) -> None:
        if self._address:
            with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagram:
                datagram.setblocking(False)
                datagram.sendto(text.encode(), self._address)


def _lock(path: Path) -> int:
    """A lock beside the socket that ends with this process, however it ends.

    Its file descriptor. So a socket that is there is stale.
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
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise TankError(
            f"another guardian lives at {path}; end it first, or give another socket: --socket PATH"
        ) from None
    return lock


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


def _on_signals() -> tuple[list[int], socket.socket]:
    """A list that gets the signals that came, and a socket that becomes readable then."""
    ended: list[int] = []
    wake, inlet = socket.socketpair()
    for end in (wake, inlet):
        end.setblocking(False)
    signal.set_wakeup_fd(inlet.detach())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: ended.append(number))
    return ended, wake


def say(text: str) -> None:
    # who read it has died, as a tool that started us: the work goes on all the same
    with suppress(OSError):
        print(f"guardian: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
