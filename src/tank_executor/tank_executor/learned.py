"""The learned skills that an executor has, and who thinks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tank_core.skill import Chunk, Observation, Skill

Thought = Callable[[], Chunk | None]  # what came out of thinking; None: not ready yet
# Let a skill think about an observation; True: it forgets before what it saw in another try.
Think = Callable[[Skill, Observation, bool], Thought]


def at_once(skill: Skill, seen: Observation, anew: bool) -> Thought:
    """Think here and now: the answer is ready when this returns."""
    chunk = think(skill, seen, anew)
    return lambda: chunk


def think(skill: Skill, seen: Observation, anew: bool) -> Chunk:
    """Ask a skill; ``anew``: it forgets before what it saw."""
    if anew:
        skill.reset()
    return skill.act(seen)


@dataclass(frozen=True)
class Learned:
    """The skills that were chosen, by the action that they carry out.

    ``fallback``: where one fails, the stack's own way is tried once, and that is said. ``think``
    may let a skill think in another thread, so that a stop never waits for it.
    """

    skills: Mapping[str, Skill] = field(default_factory=dict)
    fallback: bool = False
    think: Think = at_once


NOTHING = Learned()
