"""Which messages of a recording are due. Pure: time is an argument."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain

from tank_recording.reading import Message, Recording


class Playback:
    """A recording's messages, ``rate`` times as fast, from ``start`` [s] on.

    What latched topics said before the start comes first, at once: it still holds.
    """

    def __init__(
        self,
        recording: Recording,
        topics: Collection[str],
        rate: float = 1.0,
        start: float = 0.0,
    ) -> None:
        self._recording, self._rate, self._start = recording, rate, start
        since = recording.start + round(start * 1e9)
        latched = [topic for topic in topics if is_latched(recording, topic)]
        before = (one for one in recording.messages(latched) if one.at < since) if start else ()
        self._messages = chain(before, recording.messages(topics, since))
        self._next = next(self._messages, None)

    @property
    def ended(self) -> bool:
        """Whether all has come."""
        return self._next is None

    def position(self, elapsed: float) -> float:
        """The place [s] in the recording, ``elapsed`` [s] after the beginning."""
        return min(self._recording.seconds, self._start + elapsed * self._rate)

    def due(self, elapsed: float) -> Iterator[Message]:
        """The messages due ``elapsed`` [s] after the beginning, each once."""
        until = self._recording.start + round((self._start + elapsed * self._rate) * 1e9)
        while self._next is not None and self._next.at <= until:
            message, self._next = self._next, next(self._messages, None)
            yield message


class Transport:
    """A playback that somebody halts, lets go on, and moves to another place.

    Times ``now`` [s] are of a clock that nobody sets.
    """

    def __init__(
        self, recording: Recording, topics: Collection[str], rate: float, start: float, now: float
    ) -> None:
        self._recording, self._topics, self._rate = recording, list(topics), rate
        self.playing = True
        self.seek(start, now)

    @property
    def ended(self) -> bool:
        """Whether the last message has come."""
        return self._playback.ended

    def seek(self, at: float, now: float) -> None:
        """Go on from another place [s]; as it is, playing or not."""
        at = min(max(0.0, at), self._recording.seconds)
        self._playback = Playback(self._recording, self._topics, self._rate, at)
        self._elapsed, self._then = 0.0, now

    def play(self, on: bool, now: float) -> None:
        """Go on, from the beginning where the end was reached; or halt."""
        self._pass(now)
        if on and self.ended:
            self.seek(0.0, now)
        self.playing = on

    def due(self, now: float) -> Iterator[Message]:
        """The messages that are due now, each once. It halts at the end."""
        self._pass(now)
        yield from self._playback.due(self._elapsed)
        if self.ended:
            self.playing = False

    def line(self, now: float) -> str:
        """The time line."""
        return time_line(self.position(now), self._recording.seconds)

    def position(self, now: float) -> float:
        """The place in the recording [s]."""
        self._pass(now)
        return self._playback.position(self._elapsed)

    def _pass(self, now: float) -> None:
        self._elapsed += (now - self._then) * self.playing
        self._then = now


def is_latched(recording: Recording, topic: str) -> bool:
    """Whether a topic's last message holds for who comes late."""
    profiles = recording.topics[topic].profiles
    return bool(profiles) and all(one.get("durability") == "transient_local" for one in profiles)


def time_line(position: float, length: float, width: int = 30) -> str:
    """A place in a recording, both in [s], as ``0:07 ━━━───── 0:31``."""
    done = round(width * position / length) if length > 0.0 else width
    return f"{clock(position)} {'━' * done}{'─' * (width - done)} {clock(length)}"


def clock(seconds: float) -> str:
    """A time as minutes and seconds."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
