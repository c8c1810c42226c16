"""The executor of all of Tank's nodes, tests and tools.

A thread for each callback group.

rclpy's MultiThreadedExecutor (7.1.6, 9.1.2) hands a callback to its pool, and hands over the same
one again and again until a thread of the pool has begun it. With a second core nothing takes the
interpreter from that loop for 5 ms, so it keeps busy the very interpreter that the callback waits
for. Besides, it builds a wait set of every entity of every node up to three times for each
callback. Here nothing is handed over: each group has a thread that waits for the group's own
entities and calls back itself. A busy group leaves the others alone, and a stop never waits for a
free thread.
"""

from __future__ import annotations

import atexit
import sys
import threading
import time
import traceback
from collections.abc import Callable, Coroutine
from contextlib import ExitStack, suppress
from typing import Any
from weakref import WeakSet

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.context import Context
from rclpy.exceptions import InvalidHandle
from rclpy.executors import Executor
from rclpy.guard_condition import GuardCondition
from rclpy.task import Task

from tank_core.io.one_line import described
from tank_core.io.thread_name import show_thread_name
from tank_core.ros.runtime.executor_watch import (
    FOREVER,
    KINDS,
    WAITABLE,
    Entity,
    Watch,
    entities_of,
    label_of,
)

AWAIT_S = 0.01  # [s] between two looks at what a coroutine awaits: futures do not say whom to wake
RETRY_S = 0.5  # [s] after a wait that failed

_executors: WeakSet[GroupExecutor] = WeakSet()


def report(error: BaseException) -> None:
    """Write an error that a callback let through to stderr, with its place."""
    trace = "".join(traceback.format_exception(error))
    print(f"a callback failed: {described(error)}\n{trace}", file=sys.stderr, flush=True)


class GroupExecutor(Executor):  # type: ignore[misc]  # rclpy has no types
    """Calls back on one thread for each callback group.

    In a reentrant group each entity has a thread of its own. So callbacks of one entity never
    overlap, not even in a reentrant group, and those of different groups never wait for each other.
    Tasks (done callbacks of futures, goals of actions) have a thread each.

    Callbacks run from ``start`` (or the first ``spin``, ``spin_once``) until ``shutdown`` or the
    end of the context. Who spins gives nodes and entities that come and go their threads. What a
    callback raises goes to ``on_error``, in the callback's thread, and the rest goes on.
    """

    def __init__(
        self,
        *,
        context: Context | None = None,
        on_error: Callable[[BaseException], None] = report,
    ) -> None:
        self.on_error = on_error
        self._lanes: dict[object, _Lane] = {}
        self._task_threads: set[threading.Thread] = set()
        self._spinner: threading.Thread | None = None
        # Around lanes, task threads and the shutdown; nothing is called under it.
        self._lock = threading.Lock()
        super().__init__(context=context)
        self._context.on_shutdown(self._wake_lanes)
        _executors.add(self)

    @property
    def goes_on(self) -> bool:
        """False after a shutdown of this executor or of its context."""
        return bool(not self._is_shutdown and self._context.ok())

    def start(self) -> None:
        """Spin on a thread of its own until the shutdown.

        Callbacks run from now on.
        """
        self._spinner = threading.Thread(target=self._spin, name="executor", daemon=True)
        self._spinner.start()

    def spin_once(self, timeout_sec: float | None = None) -> None:
        """Give new entities their threads, and wait [s] for the next change.

        Not from two threads at a time.
        """
        timeout = FOREVER if timeout_sec is None or timeout_sec < 0 else int(timeout_sec * 1e9)
        guard = self._guard
        if guard is None:  # it was shut down; who goes on spinning all the same must not spin hot
            time.sleep(AWAIT_S)
            return
        try:
            with ExitStack() as held, suppress(InvalidHandle):  # it is shut down meanwhile
                watch = Watch(self._context, guard, (), held)
                self._assign()
                if self.goes_on:
                    watch.wait(timeout)
        except RuntimeError:  # rcl's, where the context ended between a look at it and its use
            if self.goes_on:
                raise

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
            threads = {lane.thread for lane in self._lanes.values()} | self._task_threads
            threads |= {self._spinner} if self._spinner is not None else set()
        self._wake_lanes()
        self.wake()
        for thread in threads - {threading.current_thread()}:
            thread.join(None if end is None else max(0.0, end - time.monotonic()))
        super().shutdown(0.0)
        return not any(thread.is_alive() for thread in threads - {threading.current_thread()})

    def busy(self) -> list[str]:
        """The names of the threads that are in a callback or task."""
        lanes = [lane.thread.name for lane in list(self._lanes.values()) if lane.calling]
        return lanes + [thread.name for thread in list(self._task_threads)]

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

    def retire(self, key: object, lane: _Lane) -> bool:
        """A lane asks whether it may end, for it has no entities."""
        with self._lock:
            if lane.entities:
                return False
            del self._lanes[key]
            return True

    def _spin(self) -> None:
        while self.goes_on:
            try:
                self.spin_once()
            except Exception as error:  # or entities that come later would never be heard
                if self.goes_on:
                    self.on_error(error)
                    time.sleep(RETRY_S)

    def _assign(self) -> None:
        wanted: dict[object, list[Entity]] = {}
        for kind, entity in (pair for node in self.get_nodes() for pair in entities_of(node)):
            group = entity.callback_group
            key = entity if isinstance(group, ReentrantCallbackGroup) else group
            wanted.setdefault(key, []).append((kind, entity))
        with self._lock:
            if self._is_shutdown:
                return
            for key in wanted.keys() - self._lanes.keys():
                self._lanes[key] = _Lane(self, key, label_of(wanted[key]))
            for key, lane in self._lanes.items():
                lane.give(wanted.get(key, []))

    def _run_task(self, task: Any) -> None:
        try:
            task()
            while not (task.done() or task.cancelled()) and self.goes_on:
                time.sleep(AWAIT_S)
                task()
            if task.exception() is not None:
                self.on_error(task.exception())
        finally:
            with self._lock:
                self._task_threads.discard(threading.current_thread())

    def _wake_lanes(self) -> None:
        for lane in list(self._lanes.values()):
            lane.wake()


