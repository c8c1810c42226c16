"""Two models that read the same sentence: only what both of them read is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tank_core.commands import Command, equivalent
from tank_core.commands.wording import in_words
from tank_language.model import LanguageModel
from tank_llama.answer import RawAnswer, never

MOST_TOLD = 3  # of the steps that were understood, and are not done


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


def disagreement(one: Sequence[Command], other: Sequence[Command]) -> str:
    """Say that a request was read in two ways; "" when both mean the same."""
    if equivalent(one, other):
        return ""
    if not other:
        return f"I read that as {_told(one)}, but am not sure of it; say it another way"
    same = 0
    while equivalent(one[: same + 1], other[: same + 1]):
        same += 1
    readings = " or ".join(_told(commands, same) for commands in (one, other))
    return f"I can read that in two ways: {readings}; say it another way"


def _told(commands: Sequence[Command], after: int = 0) -> str:
    """The steps in words, after as many that need no telling."""
    told = in_words(commands[after:], MOST_TOLD)
    return f'"{"..., then " if after else ""}{told}"' if told else "nothing more"
