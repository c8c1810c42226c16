"""The driver's end of the guardian: a beat each control step, and its answer.

No thread of its own, on purpose: a beat proves that the control loop runs. In the control loop,
before the motors are written::

    heartbeat.beat()
    if fault := heartbeat.fault():
        board.motors_off()          # and forget the velocity in force: only a fresh command may
                                    # move the robot again
        heartbeat.acknowledge()     # after the motors are off, never before
    else:
        board.set_motors(...)
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

from tank_hw_driver.guardian import protocol
from tank_hw_driver.guardian.protocol import GuardianState, Reply

RECONNECT_S = 0.2
# without an answer to a beat: the guardian hangs and guards nothing; with two turns of 20 Hz under
# 0.3 s
ANSWER_S = 0.18
# from the guardian's word that the motors are free again: whoever commands must have heard first
# that they were not
HOLD_S = 1.0
CURE = "start it with: python -m tank_hw_driver.guardian"


class Heartbeat:
    """A connection to the guardian, made and made again by ``beat``.

    Not thread-safe: it belongs to the control loop.
    """

    def __init__(
        self, path: Path | str, clock: Callable[[], float] = time.monotonic, guards: str = ""
    ) -> None:
        """``path`` is the guardian's socket; ``clock`` gives seconds.

        They never go back. ``guards``: the motors, as ``guards_of``; "" leaves unsaid which ones.
        """
        self.path = Path(path)
        self._clock = clock
        self._guards = guards
        self._socket: socket.socket | None = None
        self._lost = "there was no beat yet"  # why there is no connection
        self._tried: float | None = None  # when it was last tried to connect
        self._unanswered: float | None = None  # when the first beat went out that has no answer yet
        self._answer: Reply | None = None
        self._acknowledged = 0
        self._driven = False  # it has had the motors
        self._cut = False  # and has lost them since
        self._back_at: float | None = None  # when it got them again

    def beat(self, lasts: float | None = None) -> None:
        """Tell the guardian that the loop runs.

        ``lasts`` [s]: for how long it will drive, unless it is told again; None: it stands.
        Never blocks, never raises; connects when there is no connection, at most every 0.2 s.
        """
        now = self._clock()
        if self._socket is None and (self._tried is None or now - self._tried >= RECONNECT_S):
            self._tried = now
            self._connect()
        if self._socket is None:
            return
        try:
            self._hear(self._socket)
            if self._socket is not None:
                self._socket.send(protocol.Beat(self._acknowledged, self._guards, lasts).encode())
                self._unanswered = now if self._unanswered is None else self._unanswered
        except OSError as error:
            self._lose(f"guardian lost ({error.strerror or error}); {CURE}")

    def fault(self) -> str | None:
        """A sentence when the robot must not move; None when it may.

        As of the last beat. One that came while it drove stays until a second after
        ``acknowledge``: whoever commands hears of it, on a busy machine, too.
        """
        if self._socket is None:
            return self._lost
        if self._unanswered is not None and self._clock() - self._unanswered > ANSWER_S:
            return (
                f"the guardian at {self.path} has not answered for {ANSWER_S:g} s; it hangs: "
                "restart it"
            )
        if self._answer is None:
            return f"the guardian at {self.path} has not answered yet"
        if self._answer.state is GuardianState.FREE:
            if self._back_at is not None and self._clock() - self._back_at < HOLD_S:
                return f"the guardian had the motors until less than {HOLD_S:g} s ago"
            self._driven = True
            return None
        return f"the guardian holds the motors off: {self._answer.reason}"

    def acknowledge(self) -> None:
        """Say that the motors are off and the velocity is forgotten.

        A cut that was heard of ends with the next beat; other faults stay.
        """
        if self._answer is not None and self._answer.state is GuardianState.CUT:
            self._acknowledged = self._answer.epoch

    def close(self) -> None:
        """End the connection, so that the guardian cuts the motors.

        Idempotent; never raises.
        """
        self._lose("the heartbeat was closed")

    def _connect(self) -> None:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.setblocking(False)
        try:
            connection.connect(str(self.path))  # to a Unix socket: at once, or not at all
        except OSError as error:
            connection.close()
            self._lost = f"no guardian at {self.path} ({error.strerror or error}); {CURE}"
            return
        self._socket, self._acknowledged = connection, 0

    def _hear(self, connection: socket.socket) -> None:
        """Take all answers that wait; the last one counts. Raises OSError."""
        while True:
            try:
                data = connection.recv(protocol.MAX_BYTES)
            except BlockingIOError:
                return
            answer = protocol.read_answer(data)
            if answer is None or answer.state is GuardianState.REFUSED:
                refusal = (
                    f"the guardian at {self.path} refuses: {answer.reason if answer else data!r}"
                )
                self._lose(refusal if data else f"guardian lost (it ended); {CURE}")
                return
            if answer.state is not GuardianState.FREE:
                self._cut = self._driven
            elif self._cut:
                self._cut, self._back_at = False, self._clock()
            self._answer, self._unanswered = answer, None

    def _lose(self, why: str) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = self._answer = self._unanswered = None
        self._cut = self._driven
        self._lost = why
