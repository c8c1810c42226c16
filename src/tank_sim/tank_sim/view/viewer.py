"""Shows the simulation in a browser or a window.

From a process of its own: whatever it does, the physics does not wait for it.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

KINDS = ("mujoco", "window")
RATE = 30.0  # [Hz] of wall time
MAX_RECORD = 4096  # [bytes] up to which a write to a pipe is all or nothing (PIPE_BUF)


class Viewer:
    """A viewer's process, and the pipe to it.

    ``kind`` is "mujoco" (in a browser) or "window". ``say(text, is_error)`` hears where it is to be
    seen, or why it is not, from another thread.
    """

    def __init__(self, kind: str, mjcf: str, port: int, say: Callable[[str, bool], None]) -> None:
        self._say = say
        self._last = 0.0
        self._ready = threading.Event()  # the model has gone out, so states may follow
        command = [sys.executable, "-m", "tank_sim.view.viewer_process", kind, str(port)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._thread = threading.Thread(
            target=self._attend, args=(mjcf.encode(),), name="viewer", daemon=True
        )
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def show(self, moment: float, qpos: npt.NDArray[np.float64]) -> None:
        """Offer a state: time [s] and positions (nq,).

        Returns at once; a viewer that is busy or gone just misses it.
        """
        now = time.monotonic()
        if now - self._last < 1 / RATE or not self._ready.is_set():
            return
        self._last = now
        assert self._process.stdin is not None
        try:
            os.write(self._process.stdin.fileno(), struct.pack("<d", moment) + qpos.tobytes())
        except BlockingIOError:
            pass  # it has not read the last ones yet
        except OSError:
            self._ready.clear()  # it has gone; the other thread says why

    def close(self) -> None:
        """End the viewer. Idempotent."""
        self._ready.clear()
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join()

    def _attend(self, model: bytes) -> None:
        """Hand over the model, then pass on what the viewer says."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(struct.pack("<q", len(model)) + model)
            self._process.stdin.flush()
            os.set_blocking(self._process.stdin.fileno(), False)
            self._ready.set()
        except OSError:
            pass  # it ended at once; its last words follow
        for line in self._process.stdout:
            level, _, text = line.decode(errors="replace").strip().partition(" ")
            self._say(text, level == "ERROR")
        self._ready.clear()
        self._process.stdout.close()
