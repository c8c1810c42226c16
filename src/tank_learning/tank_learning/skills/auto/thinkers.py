"""Thinkers: what a learner's next round should be, from the rounds before it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from tank_core.exceptions import ConfigFileError, TankError
from tank_core.io.config_file import build
from tank_learning.language.asking.endpoint import ChatEndpoint
from tank_learning.skills.auto.learner import FOCUSES, LEAST, MOST, Round, Settings, Thinker

OVERFITTED = 1.25  # times the training loss: validation is so much worse for want of data
LOPSIDED = 1.15  # times the mean of the parts: one part is so much worse
GAIN = 0.02  # a round that improves validation by less has gained nothing
GROWTH = 1.5  # times what was done before
ANSWER_TOKENS = 200
SHOWN = 8  # rounds that an endpoint is told, the last ones
PROMPT = (
    "You steer the training of a world model for a small robot that turns on the spot: from a "
    "picture and a turn it predicts the next picture. A round collects transitions, trains, and "
    "validates on data that are never trained on. The rounds so far, as JSON: {rounds}. parts are "
    "validation losses by where things stand: left, middle, right. Collecting a transition costs "
    "about a third of an update. Decide the next round. Answer with JSON alone, such as {example}. "
    "collect: {least.collect} to {most.collect}; updates: {least.updates} to {most.updates}; rate "
    "(learning rate): {least.rate} to {most.rate}; focus: one of {focuses}; pause: true if other "
    "things should be put before the robot first; why: one short sentence."
)


FIXED = Settings(why="always the same")


@dataclass(frozen=True)
class FixedThinker:
    """Always the same: what thinking has to beat."""

    settings: Settings = FIXED

    def think(self, rounds: tuple[Round, ...]) -> Settings:
        return self.settings


class RuleThinker:
    """A few rules of thumb.

    Too few data: more of them, where it fails. No progress: longer training, then other things.
    """

    def think(self, rounds: tuple[Round, ...]) -> Settings:
        last = rounds[-1]
        now = replace(last.settings, pause=False)
        idle = _idle_rounds(rounds)
        if idle >= 2 and not last.settings.pause:
            return replace(
                now, focus="all", pause=True, why="two rounds without gain: other things"
            )
        if last.validation > OVERFITTED * last.training:
            return replace(
                now,
                collect=round(now.collect * GROWTH),
                focus=_worst(last.parts),
                why="worse on other data than on its own: more data, where it fails",
            )
        if idle:
            return replace(
                now,
                updates=round(now.updates * GROWTH),
                focus="all",
                why="no gain, and not for want of data: longer training",
            )
        return replace(now, focus="all", why="it gains: on like this")


def _idle_rounds(rounds: tuple[Round, ...]) -> int:
    """Count the rounds at the end that have gained nothing.

    Over the best before them.
    """
    best, idle = float("inf"), 0
    for each in rounds:
        idle = 0 if each.validation < best * (1 - GAIN) else idle + 1
        best = min(best, each.validation)
    return idle


def _worst(parts: tuple[float, ...]) -> str:
    """The part that is clearly worse than the others; "all" where none is."""
    if not parts or max(parts) < LOPSIDED * sum(parts) / len(parts):
        return "all"
    return FOCUSES[1 + parts.index(max(parts))]


class EndpointThinker:
    """A model behind an OpenAI-compatible endpoint.

    The rules think where its answer is none.
    ``say`` is told each time that the rules stepped in, and why.
    """

    def __init__(
        self,
        endpoint: ChatEndpoint,
        model: str,
        say: Callable[[str], None] = print,
        fallback: Thinker | None = None,
    ) -> None:
        self._endpoint, self._model, self._say = endpoint, model, say
        self._fallback = fallback or RuleThinker()

    def think(self, rounds: tuple[Round, ...]) -> Settings:
        try:
            said = self._endpoint.ask(
                self._model,
                [{"role": "user", "content": _question(rounds)}],
                len(rounds),
                ANSWER_TOKENS,
                0.0,
            )
            return _settings(said, rounds[-1].settings)
        except TankError as error:
            self._say(f"the rules think instead: {error}")
            return self._fallback.think(rounds)


def _question(rounds: tuple[Round, ...]) -> str:
    example = json.dumps(asdict(replace(rounds[-1].settings, why="it still gains")))
    shown = json.dumps([asdict(each) for each in rounds[-SHOWN:]])
    return PROMPT.format(
        rounds=shown, example=example, least=LEAST, most=MOST, focuses=", ".join(FOCUSES)
    )


def _settings(said: str, last: Settings) -> Settings:
    """The settings in an answer; what it leaves out stays as it was.

    Raises TankError for an answer that holds none.
    """
    found = re.search(r"\{.*\}", said, re.DOTALL)
    try:
        given = json.loads(found.group() if found else said)
        settings: Settings = build(
            Settings, {**asdict(replace(last, pause=False)), **given}, "settings"
        )
    except (ValueError, TypeError, ConfigFileError) as error:
        raise TankError(f"the endpoint's answer {said[:80]!r} is no settings ({error})") from None
    if settings.focus not in FOCUSES:
        raise TankError(f"focus {settings.focus!r} is none of {', '.join(FOCUSES)}")
    return settings
