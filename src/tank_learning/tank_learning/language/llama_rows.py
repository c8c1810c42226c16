"""Sentences and answers as the tokens that the robot will feed and read."""

from __future__ import annotations

from abc import ABC, abstractmethod

from tank_core.english.plain import normalize
from tank_language.gguf_model import frame
from tank_language.prompt import Form
from tank_learning.language.corpus.dataset import Example
from tank_learning.trainer.batching import Row
from tank_llama.turns import Turns
from tank_llama.vocabulary import LlamaVocabulary


class LlamaRows(ABC):
    """Training rows by llama.cpp, from a vocabulary alone."""

    def __init__(self, vocabulary: LlamaVocabulary, form: Form, turns: Turns, asking: str) -> None:
        """Frame each sentence as the robot's prompt does."""
        self._vocabulary = vocabulary
        self.prefix, self.suffix = frame(vocabulary, form, turns, asking)

    @abstractmethod
    def answer(self, text: str) -> list[int]:
        """Token ids of an answer, its end included."""

    def prompt(self, instruction: str) -> list[int]:
        """Token ids of the prompt."""
        return [*self.prefix, *self._vocabulary.tokens(normalize(instruction)), *self.suffix]

    def row(self, example: Example) -> Row:
        """Prompt and answer."""
        prompt = self.prompt(example.instruction)
        return prompt + self.answer(example.answer), len(prompt)
