"""The newest reading of a slow sensor, which a thread reads.

Nobody waits for it, and a sensor that is lost comes back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from tank_core.exceptions import BackendError
from tank_core.io.one_line import described
from tank_core.io.thread_name import show_thread_name

RETRY_S = 2.0  # [s] until a sensor that is lost is tried again
# [s] that closing waits for a read under way; what hangs longer is left behind, in a daemon thread
CLOSE_S = 1.0

Reading = TypeVar("Reading")
Out = TypeVar("Out", covariant=True)


class SensorError(BackendError):
    """A sensor that is not there, or no more. The robot goes on without it."""


class Source(Protocol[Out]):
    """An open sensor."""

    def read(self) -> Out:
        """The next reading, at the sensor's own pace.

        Raises when the sensor is lost.
        """
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class LatestValue(Generic[Reading]):
    """Keeps the newest reading of a source that its thread reads.

    The thread opens the source, and opens it again when it is lost.
    """

    def __init__(
        self,
        name: str,
        open_source: Callable[[], Source[Reading]],
        stale: float,
        retry: float = RETRY_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``stale`` [s]: a reading that is older is none.

        ``open_source`` runs in the thread and may raise.
        """
        self.name = name
        self._open, self._stale, self._retry, self._clock = open_source, stale, retry, clock
        self._newest: tuple[float, Reading] | None = None
        self._fault = "not open yet"
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def problem(self) -> str:
        """A sentence when there is no reading; empty when there is."""
        newest, fault = self._newest, self._fault
        if newest is None or fault:
            return fault
        age = self._clock() - newest[0]
        return "" if age <= self._stale else f"the {self.name} has given nothing for {age:.1f} s"

    def read(self) -> Reading | None:
        """The newest reading; None when there is none that is not stale.

        Never waits.
        """
        newest = self._newest
        return (
            newest[1] if newest is not None and self._clock() - newest[0] <= self._stale else None
        )

    def close(self) -> None:
        """End the thread. Idempotent; never raises."""
        self._ended.set()
        if self._thread is not threading.current_thread():
            self._thread.join(CLOSE_S)
        self._newest, self._fault = None, "closed"

    def _run(self) -> None:
        show_thread_name()
        while not self._ended.is_set():
            try:
                self._read_on(self._open())
            except Exception as error:
                # a border: whatever a sensor's library raises, the robot goes on without the sensor
                self._newest, self._fault = None, described(error)
            self._ended.wait(self._retry)

    def _read_on(self, source: Source[Reading]) -> None:
        try:
            while not self._ended.is_set():
                reading = source.read()
                self._newest, self._fault = (self._clock(), reading), ""
        finally:
            source.close()
