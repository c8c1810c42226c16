"""Two models that read the same sentence: only what both of them read is done."""

from __future__ import annotations

from collections.abc import Callable

from tank_language.model import LanguageModel
from tank_llama.answer import RawAnswer, never


class Both:
    """A quick model and one that checks it.

    The translator asks each; whoever asks only for an answer gets the quick one's.
    """

    def __init__(self, quick: LanguageModel, checking: LanguageModel) -> None:
        self.quick, self.checking = quick, checking
        self.form = quick.form
        self.name = f"{quick.name} and {checking.name}"

    def answer(self, instruction: str, cancelled: Callable[[], bool] = never) -> RawAnswer:
        """Answer an instruction as the quick model does."""
        return self.quick.answer(instruction, cancelled)

    def close(self) -> None:
        """Let go of both models' memory."""
        self.quick.close()
        self.checking.close()
