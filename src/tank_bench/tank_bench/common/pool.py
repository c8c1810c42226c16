"""Many trials in processes of their own, one a core, with progress.

Each keeps its simulation and starts it again for each trial.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from tank_core.exceptions import TankError
from tank_core.io.console import say, show
from tank_episode.episode import Episode
from tank_sim.worlds import World

AHEAD = 2  # trials that wait for each process: few, so that Ctrl-C has little to take back

Trial = TypeVar("Trial")
Result = TypeVar("Result")


def run_trials(
    work: Callable[[Trial], Result],
    trials: Sequence[Trial],
    jobs: int,
    good: Callable[[Result], bool],
) -> list[Result]:
    """Do all trials on ``jobs`` processes; results in their order.

    ``work`` goes to the processes, so it is a function of a module or a partial of one. ``good``
    says which results are counted as done. Raises TankError when a process dies.
    """
    progress, failed = TrialProgress(len(trials)), 0
    results: dict[int, Result] = {}
    pool = ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare
    )
    try:
        for number, result in _completed(pool, work, trials, jobs):
            results[number] = result
            failed += not good(result)
            progress.update(len(results), failed)
    except BrokenProcessPool:
        raise TankError(
            "a process of the benchmark was killed (out of memory?); try fewer with --jobs"
        ) from None
    except KeyboardInterrupt:
        for child in multiprocessing.active_children():
            child.terminate()  # what it computes is of no use any more
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    return [results[number] for number in range(len(trials))]


def _completed(
    pool: ProcessPoolExecutor,
    work: Callable[[Trial], Result],
    trials: Sequence[Trial],
    jobs: int,
) -> Iterator[tuple[int, Result]]:
    waiting: dict[Future[Result], int] = {}
    for number, trial in enumerate(trials):
        waiting[pool.submit(work, trial)] = number
        while len(waiting) >= jobs * AHEAD or (waiting and number == len(trials) - 1):
            for done in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(done), done.result()


def _prepare() -> None:
    """Prepare a new process.

    Its share of the machine is one core, and Ctrl-C is for who started it to answer.
    """
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)


# of this process; one only, because trials come sorted by world
_kept: dict[tuple[str, str | World, str], Episode] = {}


def kept_episode(robot: str, world: str | World, realism: str) -> Episode:
    """Return this process's episode of a robot and a world.

    The last one that was asked for is kept. Whoever uses it resets it first.
    """
    key = robot, world, realism
    if key not in _kept:
        while _kept:
            _kept.popitem()[1].close()
        _kept[key] = Episode(robot, world, realism=realism, photos=Path(_scratch().name))
    return _kept[key]


@cache
def _scratch() -> TemporaryDirectory[str]:
    """Pictures are no news for the user's own folder."""
    return TemporaryDirectory()


class TrialProgress:
    """Shows on stderr how many trials are done.

    One line that is written over on a terminal, else a line at each twentieth.
    """

    def __init__(self, total: int) -> None:
        self._total, self._began, self._shown = total, time.monotonic(), 0
        self._live = sys.stderr.isatty()

    def update(self, done: int, failed: int) -> None:
        """Show how many are done, and how many of them did not succeed."""
        left = (time.monotonic() - self._began) / done * (self._total - done)
        text = f"{done}/{self._total} trials, {failed} not done; {time_left(left)} left"
        if self._live:
            show(f"\r\x1b[K{text}" + ("\n" if done == self._total else ""))
        elif done == self._total or done - self._shown >= self._total / 20:
            self._shown = done
            say(text)


def time_left(seconds: float) -> str:
    """Such as "40 s", "12 min"."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
