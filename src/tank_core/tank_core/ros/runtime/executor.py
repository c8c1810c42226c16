"""The executor of all of Tank's nodes, tests and tools.

It calls back group by group on a few threads.

rclpy's MultiThreadedExecutor (7.1.6, 9.1.2) hands a callback to its pool, and hands over the same
one again and again until a thread of the pool has begun it. With a second core nothing takes the
interpreter from that loop for 5 ms, so it keeps busy the very interpreter that the callback waits
for. Besides, it builds a wait set of every entity of every node up to three times for each
callback. Here nothing is handed over: the thread that waits calls back itself, and only when that
takes long another one waits in its place (crew.py). A busy group leaves the others alone, and a
stop never waits for a free thread.
"""

from __future__ import annotations

import atexit
import sys
import threading
import time
import traceback
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from rclpy.context import Context
from rclpy.exceptions import InvalidHandle
from rclpy.executors import Executor
from rclpy.guard_condition import GuardCondition
from rclpy.task import Task

from tank_core.io.one_line import described
from tank_core.ros.runtime.crew import RETRY_S, Crew
from tank_core.ros.runtime.executor_watch import KINDS, WAITABLE, Entity, entities_of

AWAIT_S = 0.01  # [s] between two looks at what a coroutine awaits: futures do not say whom to wake

_executors: WeakSet[GroupExecutor] = WeakSet()


def report(error: BaseException) -> None:
    """Write an error that a callback let through to stderr, with its place."""
    trace = "".join(traceback.format_exception(error))
    print(f"a callback failed: {described(error)}\n{trace}", file=sys.stderr, flush=True)


class GroupExecutor(Executor):  # type: ignore[misc]  # rclpy has no types
    """Calls back what no other callback of its group is under way for.

    In a reentrant group each entity counts as a group of its own. So callbacks of one entity never
    overlap, not even in a reentrant group, and those of different groups wait for each other for
    ``crew.PATIENCE_S`` at most. Tasks (done callbacks of futures, goals of actions) have a thread
    each.

    Callbacks run from ``start`` (or the first ``spin``, ``spin_once``) until ``shutdown`` or the
    end of the context. What a callback raises goes to ``on_error``, in the callback's thread, and
    the rest goes on.
    """

    def __init__(
        self,
        *,
        context: Context | None = None,
        on_error: Callable[[BaseException], None] = report,
    ) -> None:
        self._on_error = on_error
        self._changed = threading.Event()  # for who spins
        self._task_threads: set[threading.Thread] = set()
        # Around task threads and the shutdown; nothing is called under it.
        self._lock = threading.Lock()
        super().__init__(context=context)
        self._crew = Crew(self)
        take: dict[str, Callable[[Any], Callable[[], Coroutine[Any, Any, Any]] | None]]
        take = {kind: getattr(self, f"_take_{kind}") for kind in (*KINDS, WAITABLE)}
        self._take = take
        self._context.on_shutdown(self._crew.end)
        _executors.add(self)

    @property
    def goes_on(self) -> bool:
        """False after a shutdown of this executor or of its context."""
        return bool(not self._is_shutdown and self._context.ok())

    @property
    def guard(self) -> GuardCondition | None:
        """It triggers when entities came or went; None after a shutdown."""
        return self._guard

    def start(self) -> None:
        """Call back until the shutdown, on threads of its own."""
        self._crew.start()

    def wake(self) -> None:
        """Look for new entities; who spins returns."""
        super().wake()
        self._crew.call_lookout()
        self._changed.set()

    def spin_once(self, timeout_sec: float | None = None) -> None:
        """Wait [s] for the next change of entities; callbacks run meanwhile.

        Not from two threads at a time.
        """
        self._crew.start()
        if not self.goes_on:  # who goes on spinning all the same must not spin hot
            time.sleep(AWAIT_S)
            return
        self._changed.wait(None if timeout_sec is None or timeout_sec < 0 else timeout_sec)
        self._changed.clear()

    def spin_once_until_future_complete(self, future: Any, timeout_sec: Any = None) -> None:
        """Return when the future is done, the time is up, or entities changed.

        ``timeout_sec`` [s].
        """
        future.add_done_callback(lambda _: self.wake())
        if not future.done():
            self.spin_once(getattr(timeout_sec, "timeout", timeout_sec))

    def create_task(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a function or coroutine at once on a thread of its own.

        Returns an rclpy Task, which is cancelled after a shutdown.
        """
        task = Task(callback, args, kwargs, executor=self)
        thread = threading.Thread(target=self._run_task, args=(task,), name="task", daemon=True)
        with self._lock:
            if not self._is_shutdown:
                self._task_threads.add(thread)
                thread.start()
                return task
        task.cancel()
        return task

    def shutdown(self, timeout_sec: float | None = None) -> bool:
        """Begin no callback any more, and wait [s] for those under way.

        Returns whether they have ended. Without a timeout it waits for ever. From within a
        callback, that one is not waited for. Idempotent.
        """
        end = None if timeout_sec is None or timeout_sec < 0 else time.monotonic() + timeout_sec
        with self._lock:
            self._is_shutdown = True
            tasks = set(self._task_threads)
        self._crew.end()
        self._changed.set()
        threads = (tasks | self._crew.threads()) - {threading.current_thread()}
        for thread in threads:
            thread.join(None if end is None else max(0.0, end - time.monotonic()))
        super().shutdown(0.0)
        return not any(thread.is_alive() for thread in threads)

    def busy(self) -> list[str]:
        """The names of what is being called back, and of tasks."""
        return self._crew.busy() + [thread.name for thread in list(self._task_threads)]

    def finish(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine to its end on this thread; a shutdown closes it."""
        while True:
            try:
                coroutine.send(None)
            except StopIteration:
                return
            if not self.goes_on:
                coroutine.close()
                return
            time.sleep(AWAIT_S)

    def entities(self) -> list[Entity]:
        """The entities that its nodes have now."""
        return [entity for node in self.get_nodes() for entity in entities_of(node)]

    def call_back(self, entity: Entity) -> None:
        """Take what is ready of an entity and call back.

        Errors go to ``on_error``.
        """
        execute = None
        try:
            with suppress(InvalidHandle):  # it was destroyed by the callback before, or meanwhile
                execute = self._take[entity.kind](entity.it)
            if execute is not None:
                self.finish(execute())
        except Exception as error:  # a callback's border: the next ones are called
            self.tell(error)

    def tell(self, error: BaseException) -> None:
        """Hand an error to ``on_error``; what that raises ends nothing.

        A closed stderr must not leave a stop unheard.
        """
        with suppress(Exception):
            self._on_error(error)

    def _run_task(self, task: Any) -> None:
        try:
            task()
            while not (task.done() or task.cancelled()) and self.goes_on:
                time.sleep(AWAIT_S)
                task()
            if task.exception() is not None:
                self.tell(task.exception())
        finally:
            with self._lock:
                self._task_threads.discard(threading.current_thread())


def busy() -> list[str]:
    """The names of callbacks and tasks under way.

    Of any executor of this process.
    ."""
    return [name for executor in list(_executors) for name in executor.busy()]


@atexit.register
def _end_all() -> None:
    """Threads that wait in C++ must not outlive the interpreter."""
    for executor in list(_executors):
        executor.shutdown(RETRY_S)
