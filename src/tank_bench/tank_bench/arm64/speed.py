"""The time for a sentence on a 1 GHz Cortex-A53, estimated.

From instructions counted under emulation; beside it one for a 270M model. The estimate is checked
against, and scaled by, the one language model whose speed on a Pi Zero 2 W was measured. Method:
docs/arm64.md.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tank_bench.arm64.proof import emulated, make_job, run_parts
from tank_bench.arm64.shapes import write_smollm2_shape
from tank_bench.common.report import Figure, Measured, percentile
from tank_core.commands.json_form import write_answer
from tank_core.exceptions import TankError
from tank_core.io.checkout import checkout
from tank_core.io.console import say
from tank_hw_driver.chip_model.testing import chip_model
from tank_learning.language.evaluation.baseline_model import BaselineModel, write_shape
from tank_learning.language.evaluation.scoring import read_questions
from tank_llama.model_file import find_model

HERE = Path(__file__).parent
BEGIN, END, LLAMA_BEGIN, LLAMA_END = range(4)  # marks of parts.py
HERTZ = 1e9
THREADS = 3  # llama.cpp's on four cores: one is left to the rest (default_threads)
# [bytes/s] NEON read, tinymembench at 1.0 GHz: 2114 to 2318 MB/s
# (ThomasKaiser/sbc-bench 3E85)
READ = 2.1e9
# SmolLM2-135M Q4_K_M on a Zero 2 W, 4 threads: tokens a second of an answer, and of a prompt
# (ravijo/pi-llm)
MEASURED, MEASURED_PROMPT, MEASURED_THREADS = (9.5, 10.9), (10.3, 18.4), 4
# Instructions in a cycle. The A53 issues two at most (LLVM, AArch64SchedA53.td: IssueWidth 2) and
# in order; one is good for it.
BEST_RATE = 1.0
BATCH, SINGLES, SENTENCES = 16, 3, 60
BOARD = "robot_hat_v3"


@dataclass(frozen=True)
class Count:
    """Executed instructions between two marks.

    ``wide``: how many of them compute on vectors of 128 bits.
    """

    all: int
    wide: int

    def __sub__(self, other: Count) -> Count:
        return Count(self.all - other.all, self.wide - other.wide)


def count(job: dict[str, Any]) -> list[tuple[int, Count]]:
    """The marks that the parts of a job set, with the counts at each."""
    if shutil.which("gcc") is None:
        raise TankError(
            "gcc is missing, which compiles the counting plugin. Cure: sudo apt-get install -y gcc"
        )
    with tempfile.TemporaryDirectory(prefix="tank-count-") as folder:
        plugin, out = Path(folder) / "count.so", Path(folder) / "counts"
        subprocess.run(
            [
                "gcc",
                "-O2",
                "-shared",
                "-fPIC",
                "-fvisibility=hidden",
                HERE / "count.c",
                "-o",
                plugin,
            ],
            check=True,
        )
        run_parts(emulated(f"{plugin},out={out}"), job)
        rows = [[int(word) for word in line.split()] for line in out.read_text().splitlines()]
    return [(mark, Count(everything, wide)) for mark, everything, _, wide, _ in rows]


def between(marks: Sequence[tuple[int, Count]], begin: int = BEGIN, end: int = END) -> list[Count]:
    """Counts between each mark ``begin`` and the next ``end``."""
    found, start = [], None
    for mark, counts in marks:
        if mark == begin:
            start = counts
        elif mark == end and start is not None:
            found.append(counts - start)
    return found


@dataclass(frozen=True)
class ModelCost:
    """The cost of a model.

    Instructions for a token of a prompt, of an answer, and to choose one; bytes read for each
    token.
    """

    prompt: float
    answer: float
    choice: float
    size: int


def measure_shape(path: Path) -> ModelCost:
    say(f"counting {path.name} ({path.stat().st_size / 1e6:.0f} MB) ...")
    prompt, *singles, choice = between(
        count({"model": str(path), "batch": BATCH, "singles": SINGLES, "parts": ["shape"]})
    )
    return ModelCost(
        prompt.all / BATCH,
        statistics.mean(single.all for single in singles),
        choice.all,
        path.stat().st_size,
    )


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing can be chosen."""


def measure(_: argparse.Namespace) -> Measured:
    """Counts, the check, the estimates; 2 minutes."""
    model = find_model("")
    with tempfile.TemporaryDirectory(prefix="tank-speed-") as name:
        folder = Path(name)
        known = measure_shape(write_smollm2_shape(folder / "smollm2-135m-shape.gguf"))
        slow = known.answer * MEASURED[0] / (MEASURED_THREADS * HERTZ)
        baseline = write_shape(folder / "gemma-3-270m-shape.gguf", model)
        theirs = list(_baseline_figures(measure_shape(baseline), *_baseline_tokens(baseline), slow))
        job = make_job(folder)
        say(f"counting the shipped model on {SENTENCES} sentences, images and control steps ...")
        language = count(job | {"sentences": job["sentences"][:SENTENCES], "parts": ["language"]})
        images = [counted.all for counted in between(count(job | {"parts": ["perception"]}))]
        with chip_model(BOARD) as chips:
            steps = [
                counted.all
                for counted in between(
                    count(job | {"chips": {BOARD: chips.path}, "parts": ["driver"]})
                )
            ]
    figures = [
        *_known_figures(known),
        *_language_figures(language, model.stat().st_size, slow),
        *theirs,
        *_work("perception, an image of 640x480", images, slow),
        *_work("driver, a control step", steps, slow),
    ]
    return Measured(figures)


