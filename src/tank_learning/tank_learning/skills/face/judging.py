"""Judges of predicted pictures.

In which of them is the wanted thing nearest to the middle?
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.commands import Color
from tank_core.exceptions import TankError
from tank_core.state import Image
from tank_learning.language.asking.endpoint import ChatEndpoint
from tank_learning.skills.face.sighting import ColorSight, turn_cost
from tank_skills.turning import TURNS_DEG

Pictures = npt.NDArray[np.uint8]  # (turns, height, width, 3), after each turn of TURNS_DEG

ENLARGED = 6  # times, for a model that was made for larger pictures
ANSWER_TOKENS = 60
QUESTION = (
    "A robot considers {count} turns. The pictures, numbered from 0, show what its camera would "
    "see after each. In which one is the {color} thing nearest to the vertical middle line? Answer "
    'with JSON alone: {{"best": NUMBER}}, or {{"best": null}} where none shows a {color} thing.'
)


class JudgeError(TankError):
    """An answer that is no judgment."""


class Judge(Protocol):
    """Ranks what a world model predicts."""

    def best(self, pictures: Pictures, wanted: Color) -> int | None:
        """Return the index of the best picture.

        None where none shows the wanted thing.
        """


class RuleJudge:
    """Perception's own color model on the predicted pictures."""

    def __init__(self, sight: ColorSight) -> None:
        self._sight = sight

    def best(self, pictures: Pictures, wanted: Color) -> int | None:
        costs = [
            turn_cost(turn, off)
            if (off := self._sight.bearing_deg(picture, wanted)) is not None
            else np.inf
            for turn, picture in zip(TURNS_DEG, pictures, strict=True)
        ]
        return int(np.argmin(costs)) if min(costs) < np.inf else None


class EndpointJudge:
    """Any OpenAI-compatible endpoint whose model sees pictures.

    One request a judgment.
    It is slow, so it is for labels, never for driving.
    """

    def __init__(self, endpoint: ChatEndpoint, model: str, seed: int = 0) -> None:
        self._endpoint, self._model, self._seed = endpoint, model, seed

    def best(self, pictures: Pictures, wanted: Color) -> int | None:
        """Return the index that the model gives, or None.

        Raises JudgeError for an answer that is none, EndpointError where there is none.
        """
        text = QUESTION.format(count=len(pictures), color=wanted)
        content: list[dict[str, Any]] = [{"type": "text", "text": text}]
        for number, picture in enumerate(pictures):
            content += [
                {"type": "text", "text": f"{number}:"},
                {"type": "image_url", "image_url": {"url": _as_url(picture)}},
            ]
        said = self._endpoint.ask(
            self._model, [{"role": "user", "content": content}], self._seed, ANSWER_TOKENS, 0.0
        )
        return _judgment(said, len(pictures))


def _as_url(picture: Image) -> str:
    large = cv2.resize(picture, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
    png = cv2.imencode(".png", cv2.cvtColor(large, cv2.COLOR_RGB2BGR))[1]
    return "data:image/png;base64," + base64.b64encode(png.tobytes()).decode()


def _judgment(said: str, count: int) -> int | None:
    """The number in an answer, which may have prose or a fence around its JSON."""
    found = re.search(r"\{[^{}]*\}", said)
    try:
        best = json.loads(found.group() if found else said)["best"]
    except (ValueError, KeyError, TypeError):
        best = said
    if best is not None and not (type(best) is int and 0 <= best < count):
        raise JudgeError(
            f'the judge says {said[:80]!r}; it must be {{"best": 0 to {count - 1}, or null}}; take '
            "a model that sees pictures, or the rule as judge"
        )
    return best
