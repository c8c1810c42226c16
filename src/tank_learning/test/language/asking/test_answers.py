"""Answers of language models: every good pair is found, whatever is around it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_learning.language.asking.answers import Rejected, read_answer
from tank_learning.language.corpus.records import Record

PAIRS = [
    {
        "instruction": "go, go!",
        "output": {"commands": [{"action": "move", "direction": "forward", "distance_m": 1.0}]},
    },
    {"instruction": 'he said "stop" {now}', "output": {"commands": [{"action": "stop"}]}},
    {"instruction": "sing", "output": {"commands": []}},
]
WHOLE = json.dumps({"pairs": PAIRS}, indent=1)


def kept(text: str) -> list[str]:
    return [
        entry.instruction for entry in read_answer(text, "endpoint/m") if isinstance(entry, Record)
    ]


def reasons(text: str) -> list[str]:
    return [
        entry.reason for entry in read_answer(text, "endpoint/m") if isinstance(entry, Rejected)
    ]


@pytest.mark.parametrize(
    "text",
    [WHOLE, json.dumps(PAIRS), "\n".join(map(json.dumps, PAIRS)), f"```json\n{WHOLE}\n```",
     f"Sure {{here}} they are:\n{WHOLE}\nAnything else? {{}}",
     f"<think>hm, {{</think>{WHOLE}", json.dumps({"data": {"pairs": PAIRS}}),
     WHOLE.replace("},\n  {", "}\n  {")],
    ids=["object", "list", "lines", "fence", "prose", "thought", "nested", "comma"],
)  # fmt: skip
def test_good_pairs_are_found_in_any_wrapping(text: str) -> None:
    assert sorted(kept(text)) == sorted(pair["instruction"] for pair in PAIRS)


@pytest.mark.slow
@given(st.integers(0, len(WHOLE)))
def test_an_answer_that_is_cut_off_keeps_its_whole_pairs(length: int) -> None:
    text = WHOLE[:length]
    ends = [WHOLE.index(json.dumps(pair["instruction"])) for pair in PAIRS[1:]]
    assert len(kept(text)) >= sum(length > end for end in ends)
    assert len(kept(text)) <= len(PAIRS)


def test_a_pair_that_is_cut_off_is_counted() -> None:
    assert reasons(WHOLE[:-30]) == ["broken JSON"]


@pytest.mark.parametrize(
    ("pair", "detail"),
    [
        ({"instruction": "go"}, "None is not of type 'object'"),
        ({"instruction": "", "output": {"commands": []}}, "holds no words"),
        ({"instruction": "x" * 301, "output": {"commands": []}}, "at most 300"),
        ({"instruction": 3, "output": {"commands": []}}, "holds no words"),
        (
            {"instruction": "up", "output": {"commands": [{"action": "jump"}]}},
            "not valid under any",
        ),
        (
            {
                "instruction": "far",
                "output": {
                    "commands": [{"action": "move", "direction": "forward", "distance_m": 101}]
                },
            },
            "commands/0",
        ),
        (
            {
                "instruction": "hm",
                "output": {"commands": [{"action": "wait", "duration_s": float("nan")}]},
            },
            "duration_s is nan",
        ),
    ],
)
def test_a_single_bad_pair_is_rejected_with_its_reason(pair: dict, detail: str) -> None:
    good, bad = read_answer(json.dumps([PAIRS[0], pair]), "endpoint/m")
    assert isinstance(good, Record)
    assert isinstance(bad, Rejected)
    assert detail in bad.detail or bad.detail.startswith("commands/0")


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["", "no", "{" * 20_000, '[{"a":' * 20_000, "[]", '{"pairs": []}', "\x00\ud800"]
)
def test_an_answer_without_pairs_is_one_rejected(text: str) -> None:
    assert reasons(text) == ["no pair"]


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    assert read_answer(text, "endpoint/m")
