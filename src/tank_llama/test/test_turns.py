"""The turns of a chat are those that a file tells."""

import pytest

from tank_llama.turns import CHATML, GEMMA, NO_TURNS, turns_of


@pytest.mark.parametrize(
    ("metadata", "turns"),
    [
        ({"general.architecture": "gemma3"}, GEMMA),
        (
            {"general.architecture": "other", "tokenizer.chat_template": "{{'<start_of_turn>'}}"},
            GEMMA,
        ),
        (
            {"general.architecture": "qwen2", "tokenizer.chat_template": "<|im_start|>{{ x }}"},
            CHATML,
        ),
        ({"general.architecture": "other"}, NO_TURNS),
        ({}, NO_TURNS),
    ],
)
def test_a_file_tells_its_own_turns(metadata, turns):
    assert turns_of(metadata) == turns
