"""A run of requests to language models, kept in a file that is always valid.

It goes on where it stopped.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tank_core.english.plain import normalize
from tank_core.exceptions import TankError
from tank_learning.language.asking.answers import Rejected, read_answer
from tank_learning.language.corpus import records
from tank_learning.language.corpus.records import Record

Ask = Callable[[int, str], str]  # (number of the request, model) to the answer's text
SECRET = "evaluation sentence"  # never written anywhere, lest somebody reads it and trains on it


def evaluation_keys(root: Path) -> frozenset[str]:
    """The normalized evaluation sentences of a checkout.

    Raises TankError when a file of them cannot be read.
    """
    return frozenset(key for path in sorted((root / "eval").glob("*.jsonl")) for key in _keys(path))


def _keys(path: Path) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            yield normalize(json.loads(line)["instruction"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise TankError(
                f"{path}:{number} is no evaluation sentence; correct it, so that its sentences can "
                "be kept out"
            ) from None


@dataclass
class Collection:
    """The files of a run of requests.

    The output, OUT.rejected.jsonl beside it, and OUT.state.json with the number of finished
    requests.
    """

    out: Path
    seed: int
    handwritten: frozenset[str] = frozenset()  # normalized sentences that are not wanted again
    evaluation: frozenset[str] = frozenset()
    finished: int = 0
    seen: set[str] = field(default_factory=set)
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def state(self) -> Path:
        return self.out.with_name(self.out.name + ".state.json")

    @property
    def rejected(self) -> Path:
        return self.out.with_name(self.out.name + ".rejected.jsonl")

    def resume(self) -> None:
        """Take up what an earlier run left.

        Raises TankError when that had another seed.
        """
        for path in (self.out, self.rejected):
            _mend_end(path)
        self.seen = (
            {entry.key for entry in records.read(self.out) if isinstance(entry, Record)}
            if self.out.exists()
            else set()
        )
        if self.state.exists():
            self.finished = _finished(self.state, self.seed)

    def add(self, answer: str, source: str) -> tuple[int, Counter[str]]:
        """Keep the good pairs of an answer and count the request as finished.

        (kept, dropped by reason).
        """
        judged = [self._judged(entry) for entry in read_answer(answer, source)]
        kept = [entry for entry in judged if isinstance(entry, Record)]
        rejected = [entry for entry in judged if isinstance(entry, Rejected)]
        _append(self.rejected, (_rejected_line(entry, source, self.finished) for entry in rejected))
        _append(self.out, (entry.line() for entry in kept))
        self.finished += 1
        _replace(self.state, {"seed": self.seed, "finished": self.finished})
        dropped = Counter(entry.reason for entry in rejected)
        self.dropped += dropped
        return len(kept), dropped

    def _judged(self, entry: Record | Rejected) -> Record | Rejected:
        if isinstance(entry, Rejected):
            return entry
        known = (
            (SECRET, self.evaluation),
            ("hand-written", self.handwritten),
            ("duplicate", self.seen),
        )
        for reason, keys in known:
            if entry.key in keys:
                return Rejected(reason, "", "" if reason == SECRET else entry.instruction)
        self.seen.add(entry.key)
        return entry


def collect(
    collection: Collection,
    models: Sequence[str],
    requests: int,
    ask: Ask,
    say: Callable[[str], None],
) -> None:
    """Ask until ``requests`` requests are finished, the models in turn."""
    with _alone(collection.out):
        collection.resume()
        if collection.finished:
            say(
                f"{collection.out}: {collection.finished} requests are finished, "
                f"{len(collection.seen)} sentences are there; going on"
            )
        start, first = time.monotonic(), collection.finished
        for number in range(first, requests):
            model = models[number % len(models)]
            kept, dropped = collection.add(ask(number, model), f"endpoint/{model}")
            left_s = (time.monotonic() - start) / (number + 1 - first) * (requests - number - 1)
            why = f" ({_listed(dropped)})" if dropped else ""
            say(
                f"request {number + 1}/{requests} {model}: {kept} kept, {dropped.total()} "
                f"dropped{why}; {len(collection.seen)} in all, {left_s:.0f} s left"
            )


def summary(collection: Collection) -> str:
    """Say in one line how a run went."""
    why = (
        f" dropped in this run: {_listed(collection.dropped)}, see {collection.rejected}."
        if collection.dropped
        else ""
    )
    return (
        f"{collection.out}: {len(collection.seen)} sentences from {collection.finished} "
        f"requests.{why}"
    )


def _listed(dropped: Counter[str]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in dropped.most_common())


def _finished(state: Path, seed: int) -> int:
    try:
        data = json.loads(state.read_text(encoding="utf-8"))
        begun, finished = int(data["seed"]), int(data["finished"])
    except (OSError, ValueError, KeyError, TypeError):
        raise TankError(
            f"{state} is damaged; delete it to begin counting requests again (no sentence is lost)"
        ) from None
    if begun != seed:
        raise TankError(
            f"{state} was begun with --seed {begun}, not {seed}; use that seed, or another --out"
        )
    return finished


def _rejected_line(entry: Rejected, source: str, number: int) -> str:
    data = {
        "request": number,
        "source": source,
        "reason": entry.reason,
        "detail": entry.detail,
        "text": entry.text,
    }
    return json.dumps(data, ensure_ascii=False)


def _append(path: Path, lines: Iterable[str]) -> None:
    """All lines in one write, on the disk when this returns.

    A file never ends in the middle of one unless the machine dies.
    """
    data = "".join(line + "\n" for line in lines).encode("utf-8", errors="replace")
    with path.open("ab", buffering=0) as file:
        file.write(data)
        os.fsync(file.fileno())


def _replace(path: Path, data: dict[str, int]) -> None:
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(data) + "\n", encoding="utf-8")
    new.replace(path)


def _mend_end(path: Path) -> None:
    """Cut off a last line that was not written to its end."""
    data = path.read_bytes() if path.exists() else b""
    if not data or data.endswith(b"\n"):
        return
    end = data.rfind(b"\n") + 1
    try:
        json.loads(data[end:])
        path.write_bytes(data + b"\n")
    except ValueError:
        path.write_bytes(data[:end])


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Holds the output for this process.

    Raises TankError when another one does, or when it cannot be written.
    """
    try:
        file = out.open("ab")
    except OSError as error:
        raise TankError(f"{out} cannot be written: {error.strerror}; give another --out") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TankError(
                f"another ./tank data ask writes to {out}; wait for it, or give another --out"
            ) from None
        yield
