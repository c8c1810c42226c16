"""Many trials in processes of their own, one a core, with progress.

Each keeps its simulation and starts it again for each trial.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from tank_bench.manipulation.tasks import Trial
from tank_bench.manipulation.trial import Result, attempt
from tank_core.exceptions import TankError
from tank_core.io.console import say, show
from tank_episode.episode import Episode

AHEAD = 2  # trials that wait for each process: few, so that Ctrl-C has little to take back


def run_trials(trials: Sequence[Trial], jobs: int, pictures: Path | None = None) -> list[Result]:
    """All of them, in their order, on ``jobs`` processes.

    Pictures of the failures into a folder. Raises TankError when a process dies.
    """
    progress = Progress(len(trials))
    results: dict[int, Result] = {}
    pool = ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare
    )
    try:
        for number, result in _completed(pool, trials, jobs, pictures):
            results[number] = result
            progress.update(len(results), sum(not one.good for one in results.values()))
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
    pool: ProcessPoolExecutor, trials: Sequence[Trial], jobs: int, pictures: Path | None
) -> Iterator[tuple[int, Result]]:
    waiting: dict[Future[Result], int] = {}
    for number, trial in enumerate(trials):
        waiting[pool.submit(_work, trial, pictures)] = number
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


def _work(trial: Trial, pictures: Path | None) -> Result:
    """Carry a trial out in a process of the pool."""
    episode = _episode(trial)
    result, last = attempt(episode, trial)
    if pictures is not None and not result.good and last is not None:
        from tank_bench.manipulation.pictures import draw_failure

        draw_failure(episode, result, last, pictures)
    return result


# of this process; one only, because trials come sorted by world
_kept: dict[tuple[str, str, str], Episode] = {}


def _episode(trial: Trial) -> Episode:
    key = trial.robot, trial.world, trial.realism
    if key not in _kept:
        while _kept:
            _kept.popitem()[1].close()
        _kept[key] = Episode(trial.robot, trial.world, realism=trial.realism)
    return _kept[key]


class Progress:
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
