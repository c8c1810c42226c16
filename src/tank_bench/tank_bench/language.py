"""Translation in one process, without ROS.

Latency, tokens, and the memory that the model adds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

from tank_bench.common.options import add_model, use_model
from tank_bench.common.report import Figure, Measured, memory_mb, percentile
from tank_bench.common.sentences import SENTENCES
from tank_language.gguf_model import load_model
from tank_language.model import LanguageModel
from tank_language.prompt import Form
from tank_language.translator import Translator
from tank_llama.answer import RawAnswer, never

ROUNDS = 10


class Counted:
    """Counts the tokens of each of a model's answers."""

    def __init__(self, model: LanguageModel) -> None:
        self._model, self.tokens = model, list[int]()
        self.form: Form = model.form
        self.name = model.name

    def answer(self, instruction: str, cancelled: Callable[[], bool] = never) -> RawAnswer:
        raw = self._model.answer(instruction, cancelled)
        self.tokens.append(raw.tokens)
        return raw

    def close(self) -> None:
        self._model.close()


def configure(parser: argparse.ArgumentParser) -> None:
    """The model."""
    add_model(parser)


def measure(args: argparse.Namespace) -> Measured:
    """Measure latency, tokens, loading time, and the peak of memory.

    Of the memory that which comes on top of what was there before the model.
    """
    use_model(args)
    before, began = memory_mb("VmRSS"), time.perf_counter()
    model = Counted(load_model())
    loaded = time.perf_counter() - began
    translator = Translator(model)
    latencies = [
        translator.translate(sentence).latency_s * 1e3
        for _ in range(ROUNDS)
        for sentence in SENTENCES
    ]
    tokens = list(model.tokens)
    model.close()
    figures = [
        Figure("translations", len(latencies)),
        Figure("latency p50", percentile(latencies, 0.5), "ms"),
        Figure("latency p95", percentile(latencies, 0.95), "ms"),
        Figure("latency, longest", max(latencies), "ms"),
        Figure("tokens of an answer, mean", statistics.mean(tokens)),
        Figure("tokens a second", sum(tokens) / sum(latencies) * 1e3),
        Figure("time to load the model", loaded, "s"),
        Figure("memory added at the peak", memory_mb("VmHWM") - before, "MB"),
    ]
    return Measured(figures)
