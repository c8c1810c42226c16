"""Models for tests: a tiny real one, and a scripted fake."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from tiny_gguf import GgufMaker, maker

from tank_core.commands import shorthand
from tank_language.prompt import Form
from tank_llama.answer import RawAnswer, never


class FakeModel:
    """Says what its script says, and remembers what it was asked.

    ``gate`` holds its answers back until it is set.
    """

    name = "fake"

    def __init__(
        self,
        script: dict[str, str] | None = None,
        form: Form = Form.SHORTHAND,
        otherwise: str = "<none>",
    ) -> None:
        self.script, self.form, self.otherwise = script or {}, form, otherwise
        self.asked: list[str] = []
        self.fault: Exception | None = None
        self.finished = True
        self.confidence, self.trusted = 1.0, 0.0
        self.rare: tuple[str, ...] = ()
        self.closed = False
        self.gate = threading.Event()
        self.gate.set()
        self.answering = threading.Event()

    def answer(self, instruction: str, cancelled: Callable[[], bool] = never) -> RawAnswer:
        self.asked.append(instruction)
        self.answering.set()
        while not self.gate.wait(0.002) and not cancelled():
            pass
        if self.fault is not None:
            raise self.fault
        return RawAnswer(
            self.script.get(instruction, self.otherwise),
            3,
            self.finished,
            self.confidence,
            self.trusted,
            self.rare,
        )

    def close(self) -> None:
        self.closed = True


@pytest.fixture(scope="session")
def make_gguf(tmp_path_factory: pytest.TempPathFactory) -> GgufMaker:
    """Write a tiny model that has tokens for the words of shorthand."""
    return maker(tmp_path_factory, shorthand.words())


@pytest.fixture(scope="session")
def fake_model() -> type[FakeModel]:
    """The class of scripted models."""
    return FakeModel
