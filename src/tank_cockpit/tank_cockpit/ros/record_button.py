"""Records what the robot says and does, from one press of a button to the next."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rclpy.context import Context

from tank_core.io.one_line import described
from tank_core.io.user_paths import state_folder

if TYPE_CHECKING:
    from tank_recording.ros.session import RecordingProgress

TELL_S = 1.0  # [s] between two times that the pages are told how long it is


class RecordButton:
    """A recording at most, on a thread of its own.

    ``tell`` hears, from that thread, a letter for the pages: ``on``, ``seconds``, ``note``. With a
    ``namespace`` it is that robot alone that is recorded.
    """

    def __init__(
        self, context: Context, namespace: str, tell: Callable[[dict[str, Any]], None]
    ) -> None:
        self._context, self._namespace, self._tell = context, namespace.strip("/"), tell
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def press(self, on: bool) -> None:
        """Begin, or end. Idempotent."""
        if not on:
            self._ended.set()
        elif self._thread is None or not self._thread.is_alive():
            folder = state_folder() / "recordings" / time.strftime("recording-%Y%m%d-%H%M%S")
            self._ended.clear()
            self._thread = threading.Thread(target=self._run, args=(folder,), name="recording")
            self._thread.start()

    def close(self) -> None:
        """End what is recorded; it is whole then. Idempotent."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, folder: Path) -> None:
        # A cockpit that records nothing has no use for what is needed to do it.
        from tank_recording.choice import Choice
        from tank_recording.ros.recorder import SAID_ONCE
        from tank_recording.ros.session import record
        from tank_recording.writing import Limits

        told = -TELL_S

        def goes_on(now: RecordingProgress) -> bool:
            nonlocal told
            if now.seconds - told >= TELL_S:
                told = now.seconds
                self._say(True, now.seconds)
            return not self._ended.is_set()

        self._say(True, 0.0)
        choice = Choice(unheard=SAID_ONCE, namespace=self._namespace)
        try:
            done = record(self._context, folder, choice, Limits(), goes_on, lambda _: None)
        except Exception as error:  # a thread's border: the pages are told
            self._say(False, 0.0, described(error))
        else:
            note = f"./tank replay {folder}" if done.messages else "nothing was heard"
            self._say(False, done.seconds, note)

    def _say(self, on: bool, seconds: float, note: str = "") -> None:
        self._tell({"t": "recording", "on": on, "seconds": round(seconds), "note": note})
