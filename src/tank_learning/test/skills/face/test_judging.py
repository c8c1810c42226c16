"""The endpoint judge, against a local server.

Its "model" really looks at the pictures.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("httpx2", reason="training tools are not installed: ./tank setup --train")

from fake_endpoint import FakeMaker, Reply, said

from tank_core.commands import Color
from tank_learning.language.asking.endpoint import ChatEndpoint
from tank_learning.skills.face.judging import EndpointJudge, JudgeError, RuleJudge
from tank_learning.skills.face.sighting import ColorSight
from tank_skills.turning import TURNS_DEG


def pictures(*columns: int | None) -> np.ndarray:
    """Pictures of a blue thing at a column each; None: of the floor."""
    made = np.full((len(columns), 48, 64, 3), 90, np.uint8)
    for picture, column in zip(made, columns, strict=True):
        if column is not None:
            picture[20:25, max(0, column - 2) : column + 3] = (20, 50, 200)
    return made


SEEN = pictures(None, 4, 12, 22, 28, 33, 44, 55, 60)
BEST = 5


def looking(_: int, question: dict[str, Any]) -> Reply:
    """A model that sees.

    It takes the picture whose bluest place is nearest to the middle.
    """
    content = question["messages"][0]["content"]
    assert "blue" in content[0]["text"] and str(len(TURNS_DEG)) in content[0]["text"]
    off = []
    for part in content:
        if part["type"] == "image_url":
            png = base64.b64decode(part["image_url"]["url"].removeprefix("data:image/png;base64,"))
            image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR).astype(int)
            blue = (image[..., 0] - image[..., 2] > 60).sum(0)
            columns = np.arange(len(blue))
            middle = (len(blue) - 1) / 2
            off.append(abs(blue @ columns / blue.sum() - middle) if blue.any() else np.inf)
    assert len(off) == len(TURNS_DEG)
    best = int(np.argmin(off)) if min(off) < np.inf else None
    return said("```json\n" + json.dumps({"best": best}) + "\n```")


def judged(url: str, seen: np.ndarray) -> int | None:
    endpoint = ChatEndpoint(url, "TANK_NO_KEY", 5.0, first_wait_s=0.01, say=lambda _: None)
    try:
        return EndpointJudge(endpoint, "eyes").best(seen, Color.BLUE)
    finally:
        endpoint.close()


def test_a_model_that_sees_judges_as_the_rule_does(fake: FakeMaker, sight: ColorSight) -> None:
    endpoint = fake(looking)
    assert judged(endpoint.url, SEEN) == RuleJudge(sight).best(SEEN, Color.BLUE) == BEST
    assert endpoint.questions[0]["temperature"] == 0.0


def test_none_is_none_for_both(fake: FakeMaker, sight: ColorSight) -> None:
    nothing = pictures(*[None] * len(TURNS_DEG))
    assert judged(fake(looking).url, nothing) is RuleJudge(sight).best(nothing, Color.BLUE) is None


@pytest.mark.parametrize("answer", ["the third one", '{"best": 9}', '{"best": "5"}', '{"x": 1}'])
def test_an_answer_that_is_no_judgment_is_never_taken_for_one(fake: FakeMaker, answer: str) -> None:
    with pytest.raises(JudgeError, match="the judge says"):
        judged(fake(lambda *_: said(answer)).url, SEEN)
