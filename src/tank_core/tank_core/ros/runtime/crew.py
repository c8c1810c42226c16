"""The threads that call back for GroupExecutor, and who of them waits for what."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Protocol

from rclpy.context import Context
from rclpy.exceptions import InvalidHandle
from rclpy.guard_condition import GuardCondition

from tank_core.io.thread_name import show_thread_name
from tank_core.ros.runtime.alarm import Alarm
from tank_core.ros.runtime.executor_watch import FOREVER, Entity, GuardedWaitSet, label_of
from tank_core.ros.runtime.liveliness import Lively

# [s] that the leader may take for what one wait brought, before another thread leads: the longest
# that a stop waits behind the callbacks of others
PATIENCE_S = 0.02
SPARE = 2  # threads that stay when nothing is to be done, besides the two that wait
RETRY_S = 0.5  # [s] after a wait that failed


class CrewWork(Protocol):
    """An executor, for which a crew works."""

    @property
    def goes_on(self) -> bool:
        """False when nothing is to be called back any more."""

    @property
    def guard(self) -> GuardCondition | None:
        """It triggers when entities came or went."""

    @property
    def context(self) -> Context:
        """The one of all entities."""

    def entities(self) -> list[Entity]:
        """All there are now."""

    def tell(self, error: BaseException) -> None:
        """Let somebody know of an error; raises nothing."""

    def call_back(self, entity: Entity) -> None:
        """Take what is ready of it, and call back; raises nothing."""


class Crew:
    """Some threads of which one, the leader, waits and calls back.

    When what it calls takes over PATIENCE_S, another one leads: it waits for all groups but those
    that are being called. The one that was late ends its callback and comes back to the others.

    A wait costs by the entity, and of a hundred entities most, the services, are quiet. So the
    leader waits for the lively ones alone, and the lookout, another thread, for the quiet ones,
    which it hands over. So there are as many threads as callbacks that take long, the leader, the
    lookout, and one or two that wait for their turn.
    """

    def __init__(self, work: CrewWork) -> None:
        self._work = work
        self._alarm: Alarm | None = None  # it goes off when somebody else is to lead
        self._bell = GuardCondition(None, None, context=work.context)  # wakes the leader
        # Around everything below. Nothing is called under it, not even goes_on: a context that ends
        # holds a lock of its own while it tells us.
        self._lock = threading.Lock()
        self._leader: threading.Thread | None = None
        self._since: float | None = None  # when its last wait ended, while it calls back
        self._due: deque[Entity] = deque()  # what is ready, not called back yet
        self._busy: dict[object, Entity] = {}  # by their groups
        self._owed: dict[object, deque[Entity]] = {}  # ready, of groups that are busy
        self._lively = Lively()
        # Set before a guard condition triggers, and looked at by who wakes for whatever reason:
        # under load a trigger was lost that came while a wait ended for something else.
        self._rung = self._called_out = False
        self._idle = 0  # threads that wait for the alarm
        self._threads: set[threading.Thread] = set()

    def start(self) -> None:
        """Call back from now on. Idempotent."""
        goes_on = self._work.goes_on
        with self._lock:
            if self._alarm is None and goes_on:
                self._alarm = Alarm()
                self._add_thread(self._look_out)
                self._add_idle()
                self._alarm.set(0.0)

    def end(self) -> None:
        """Let the threads end; the work does not go on."""
        with self._lock:
            if self._alarm is not None:
                self._alarm.set(0.0)
        self._ring()
        self.call_lookout()

    def threads(self) -> set[threading.Thread]:
        """Those that have not ended."""
        with self._lock:
            return set(self._threads)

    def busy(self) -> list[str]:
        """The names of what is being called back."""
        with self._lock:
            return [label_of(entity) for entity in self._busy.values()]

    def _ring(self) -> None:
        self._rung = True
        with suppress(InvalidHandle):  # everything has ended
            self._bell.trigger()

    def call_lookout(self) -> None:
        """Let the lookout see anew what entities there are."""
        self._called_out = True
        guard = self._work.guard
        with suppress(InvalidHandle):  # it was shut down meanwhile
            if guard is not None:
                guard.trigger()

    def _add_thread(self, run: Callable[[Alarm], None]) -> None:
        """Under the lock."""
        thread = threading.Thread(target=self._run, args=(run,), name="callbacks", daemon=True)
        self._threads.add(thread)
        thread.start()

    def _add_idle(self) -> None:
        """Under the lock."""
        self._idle += 1
        self._add_thread(self._take_turns)

    def _run(self, work: Callable[[Alarm], None]) -> None:
        show_thread_name()
        alarm = self._alarm
        assert alarm is not None  # it is there before the first thread
        work(alarm)
        ended = not self._work.goes_on
        with self._lock:
            self._threads.discard(threading.current_thread())
            if not self._threads:
                self._alarm = None
                alarm.close()
                self._bell.destroy()
            elif ended:
                alarm.set(0.0)  # the next one ends, too

    def _take_turns(self, alarm: Alarm) -> None:
        """Wait for the alarm, lead, and wait again."""
        me = threading.current_thread()
        while self._work.goes_on:
            alarm.wait()
            if self._work.goes_on and self._take_over(me):
                self._lead(me)
                with self._lock:
                    self._idle += 1
                    if self._idle > SPARE:
                        break
        with self._lock:
            self._idle -= 1

    def _take_over(self, me: threading.Thread) -> bool:
        """Become the leader, where there is none or it is late."""
        with self._lock:
            late = self._since is not None and time.monotonic() - self._since > 0.9 * PATIENCE_S
            if self._leader is not None and not late:
                return False
            self._leader = me
            self._idle -= 1
            if not self._idle:
                self._add_idle()
            self._begin()
            return True

    def _begin(self) -> None:
        """Note that what is due is called back from now on. Under the lock."""
        if self._alarm is not None:
            self._since = time.monotonic()
            self._alarm.set(PATIENCE_S)

    def _look_out(self, _: Alarm) -> None:
        """Wait for the quiet ones, and for those that come and go."""
        while self._work.goes_on:
            with _tried(self._work):
                self._wait_for_quiet()

    def _wait_for_quiet(self) -> None:
        guard = self._work.guard
        if guard is None:  # it was shut down
            return
        self._called_out = False
        entities = self._work.entities()
        with self._lock:
            changed = self._lively.see(entities)
            quiet = self._lively.quiet
        if changed:
            self._ring()
        with ExitStack() as held:
            watch, woken = GuardedWaitSet(self._work.context, guard, quiet, held), False
            ready: list[Entity] = []
            while not (ready or woken or self._called_out):
                ready, woken = watch.wait(FOREVER)
        if ready:
            with self._lock:
                self._lively.hand_over(ready)
                self._due.extend(ready)
            self._ring()

    def _lead(self, me: threading.Thread) -> None:
        """Wait for the lively ones and call back, until another one leads."""
        while self._call_due(me) and self._work.goes_on:
            with _tried(self._work):
                self._wait_for_lively(me)
            with self._lock:
                if self._leader is me:
                    self._begin()

    def _wait_for_lively(self, me: threading.Thread) -> None:
        """The same until the bell rings."""
        self._rung = False
        with self._lock:
            lively = [each for each in self._lively.lively if each.group not in self._busy]
        with ExitStack() as held:
            watch, woken = GuardedWaitSet(self._work.context, self._bell, lively, held), False
            while self._work.goes_on and not (woken or self._rung):
                ready, woken = watch.wait(FOREVER)
                with self._lock:
                    self._due.extend(ready)
                    self._begin()
                if not self._call_due(me):
                    return

    def _call_due(self, me: threading.Thread) -> bool:
        """Call back what is due; False when another one leads meanwhile."""
        while (entity := self._next(me)) is not None:
            self._work.call_back(entity)
            with self._lock:
                back = self._lively.called(entity)
                on_time = self._leader is me
                if on_time:
                    del self._busy[entity.group]
            if back:
                self.call_lookout()
            if not on_time:
                self._end_late(entity.group)
        with self._lock:
            return self._leader is me

    def _next(self, me: threading.Thread) -> Entity | None:
        goes_on = self._work.goes_on
        with self._lock:
            while self._leader is me and goes_on and self._due:
                entity = self._due.popleft()
                if entity.group not in self._busy:
                    self._busy[entity.group] = entity
                    return entity
                self._owed.setdefault(entity.group, deque()).append(entity)
            if self._leader is me:
                self._since = None
                if self._alarm is not None:
                    self._alarm.clear()
        return None

    def _end_late(self, group: object) -> None:
        """Call back what a group is owed; then tell the leader that it is idle."""
        while True:
            goes_on = self._work.goes_on
            with self._lock:
                owed = self._owed.get(group)
                if not owed or not goes_on:
                    self._owed.pop(group, None)
                    del self._busy[group]
                    break
                entity = self._busy[group] = owed.popleft()
            self._work.call_back(entity)
            with self._lock:
                back = self._lively.called(entity)
            if back:
                self.call_lookout()
        self._ring()


@contextmanager
def _tried(work: CrewWork) -> Iterator[None]:
    """A border: what a wait raises is told, and it is tried again.

    A crew that ended in silence would leave a stop unheard.
    """
    try:
        yield
    except InvalidHandle:  # what it waited for is gone
        pass
    except Exception as error:
        if work.goes_on:
            work.tell(error)
            time.sleep(RETRY_S)
