"""The marks of chats, which tell a model what a user says and where it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Turns:
    """The marks around a user's turn.

    ``mark`` is the one that tells a chat template apart.
    """

    mark: str
    open: str
    close: str


GEMMA = Turns("<start_of_turn>", "<start_of_turn>user\n", "<end_of_turn>\n<start_of_turn>model\n")
CHATML = Turns("<|im_start|>", "<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n")
LLAMA3 = Turns(
    "<|start_header_id|>",
    "<|start_header_id|>user<|end_header_id|>\n\n",
    "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
)
NO_TURNS = Turns("", "", "\nJSON: ")


def turns_of(metadata: Mapping[str, Any]) -> Turns:
    """The turns that a GGUF's own chat template uses.

    A Gemma without a template has Gemma's, anything else none.
    """
    template = str(metadata.get("tokenizer.chat_template", ""))
    for turns in (GEMMA, CHATML, LLAMA3):
        if turns.mark in template:
            return turns
    return GEMMA if str(metadata.get("general.architecture", "")).startswith("gemma") else NO_TURNS
