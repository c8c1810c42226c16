"""A wait set of some of rclpy's entities, kept from wait to wait.

GroupExecutor has one for each of its threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import Any

from rclpy.context import Context
from rclpy.exceptions import InvalidHandle
from rclpy.guard_condition import GuardCondition
from rclpy.impl.implementation_singleton import rclpy_implementation as _rclpy

FOREVER = -1
WAITABLE = "waitable"
# Kinds of entities in the order in which a wait set counts them, with their names in a node, and in
# a waitable's count.
KINDS = {
    "subscription": ("subscriptions", "num_subscriptions"),
    "guard_condition": ("guards", "num_guard_conditions"),
    "timer": ("timers", "num_timers"),
    "client": ("clients", "num_clients"),
    "service": ("services", "num_services"),
}
Entity = tuple[str, Any]  # its kind, and rclpy's object


class Watch:
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
        self._guard, self._entities, self._waitables = guard, list[Entity](), list[Any]()
        counts, events = dict.fromkeys(KINDS, 0) | {"guard_condition": 1}, 0
        for kind, entity in entities:
            with suppress(InvalidHandle):  # it is gone already
                held.enter_context(entity if kind == WAITABLE else entity.handle)
                if kind == WAITABLE:
                    self._waitables.append(entity)
                    number = entity.get_num_entities()
                    for key, (_, attribute) in KINDS.items():
                        counts[key] += getattr(number, attribute)
                    events += number.num_events
                else:
                    self._entities.append((kind, entity))
                    counts[kind] += 1
        self._kinds = {kind for kind, _ in self._entities}
        self._set = _rclpy.WaitSet(*counts.values(), events, context.handle)

    def wait(self, timeout_ns: int) -> list[Entity]:
        """Wait until something is ready, the guard triggers, or time is up.

        Returns the entities that are ready.
        """
        wait_set = self._set
        wait_set.clear_entities()
        wait_set.add_guard_condition(self._guard.handle)
        for kind, entity in self._entities:
            getattr(wait_set, f"add_{kind}")(entity.handle)
        added = []
        for waitable in self._waitables:
            with suppress(InvalidHandle):  # it was destroyed, and this lane will hear of it
                waitable.add_to_wait_set(wait_set)
                added.append(waitable)
        wait_set.wait(timeout_ns)
        ready = {kind: set(wait_set.get_ready_entities(kind)) for kind in self._kinds}
        due: list[Entity] = [(WAITABLE, each) for each in added if each.is_ready(wait_set)]
        for kind, entity in self._entities:
            # A timer that was cancelled meanwhile counts as ready in a wait set.
            cancelled = kind == "timer" and not entity.handle.is_timer_ready()
            if entity.handle.pointer in ready[kind] and not cancelled:
                due.append((kind, entity))
        return due


def entities_of(node: Any) -> Iterator[Entity]:
    for kind, (several, _) in KINDS.items():
        yield from ((kind, entity) for entity in getattr(node, several))
    yield from ((WAITABLE, entity) for entity in node.waitables)


def label_of(entities: Sequence[Entity]) -> str:
    """The name of a thread: its first entity, and how many more there are."""
    kind, entity = entities[0]
    name = getattr(entity, "topic_name", None) or getattr(entity, "srv_name", None) or kind
    return f"{name} and {len(entities) - 1} more" if len(entities) > 1 else str(name)
