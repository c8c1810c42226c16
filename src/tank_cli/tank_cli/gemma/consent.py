"""Gemma's terms of use, shown once, and how they were accepted."""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

from tank_core.exceptions import TankError
from tank_core.io.console import say
from tank_llama.model_file import model_folders

TERMS, NOTICE_FILE, RECORD = "GEMMA_TERMS.txt", "NOTICE", "gemma-terms-accepted.txt"
OPTION = "--accept-gemma-terms"
NOTICE = (
    "Gemma is provided under and subject to the Gemma Terms of Use found at "
    "ai.google.dev/gemma/terms"
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the option that accepts the terms."""
    parser.add_argument(
        OPTION, dest="accepted", action="store_true", help="accept Gemma's terms of use"
    )


def require(folder: Path, accepted: bool) -> None:
    """Have the terms accepted, unless ``folder`` has a record that they were.

    By ``accepted`` (the option), or by a person at the terminal. Raises TankError without consent.
    """
    record = folder / RECORD
    if record.is_file():
        say(f"{NOTICE}: {record.read_text(encoding='utf-8').strip()}")
        return
    say(
        f"{NOTICE} (a copy: {_coming_with_tank(TERMS)}). In short: you may use, change and pass it "
        "on; whoever you pass it on to, built files as well, gets these terms; and not for what "
        "Google's Prohibited Use Policy forbids (ai.google.dev/gemma/prohibited_use_policy)."
    )
    how = f"by {OPTION}" if accepted else _asked()
    folder.mkdir(parents=True, exist_ok=True)
    text = f"accepted {how} on {datetime.date.today().isoformat()}"
    record.write_text(f"{text}\n", encoding="utf-8")
    say(f"the terms are {text}; {record} remembers it")


def pass_on(folder: Path) -> None:
    """Lay the terms and the notice beside what is built, as the terms want it."""
    for name in (TERMS, NOTICE_FILE):
        if (text := _coming_with_tank(name)) is not None:
            (folder / name).write_bytes(text.read_bytes())


def _coming_with_tank(name: str) -> Path | None:
    return next((f / name for f in model_folders() if (f / name).is_file()), None)


def _asked() -> str:
    if not sys.stdin.isatty():
        raise TankError(
            f"nobody is at the terminal to accept Gemma's terms; read them and say {OPTION}"
        )
    say("Do you accept them? [yes/no]")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise TankError("Gemma's terms were not accepted, so nothing was fetched or built")
    return "at the terminal"
