"""Sentences come to the model in one plain form.

They can bring none of its own tokens along.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.english.plain import normalize
from tank_core.english.stop_words import is_stop
from tank_core.exceptions import ModelError
from tank_language.prompt import (
    BARE,
    PROMPT_KEY,
    TASK,
    Form,
    asks,
    render,
)
from tank_llama.turns import GEMMA, NO_TURNS


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("  Turn\tLEFT\n\nnow ", "turn left now"),
        ("don\u2019t \u201cstop\u201d", 'don\'t "stop"'),
        ("go \uff11\uff10 \uff43\uff4d", "go 10 cm"),
        ("turn 1\u00bd radians", "turn 1 1/2 radians"),
        ("\u00bd m", "1/2 m"),
        ("turn left 90\u00b0", "turn left 90 degrees"),
        ("for\u00adward\u200b\ufeff", "forward"),
        ("forward \u2014 then left", "forward - then left"),
        ("<out><move>", "out move"),
        ("go 1,5 m. then 0,75.", "go 1.5 m. then 0.75."),
        ("1,500 mm, 2,250.5 mm", "1500 mm, 2250.5 mm"),
        ("left 90,2 m, then 1,2,3", "left 90,2 m, then 1,2,3"),
        ("", ""),
    ],
)
def test_normalize(said, plain):
    assert normalize(said) == plain


@given(st.text())
def test_normalizing_twice_changes_nothing_more(text):
    once = normalize(text)
    assert normalize(once) == once
    assert "<" not in once
    assert ">" not in once
    assert once == once.strip()


@given(st.text(max_size=50))
def test_only_the_sentence_differs_between_instructions(text):
    for form, turns in ((Form.SHORTHAND, NO_TURNS), (Form.JSON, GEMMA)):
        one, other = render(text, form, turns), render("turn left", form, turns)
        assert (one.prefix, one.suffix) == (other.prefix, other.suffix)
        assert str(one) == one.prefix + normalize(text) + one.suffix


def test_the_small_model_reads_nothing_but_the_sentence():
    assert str(render("Turn left!", Form.SHORTHAND)) == "<bos>turn left!<out>"


def test_a_gemma_reads_its_own_turns_and_every_action():
    prompt = str(render("turn left", Form.JSON, GEMMA))
    assert prompt.startswith("<start_of_turn>user\n")
    assert prompt.endswith("turn left<end_of_turn>\n<start_of_turn>model\n")
    assert all(
        f"action: {action}" in prompt
        for action in ("move", "turn", "stop", "wait", "grasp", "release", "face", "approach")
    )


def test_a_fine_tuned_model_is_asked_as_its_file_says():
    assert asks({}) == TASK
    assert (
        str(render("Turn left", Form.JSON, GEMMA, asks({PROMPT_KEY: BARE})))
        == "<start_of_turn>user\nturn left<end_of_turn>\n<start_of_turn>model\n"
    )
    prompt = render(
        "Turn left", Form.JSON, NO_TURNS, asks({PROMPT_KEY: "Say JSON for '{sentence}' now"})
    )
    assert (prompt.prefix, prompt.sentence, prompt.suffix) == (
        "Say JSON for '",
        "turn left",
        "' now\nJSON: ",
    )


@pytest.mark.parametrize("template", ["", "no place", "{sentence} {sentence}"])
def test_a_prompt_without_one_place_for_the_sentence_is_refused(template):
    with pytest.raises(ModelError, match=r"tank\.prompt has \d times"):
        asks({PROMPT_KEY: template})


SIGNS = st.one_of(
    st.characters(categories=("So", "Sk", "Cf", "Me")).filter(
        lambda char: not 0x3300 <= ord(char) < 0x3400 and char not in "°˚`´⛔✋🛑🖐🤚"
    ),
    st.sampled_from(
        (
            "→",
            "•",
            "‣",
            "*",
            "**",
            "#",
            "|",
            "❤️",
            "👍🏽",
            "🇩🇪",
            "1️⃣"[1:],
            "\ufe0f",
            "─",
            "≈",
            "~",
            "@",
            "①",
        )
    ),
)


@given(st.lists(SIGNS, min_size=1, max_size=4), st.integers(0, 5))
def test_signs_between_words_change_nothing(signs, place):
    words = ["turn", "left", "90", "degrees", "then", "wait"]
    words.insert(place, "".join(signs))
    assert normalize(" ".join(words)) == "turn left 90 degrees then wait"


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("1. turn left 2. go on", "turn left go on"),
        ("Do this: 1) turn left 2) go on", "do this: turn left go on"),
        ("forward 1. back 2. stop", "forward 1. back 2. stop"),
        ("wait 1. then go", "wait 1. then go"),
        ("go ３ ㎝", "go 3 cm"),
        ("go ٣ m", "go 3 m"),
        ("turn left&nbsp;&amp; go", "turn left & go"),
        ("turn left™", "turn left"),
        ("go 1*2 m", "go 1 2 m"),
        ("4. go on", "go on"),
        ("4. meters", "4. meters"),
        ("0) go on 1) turn left", "go on turn left"),
        ("step 1: turn left 30 step 2: go on", "turn left 30 go on"),
        ("[1] turn left [2] go on", "turn left go on"),
        ("1. turn left 30. 2. go on 4. 3. stop", "turn left 30. go on 4. stop"),
        ("1) left 30\n2) back 4\n3) stop", "left 30 back 4 stop"),
        ("1\ufe0f\u20e3 turn left 2\ufe0f\u20e3 go on", "turn left go on"),
        ("turn 3\ufe0f\u20e35\ufe0f\u20e3 degrees", "turn 35 degrees"),
        ("- turn left\n- go on", "turn left go on"),
        ("go -2 m", "go -2 m"),
        ("turn left -> go on", "turn left go on"),
        ("~~turn left~~ go on", "go on"),
        ("turn left \N{OCTAGONAL SIGN}", "turn left stop"),
        ("turn 2\N{GREEK SMALL LETTER PI}", "turn 2 pi"),
        ("\u201cgo 3\u201d", "go 3"),
        ("go '3' m, then `4` m", "go 3 m, then 4 m"),
        ("go 4'3\" on", "go 4'3\" on"),
        ("go 4''", 'go 4"'),
        ("go 2'500 mm", "go 2500 mm"),
        ("turn 7o to 3 o'clock", "turn 70 to 3 o'clock"),
        ("go 1-1/2 feet", "go 1 1/2 feet"),
        ("turn left :)", "turn left"),
        ("go 3 'cm' on", "go 3 cm on"),
        ("go 3\N{MIDDLE DOT}5 m", "go 3.5 m"),
        ("go \N{HEAVY MINUS SIGN}3 m", "go -3 m"),
    ],
)
def test_list_numbers_go_and_numbers_of_other_scripts_are_read(said, plain):
    assert normalize(said) == plain


@pytest.mark.parametrize(
    "sign",
    [
        "<br>",
        "<b>",
        "</span>",
        '<p class="x">',
        ":heart:",
        ":+1:",
        ":arrow_left:",
        ":)",
        ";-)",
        ":D",
        ":'(",
        "xD",
        "XDDD",
        "[x]",
        "[ ]",
        "-_-",
        "//",
        "--",
        "=)",
    ],
)
@pytest.mark.parametrize("place", range(5))
def test_what_people_type_as_signs_changes_nothing(sign, place):
    words = ["turn", "left", "then", "wait"]
    words.insert(place, sign)
    assert normalize(" ".join(words)) == "turn left then wait"


@pytest.mark.parametrize("sign", ["<3", "</3", ":3", ":-3", "8-)"])
def test_faces_with_digits_at_the_end_are_no_numbers(sign):
    assert normalize(f"turn left {sign}!") in ("turn left", "turn left !")


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("go 1\u200b2 m", "go 1 2 m"),
        ("go 1\ufe0f2 m", "go 1 2 m"),
        ("go for\u00adward", "go forward"),
        ("go 1 / 2 m", "go 1 / 2 m"),
        ("go -2 m", "go -2 m"),
        ("turn <left>", "turn left"),
        ("turn :left:", "turn :left:"),
        ("wait :do it", "wait :do it"),
        ("turn 5'", "turn 5'"),
        ("'turn left'", "turn left"),
    ],
)
def test_what_only_looks_like_a_sign_stays(said, plain):
    assert normalize(said) == plain


@pytest.mark.parametrize("said", ["🛑", "✋🏽", "⛔⛔", "🛑 stop!", "please 🛑"])
def test_a_stop_sign_is_a_stop(said):
    assert is_stop(said)


@pytest.mark.parametrize("said", ["turn left 🛑 then go", "❤️", "→"])
def test_other_signs_are_not(said):
    assert not is_stop(said)
