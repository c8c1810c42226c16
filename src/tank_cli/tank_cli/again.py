"""Does again what a recording says, and tells in what it differs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tank_core.io.console import DIM, GREEN, RED, YELLOW, ExitCode, paint, say
from tank_core.ros.runtime.environment import prepare

if TYPE_CHECKING:
    from tank_recording.comparing import ComparedLine

MARKS = {True: ("=", GREEN), False: ("≠", RED), None: ("-", DIM)}


def run_again(path: Path, model: str) -> int:
    """Compare every step; the exit code is 0 if all are the same, else 1.

    Raises RecordingError where nothing can be done again.
    """
    prepare()  # before rclpy, by which messages are decoded
    from tank_recording.bag import RecordingError
    from tank_recording.comparing import compare
    from tank_recording.reading import Recording
    from tank_recording.ros.accounts import accounts
    from tank_recording.said import NOTE, Circumstances

    recording = Recording(path)
    notes = recording.notes(NOTE)
    told = [account for account in accounts(recording) if account.begun]
    if not any(account.sayings for account in told):
        raise RecordingError(f"{path} holds no sentence, so there is nothing to do again")
    for account in told:
        if account.fault:
            say(f"a part is not done again: {account.fault}", YELLOW)
    usable = [account for account in told if not account.fault]
    if not usable:
        raise RecordingError(f"nothing of {path} can be done again: {told[0].fault}")
    # what takes long to load is loaded for what can be done again
    from tank_language.gguf_model import load_model
    from tank_language.translator import Translator
    from tank_recording.again import do_again, episode_of

    verdicts: list[ComparedLine] = []
    where = [Circumstances.at(notes, account.until) for account in usable]
    with Translator(load_model(model)) as translator:
        for account, there in zip(usable, where, strict=True):
            with episode_of(there, account.sayings) as episode:
                today = do_again(episode, account.sayings, translator.translate)
            for sentence, some in compare(account.outcomes, today.outcomes):
                print("\n".join(_lines(sentence, some)), flush=True)
                verdicts += some
    same = not any(verdict.same is False for verdict in verdicts)
    compared = sum(verdict.same is not None for verdict in verdicts)
    say(f"{compared} steps compared: {'the same' if same else 'different'}")
    return ExitCode.DONE if same else ExitCode.FAILED


def _lines(sentence: str, verdicts: Sequence[ComparedLine]) -> Iterator[str]:
    yield f"“{sentence}”"
    for verdict in verdicts:
        mark, color = MARKS[verdict.same]
        yield f"  {paint(mark, color, sys.stdout)} {verdict.text}"
