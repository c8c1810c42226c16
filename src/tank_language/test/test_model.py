"""A model's text becomes valid commands, a refusal, or an error.

Never anything else.
"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import Move, Turn, commands_to_json
from tank_core.commands.schema import schema_problem
from tank_core.commands.shorthand import Refusal, resolve
from tank_core.exceptions import ModelError
from tank_language.model import AnswerError, MissingModel, read_answer
from tank_language.prompt import Form

FORWARD = {"action": "move", "direction": "forward", "distance_m": 1.5}


def in_json(*steps) -> str:
    return json.dumps({"commands": steps})


def test_both_forms_say_the_same():
    commands = (Move("forward", 1.5), Turn("left", 90))
    assert read_answer(Form.SHORTHAND, "<move><forward>1.5<m><;><turn><left>") == commands
    assert (
        read_answer(
            Form.JSON, in_json(FORWARD, {"action": "turn", "direction": "left", "angle_deg": 90})
        )
        == commands
    )


@pytest.mark.parametrize(
    ("form", "text", "words"),
    [
        (Form.SHORTHAND, "<none>", "nothing that this robot"),
        (Form.JSON, in_json(), "nothing that this robot"),
        (Form.SHORTHAND, "<move><forward>300<m>", "at most 100 m"),
        (Form.JSON, in_json({**FORWARD, "distance_m": 300}), "at most 100 m"),
        (Form.JSON, in_json(FORWARD, {**FORWARD, "distance_m": 0}), "step 2"),
        (Form.SHORTHAND, "33<x(><stop><)>", "33 steps"),
        (Form.JSON, in_json(*[{"action": "stop"}] * 33), "33 steps"),
    ],
)
def test_a_request_that_cannot_be_done_is_refused_whole(form, text, words):
    answer = read_answer(form, text)
    assert isinstance(answer, Refusal)
    assert words in answer.reason


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (Form.JSON, ""),
        (Form.JSON, "hello"),
        (Form.JSON, '{"commands":[{"action":"jump"}]}'),
        (Form.JSON, '{"commands":[{"action":"wait","duration_s":NaN}]}'),
        (Form.JSON, '{"commands":[{"action":"wait","duration_s":"1"}]}'),
        (Form.JSON, '{"commands":[{"action":"wait"}]}'),
        (Form.JSON, "[" * 100_000),
        (Form.JSON, "1" * 10_000),
        (Form.SHORTHAND, ""),
        (Form.SHORTHAND, "move forward"),
        (Form.SHORTHAND, "<move>"),
        (Form.SHORTHAND, '{"commands":[]}'),
    ],
)
def test_nonsense_is_an_answer_error_with_a_reason_of_one_line(form, text):
    with pytest.raises(AnswerError) as caught:
        read_answer(form, text)
    assert str(caught.value)
    assert "\n" not in str(caught.value)


@given(
    st.sampled_from(Form),
    st.text(st.sampled_from('<>moveturn;()x0123456789.{}[]":, commandsstop'), max_size=60),
)
def test_whatever_is_read_is_valid(form, text):
    try:
        answer = read_answer(form, text)
    except AnswerError:
        return
    answer = answer if isinstance(answer, Refusal) else resolve(answer)
    assert isinstance(answer, Refusal) or schema_problem(commands_to_json(answer)) is None


def test_a_missing_model_tells_its_reason_to_everyone():
    model = MissingModel("no file")
    with pytest.raises(ModelError, match="no file"):
        model.answer("turn left")
    model.close()