def _baseline_tokens(path: Path) -> tuple[float, float]:
    """Mean tokens of a sentence and of its answer in JSON.

    Over the evaluation set.
    """
    questions = read_questions(checkout() / "eval" / "dev.jsonl")
    baseline = BaselineModel(path, 1)
    context, suffix = baseline.writer.context, baseline.writer.suffix
    heard = statistics.mean(
        len(context.tokens(question.instruction)) + len(suffix) for question in questions
    )
    said = statistics.mean(
        len(context.tokens(write_answer(question.commands))) for question in questions
    )
    baseline.close()
    return heard, said


def seconds(instructions: float, rate: float, threads: int = 1) -> float:
    """The time [s] of instructions at a rate of them a cycle.

    On each of some threads that never wait for each other.
    """
    return instructions / (rate * threads * HERTZ)


def _known_figures(known: ModelCost) -> Iterator[Figure]:
    """Figures that the measured speeds say of the method.

    Instructions a cycle that an A53 can do, and less memory than it can read.
    """
    yield Figure(
        "SmolLM2-135M shape, instructions a token of an answer", known.answer / 1e6, "million"
    )
    yield Figure("  a token of a prompt", known.prompt / 1e6, "million")
    for words, instructions, rates in (
        ("an answer", known.answer, MEASURED),
        ("a prompt", known.prompt, MEASURED_PROMPT),
    ):
        for rate in rates:
            per_cycle = instructions * rate / (MEASURED_THREADS * HERTZ)
            yield Figure(
                f"  instructions a cycle and core at the measured {rate:g} tok/s of {words}",
                per_cycle,
                at_most=BEST_RATE,
            )
    yield Figure(
        "  memory read at 10.9 tok/s", known.size * MEASURED[1] / 1e9, "GB/s", at_most=READ / 1e9
    )


def _language_figures(
    marks: Sequence[tuple[int, Count]], size: int, slow: float
) -> Iterator[Figure]:
    sentences, calls = between(marks), between(marks, LLAMA_BEGIN, LLAMA_END)
    whole = [sentence.all for sentence in sentences]
    mean, p95, llama = (
        statistics.mean(whole),
        percentile(whole, 0.95),
        sum(call.all for call in calls) / len(whole),
    )
    reading = len(calls) / len(whole) * size / READ
    yield Figure(
        f"shipped model, instructions a sentence, mean of {len(whole)}", mean / 1e6, "million"
    )
    yield Figure("  p95", p95 / 1e6, "million")
    yield Figure("  of the mean in llama.cpp", llama / 1e6, "million")
    yield Figure(
        "  of them on vectors of 128 bits",
        sum(sentence.wide for sentence in sentences) / sum(whole) * 100,
        "%",
    )
    yield Figure("  time to read the weights", reading * 1e3, "ms")
    yield Figure(
        "ESTIMATE, shipped model, mean, one thread, at best",
        max(seconds(mean, BEST_RATE), reading) * 1e3,
        "ms",
    )
    yield Figure(
        "ESTIMATE, shipped model, mean, one thread", (seconds(mean, slow) + reading) * 1e3, "ms"
    )
    yield Figure(
        "ESTIMATE, shipped model, p95, one thread", (seconds(p95, slow) + reading) * 1e3, "ms"
    )
    shared = seconds(mean - llama, slow) + seconds(llama, slow, THREADS) + reading
    yield Figure(
        f"ESTIMATE, shipped model, mean, {THREADS} threads that share perfectly", shared * 1e3, "ms"
    )


def _baseline_figures(
    baseline: ModelCost, heard: float, said: float, slow: float
) -> Iterator[Figure]:
    """Figures of the baseline model's times.

    Choosing a token is one thread's work; so is it for the small model, where it is part of the
    whole.
    """
    yield Figure("270M shape, instructions a token of an answer", baseline.answer / 1e6, "million")
    yield Figure("  to choose it out of 262144", baseline.choice / 1e6, "million")
    yield Figure("  a token of a prompt", baseline.prompt / 1e6, "million")
    yield Figure("  tokens of a sentence, mean", heard)
    yield Figure("  tokens of an answer, mean", said)
    computed, chosen = heard * baseline.prompt + said * baseline.answer, said * baseline.choice
    reading = (said + 1) * baseline.size / READ
    yield Figure("  instructions a sentence, mean", (computed + chosen) / 1e6, "million")
    yield Figure("  time to read the weights", reading * 1e3, "ms")
    for words, rate in (("at best", BEST_RATE), ("", slow)):
        time = max(seconds(computed, rate, THREADS), reading) + seconds(chosen, rate)
        yield Figure(
            f"ESTIMATE, 270M shape, mean, {THREADS} threads, {words}".removesuffix(", "),
            time * 1e3,
            "ms",
        )


def _work(name: str, counts: Sequence[int], slow: float) -> Iterator[Figure]:
    mean = statistics.mean(counts)
    yield Figure(f"{name}: instructions, mean of {len(counts)}", mean / 1e6, "million")
    yield Figure(f"ESTIMATE, {name}", seconds(mean, slow) * 1e3, "ms")
