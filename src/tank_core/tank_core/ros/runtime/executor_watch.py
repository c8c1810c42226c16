"""A wait set of some of rclpy's entities, kept from wait to wait.

GroupExecutor has one for all of its idle groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import Any, NamedTuple

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.context import Context
from rclpy.exceptions import InvalidHandle
from rclpy.guard_condition import GuardCondition
from rclpy.impl.implementation_singleton import rclpy_implementation as _rclpy

FOREVER = -1
SUBSCRIPTION, WAITABLE = "subscription", "waitable"
# Kinds of entities in the order in which a wait set counts them, with their names in a node, and in
# a waitable's count.
KINDS = {
    SUBSCRIPTION: ("subscriptions", "num_subscriptions"),
    "guard_condition": ("guards", "num_guard_conditions"),
    "timer": ("timers", "num_timers"),
    "client": ("clients", "num_clients"),
    "service": ("services", "num_services"),
}


class Entity(NamedTuple):
    """A part of a node that is waited for: its kind, and rclpy's object.

    ``group``: of those with the same, one is called back at a time: its callback group, or in a
    reentrant one the object itself.
    """

    kind: str
    it: Any
    group: object


class GuardedWaitSet:
    """A wait set of a guard condition and some entities.

    What is destroyed meanwhile is kept until ``held`` ends, but gives nothing any more.
    """

    def __init__(
        self,
        context: Context,
        guard: GuardCondition,
        entities: Sequence[Entity],
        held: ExitStack,
    ) -> None:
        """Raises InvalidHandle when the guard condition was destroyed."""
        held.enter_context(context.handle)
        held.enter_context(guard.handle)
        counts, events = dict.fromkeys(KINDS, 0) | {"guard_condition": 1}, 0
        waitables, plain = list[Entity](), list[Entity]()
        for entity in entities:
            with suppress(InvalidHandle):  # it is gone already
                held.enter_context(entity.it if entity.kind == WAITABLE else entity.it.handle)
                if entity.kind == WAITABLE:
                    waitables.append(entity)
                    number = entity.it.get_num_entities()
                    for key, (_, attribute) in KINDS.items():
                        counts[key] += getattr(number, attribute)
                    events += number.num_events
                else:
                    plain.append(entity)
                    counts[entity.kind] += 1
        self._set = _rclpy.WaitSet(*counts.values(), events, context.handle)
        self._waitables, self._guard = waitables, guard.handle
        # A wait set forgets its entities with each wait: what puts them in again is looked up once.
        self._adds = [
            (getattr(self._set, f"add_{entity.kind}"), entity.it.handle) for entity in plain
        ]
        self._plain = {
            kind: {e.it.handle.pointer: e for e in plain if e.kind == kind}
            for kind in dict.fromkeys([*(e.kind for e in plain), "guard_condition"])
        }

    def wait(self, timeout_ns: int) -> tuple[list[Entity], bool]:
        """Wait until something is ready, the guard triggers, or time is up.

        Returns the entities that are ready, and whether the guard has triggered.
        """
        wait_set = self._set
        wait_set.clear_entities()
        wait_set.add_guard_condition(self._guard)
        for add, handle in self._adds:
            add(handle)
        added = []
        for waitable in self._waitables:
            with suppress(InvalidHandle):  # it was destroyed, and its executor will hear of it
                waitable.it.add_to_wait_set(wait_set)
                added.append(waitable)
        wait_set.wait(timeout_ns)
        ready = [each for each in added if each.it.is_ready(wait_set)]
        woken = False
        for kind, entities in self._plain.items():
            for pointer in wait_set.get_ready_entities(kind):
                entity = entities.get(pointer)
                if entity is None:  # a waitable's, or the guard
                    woken = woken or pointer == self._guard.pointer
                # A timer that was cancelled meanwhile counts as ready in a wait set.
                elif kind != "timer" or entity.it.handle.is_timer_ready():
                    ready.append(entity)
        return ready, woken


def entities_of(node: Any) -> Iterator[Entity]:
    for kind, (several, _) in KINDS.items():
        for entity in getattr(node, several):
            yield _entity(kind, entity)
    for waitable in node.waitables:
        yield _entity(WAITABLE, waitable)


def _entity(kind: str, it: Any) -> Entity:
    group = it.callback_group
    return Entity(kind, it, it if isinstance(group, ReentrantCallbackGroup) else group)


def label_of(entity: Entity) -> str:
    """A name for an entity: its topic's, its service's, or else its kind."""
    it = entity.it
    return str(getattr(it, "topic_name", None) or getattr(it, "srv_name", None) or entity.kind)
