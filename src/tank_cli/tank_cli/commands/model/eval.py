"""``./tank eval``: how well models understand, in figures.

Sentences with right answers, both carried out in simulation, speed, memory.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from statistics import median
from typing import Any

from tank_core.exceptions import TankError
from tank_core.io import outputs
from tank_core.io.arguments import not_negative, output_file, whole
from tank_core.io.checkout import checkout
from tank_core.io.console import say
from tank_llama.model_file import BOTH, HELP

# its figures are for all, its sentences for nobody who writes training sentences
SECRET = "second.jsonl"
SETS = ("dev.jsonl", SECRET, "v2_dev.jsonl")
BASELINE = "Gemma-3-270M shape, Q8_0, random weights"
# sentences that the slow baseline is timed with; an odd number, so that the median was measured
BASELINE_PAIRS = 21


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        help=f"{HELP}; may be given several times",
    )
    parser.add_argument(
        "--data", action="append", type=Path, default=[],
        help="lines of {id, instruction, commands, category}, and where there are previous and "
            f"voice; may be given several times (default: eval/{{{','.join(SETS)}}})",
    )  # fmt: skip
    parser.add_argument(
        "--sim",
        type=not_negative,
        metavar="N",
        help="carry out at most N pairs with motion in simulation (default: all; 0: none)",
    )
    parser.add_argument(
        "--no-rival",
        action="store_true",
        help="leave out the comparison of speed with a file of Gemma-3-270M's shape",
    )
    parser.add_argument(
        "--quick", action="store_true", help="neither simulation nor that comparison"
    )
    parser.add_argument(
        "--misses",
        action="store_true",
        help=f"show the misses of {SECRET}, too: whoever improves the model had better not look",
    )
    parser.add_argument(
        "--threads", type=whole(1, 64), default=1, help="of llama.cpp (default: %(default)s)"
    )
    parser.add_argument("--json", type=output_file, metavar="FILE", help="write the report as JSON")
    parser.add_argument(
        "--markdown", type=output_file, metavar="FILE", help="write the report as Markdown"
    )


def run(args: argparse.Namespace) -> int:
    from tank_learning.language.evaluation import scoring, tables
    from tank_llama.gguf_header import read_header
    from tank_llama.model_file import find_models

    sets = {
        str(path): scoring.read_questions(path)
        for path in args.data or [checkout() / "eval" / name for name in SETS]
    }
    models = {_label(find_models(name)): find_models(name) for name in args.model or [""]}
    for paths in models.values():
        for path in paths:
            read_header(path)
    reports: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in sets}
    for model, paths in models.items():
        megabytes = sum(path.stat().st_size for path in paths) / 1e6
        for name, (answers, extra) in _ask_apart(model, sets, args.threads).items():
            report = scoring.report(answers, secret=Path(name).name == SECRET and not args.misses)
            report["figures"] |= {"model_file_mb": megabytes, **extra}
            if args.sim != 0 and not args.quick:
                report["figures"] |= _task_success(answers, args.sim)
            reports[name][model] = report
    text = "\n".join(tables.as_markdown(name, reports[name]) for name in sets)
    print(text)
    speed = {} if args.quick or args.no_rival else _compare_speed(models, sets, args.threads)
    lines = "\n".join(_speed_lines(speed))
    if lines:
        print(lines)
    _write(args.json, json.dumps({"sets": reports, "speed": speed}, indent=1) + "\n")
    _write(args.markdown, f"{text}\n{lines}\n")
    return 0


def _label(paths: Sequence[Path]) -> str:
    """The name of what was chosen, by which it can be loaded, too."""
    return str(paths[0]) if len(paths) == 1 else BOTH


def _write(path: Path | None, content: str) -> None:
    if path is not None:
        outputs.write(path, content.encode("utf-8", "backslashreplace"))


def _ask_apart(
    model: str, sets: Mapping[str, Sequence[Any]], threads: int
) -> dict[str, tuple[list[Any], dict[str, float]]]:
    """Put each set to the model in a process of its own.

    So memory is this model's alone.
    """
    say(f"asking {Path(model).name} {sum(map(len, sets.values()))} sentences ...")
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
    try:
        return pool.submit(_ask, model, dict(sets), threads).result()
    except BrokenProcessPool:
        raise TankError(
            f"the process that asked {model} was ended, probably for want of memory; try a smaller "
            "model"
        ) from None
    except KeyboardInterrupt:
        for process in multiprocessing.active_children():
            process.kill()  # a worker that is just starting would never hear that the pool has gone
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _ask(
    given: str, sets: dict[str, Sequence[Any]], threads: int
) -> dict[str, tuple[list[Any], dict[str, float]]]:
    from tank_bench.common.report import memory_mb
    from tank_language.gguf_model import load_model
    from tank_language.translator import Translator
    from tank_learning.language.evaluation import scoring
    from tank_llama.library import library

    library()  # the code of llama.cpp is not the model's
    before = memory_mb("VmRSS")
    model = load_model(given, threads)
    answered = {name: scoring.ask(Translator(model), questions) for name, questions in sets.items()}
    model.close()
    added = {"memory_added_mb": memory_mb("VmHWM") - before}
    return {name: (answers, added) for name, answers in answered.items()}


def _task_success(answers: Sequence[Any], limit: int | None) -> dict[str, float]:
    from tank_episode.task_success import TaskRunner, has_motion
    from tank_learning.language.evaluation.shares import share

    pairs = [
        (a.question.commands, a.commands, a.question.previous.request)
        for a in answers
        if has_motion(a.question.commands)
    ]
    count = len(pairs) if limit is None else min(limit, len(pairs))
    if not count:
        return {"task_pairs": 0}
    say(f"carrying out {count} pairs in simulation ...")
    judge = TaskRunner()
    # from the whole set, however few
    same = [judge.same_end(*pairs[i * len(pairs) // count]) for i in range(count)]
    if judge.early:
        steps = ", ".join(f"{number} at {action}" for action, number in judge.early.most_common())
        say(f"{judge.incomplete} right answers cannot be carried out to their end: {steps}")
    return {
        "task_success": share(same),
        "task_pairs": count,
        "task_pairs_ending_early": judge.incomplete,
    }


def _compare_speed(
    models: Iterable[str], sets: Mapping[str, Sequence[Any]], threads: int
) -> dict[str, float]:
    """Median times [ms] from instruction to commands, of models and baseline.

    On the same sentences in turn.
    """
    from tank_language.gguf_model import load_model
    from tank_language.translator import Translator
    from tank_llama.model_file import DEFAULT_NAME, model_folders

    try:
        from tank_learning.language.evaluation.baseline_model import (
            BaselineModel,
            seconds,
            write_shape,
        )
    except ModuleNotFoundError as error:
        raise TankError(
            f"{error.name} is not installed; run ./tank setup, or leave the comparison out with "
            "--no-rival"
        ) from None
    words = next(
        (folder / DEFAULT_NAME for folder in model_folders() if (folder / DEFAULT_NAME).is_file()),
        None,
    )
    if words is None:
        raise TankError(
            f"{DEFAULT_NAME} is not found, whose tokens the comparison of speed needs; leave it "
            "out with --no-rival"
        )
    questions = next(iter(sets.values()))
    chosen = [
        questions[i * len(questions) // BASELINE_PAIRS]
        for i in range(min(BASELINE_PAIRS, len(questions)))
    ]
    say(f"timing {len(chosen)} sentences against a file of Gemma-3-270M's shape ...")
    with tempfile.TemporaryDirectory() as folder:
        baseline = BaselineModel(write_shape(Path(folder) / "baseline.gguf", words), threads)
        translators = {name: Translator(load_model(name, threads)) for name in models}
        times: dict[str, list[float]] = {name: [] for name in (*translators, BASELINE)}
        for question in chosen:
            for name, translator in translators.items():
                times[name].append(translator.translate(question.instruction).latency_s)
            times[BASELINE] += seconds(baseline, [(question.instruction, question.commands)])
        for model in (baseline, *(translator.model for translator in translators.values())):
            model.close()
    return {name: 1000 * median(values) for name, values in times.items()}


def _speed_lines(speed: Mapping[str, float]) -> list[str]:
    if not speed:
        return []
    head = [
        "## Time from instruction to commands, one sentence after the other",
        "",
        "| model | p50 [ms] | times faster |",
        "| --- | --- | --- |",
    ]
    return head + [
        f"| {name} | {value:.1f} | {speed[BASELINE] / value:.0f} |" for name, value in speed.items()
    ]
