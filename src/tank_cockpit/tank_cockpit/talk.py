"""The conversation: sentences, their meaning, and how each step went. Pure.

Reports in, entries for the page out. An entry is told whole at each change.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from tank_client.narrator import ENDED, PlanKey, Understanding
from tank_cockpit.views.instead import nearest, ways_out
from tank_core.commands.wording import asks_back, in_words
from tank_executor.plan import PlanState, PlanStatus, StepOutcome, StepStatus, describe

KEPT = 200  # entries
THINKING, WAITING, NOT_UNDERSTOOD = "thinking", "waiting", "not understood"
# "Did you mean ...?", to be answered by yes or no; what would be done, and is not
ASKED, REHEARSED = "asked", "rehearsed"
# [s] after which a sentence that nobody has answered is told as such
SILENT_S = 20.0

Entry = dict[str, Any]


class Talk:
    """Keeps the entries; each method returns those that changed.

    Times ``now`` [s] are of the wall, since 1970, and are shown.
    """

    def __init__(self) -> None:
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._of_plan: dict[PlanKey, str] = {}
        self._number = 0

    @property
    def entries(self) -> list[Entry]:
        """All that are kept, the oldest first."""
        return list(self._entries.values())

    def said(self, text: str, now: float, *, dry: bool = False) -> Entry:
        """A page has said something; nobody has answered yet.

        ``dry``: it only wants to know what would be done.
        """
        return self._add(text, now, THINKING, dry)

    def unheard(self, entry: Entry, note: str) -> Entry:
        """Nobody hears a sentence."""
        entry |= {"state": "failed", "note": note}
        return entry

    def understood(self, understanding: Understanding, now: float) -> Entry:
        """A sentence was translated, said by a page or by somebody else."""
        key = understanding.stamp, understanding.instruction
        entry = self._find(key) or self._claim(understanding.instruction)
        if entry is None:
            entry = self._add(understanding.instruction, now, THINKING)
        self._of_plan[key] = entry["id"]
        entry["ms"] = round(understanding.latency * 1e3)
        if not understanding.understood:
            _not_understood(entry, understanding)
        elif entry["state"] == THINKING:  # the executor may be heard before the translator
            entry["state"] = WAITING
            entry["steps"] = [_step(StepOutcome(each)) for each in understanding.commands]
        return entry

    def rehearsed(self, understanding: Understanding, now: float) -> Entry:
        """The meaning of a sentence that nobody carries out."""
        text = understanding.instruction
        entry = self._claim(text, dry=True) or self._add(text, now, THINKING, True)
        entry["ms"] = round(understanding.latency * 1e3)
        if not understanding.understood:
            _not_understood(entry, understanding)
        else:
            entry["state"] = REHEARSED
            entry["steps"] = [_step(StepOutcome(each)) for each in understanding.commands]
        return entry

    def progressed(self, status: PlanStatus, now: float) -> Entry | None:
        """The executor tells of a plan; None where that is no news."""
        if status.plan is None or status.state is PlanState.IDLE:
            return None
        key = status.plan.stamp, status.plan.instruction
        entry = self._find(key) or self._claim(status.plan.instruction)
        if entry is None:
            what = status.plan.instruction or in_words(status.plan.commands)
            entry = self._add(what, now, THINKING)
        self._of_plan[key] = entry["id"]
        if entry["state"] in (NOT_UNDERSTOOD, ASKED):
            return None  # the executor refuses it, too, which is no news
        steps = [_step(outcome) for outcome in status.outcomes]
        if status.state is PlanState.RUNNING and status.step < len(steps):
            steps[status.step]["progress"] = round(min(1.0, max(0.0, status.progress)), 3)
        said = len(steps) == 1 and steps[0]["note"] and status.state in ENDED
        entry |= {
            "state": status.state.name.lower(),
            "note": "" if said else status.message,  # the one step of a plan has said it
            "queued": status.queued,
            "instead": ways_out(status),
        }
        if steps:
            entry["steps"] = steps
        return entry

    def silence(self, now: float) -> list[Entry]:
        """The sentences that nobody has answered by ``now``."""
        late = [
            entry
            for entry in self._entries.values()
            if entry["state"] == THINKING and now - entry["at"] > SILENT_S
        ]
        return [self.unheard(e, f"nobody has answered for {SILENT_S:g} s") for e in late]

    def _find(self, key: PlanKey) -> Entry | None:
        return self._entries.get(self._of_plan.get(key, ""))

    def _claim(self, instruction: str, *, dry: bool = False) -> Entry | None:
        """The oldest sentence of a page that waits for this answer.

        One too long comes back shortened.
        """
        shortened = instruction.removesuffix("...")
        for entry in self._entries.values():
            if (entry["state"], entry["dry"]) == (THINKING, dry) and (
                entry["text"] == instruction
                or (len(shortened) >= 300 and entry["text"].startswith(shortened))
            ):
                return entry
        return None

    def _add(self, text: str, now: float, state: str, dry: bool = False) -> Entry:
        self._number += 1
        entry: Entry = {
            "id": str(self._number), "at": now, "text": text, "state": state, "note": "",
            "ms": 0, "queued": 0, "steps": [], "instead": [], "dry": dry,
        }  # fmt: skip
        self._entries[entry["id"]] = entry
        while len(self._entries) > KEPT:
            gone, _ = self._entries.popitem(last=False)
            self._of_plan = {key: at for key, at in self._of_plan.items() if at != gone}
        return entry


def _not_understood(entry: Entry, understanding: Understanding) -> None:
    """Tell why nothing is done and what to say, or what was asked back."""
    why = understanding.reason or "no reason was given"
    asked = asks_back(why)
    entry |= {
        "state": ASKED if asked else NOT_UNDERSTOOD,
        "note": why,
        "instead": [] if asked else nearest(understanding.instruction),
    }


def _step(outcome: StepOutcome) -> dict[str, Any]:
    """A step as the page shows it."""
    done = outcome.status is StepStatus.SUCCEEDED
    return {
        "text": describe(outcome.command),
        "state": outcome.status.name.lower(),
        "progress": 1.0 if done else 0.0,
        "note": outcome.message,
        "seconds": round(outcome.duration, 1),
        "answer": outcome.answer.text if outcome.answer is not None else "",
        "photo": outcome.photo.path if outcome.photo is not None else "",
    }