class _Lane:
    """A thread that waits for some entities and calls back.

    It ends when it has none left.
    """

    def __init__(self, executor: GroupExecutor, key: object, name: str) -> None:
        self.entities: list[Entity] = []
        self.calling = False
        self._executor, self._key, self._changed = executor, key, True
        self._guard = GuardCondition(None, None, context=executor.context)
        take: dict[str, Callable[[Any], Callable[[], Coroutine[Any, Any, Any]] | None]]
        take = {kind: getattr(executor, f"_take_{kind}") for kind in (*KINDS, WAITABLE)}
        self._take = take
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    def give(self, entities: list[Entity]) -> None:
        """Give it the entities that it waits for from now on."""
        if entities != self.entities:
            self.entities, self._changed = entities, True
            self.wake()
        if self.thread.ident is None:
            self.thread.start()

    def wake(self) -> None:
        with suppress(InvalidHandle):  # it has ended
            self._guard.trigger()

    def _run(self) -> None:
        show_thread_name()
        executor = self._executor
        while executor.goes_on and (self.entities or not executor.retire(self._key, self)):
            self._changed = False
            try:
                with ExitStack() as held:
                    watch = Watch(executor.context, self._guard, self.entities, held)
                    while executor.goes_on and not self._changed:
                        for kind, entity in watch.wait(FOREVER):
                            if executor.goes_on:
                                self._call_back(kind, entity)
            except Exception as error:  # a lane that ended in silence would leave a stop unheard
                if executor.goes_on:
                    executor.on_error(error)
                    time.sleep(RETRY_S)
        self._guard.destroy()

    def _call_back(self, kind: str, entity: Any) -> None:
        self.calling, execute = True, None
        try:
            with suppress(InvalidHandle):  # it was destroyed by the callback before, or meanwhile
                execute = self._take[kind](entity)
            if execute is not None:
                self._executor.finish(execute())
        except Exception as error:  # a callback's border: the next ones are called
            self._executor.on_error(error)
        finally:
            self.calling = False


def busy() -> list[str]:
    """The names of the threads that are in a callback or task of any executor.

    Of those of this process.
    """
    return [name for executor in list(_executors) for name in executor.busy()]


@atexit.register
def _end_all() -> None:
    """Threads that wait in C++ must not outlive the interpreter."""
    for executor in list(_executors):
        executor.shutdown(RETRY_S)
