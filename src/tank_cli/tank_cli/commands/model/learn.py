"""``./tank learn``: record demonstrations, and train learned skills."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tank_core.exceptions import TankError
from tank_core.io.arguments import Parser

PARTS = {
    "record": "demonstrations into a dataset in LeRobot's format",
    "show": "what is in a dataset, and a picture of it",
    "reach": "train the arm to reach, by reinforcement learning",
    "face": "train turning towards a thing, from images",
    "gate": "train going through gates, from demonstrations",
    "transformer": "train a transformer of actions, from the executor's own runs",
    "words": "train driving up to the thing that a sentence names, from two cameras",
    "auto": "the autonomous learner: collect, validate, train, think, pause",
}
# each has configure(parser) and learn(args) -> exit code
MODULES = {
    "record": "tank_learning.skills.dataset.commands.record",
    "show": "tank_learning.skills.dataset.commands.show",
    **{
        name: f"tank_learning.skills.{name}.command"
        for name in ("reach", "face", "gate", "transformer", "words", "auto")
    },
}
NAMES = {"go_through": "gate"}  # as the language calls it


def configure(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(
        dest="skill", metavar="WHAT", required=True, parser_class=_LearnerParser
    )
    for name, about in PARTS.items():
        others = [other for other, meant in NAMES.items() if meant == name]
        parts.add_parser(name, help=about, aliases=others, learner=name)


def run(args: argparse.Namespace) -> int:
    name = NAMES.get(args.skill, args.skill)
    with _told(name):
        return int(importlib.import_module(MODULES[name]).learn(args))


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Tell in a line where a learner, or what it needs, is not here."""
    module = MODULES[name]
    try:
        yield
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if missing == "tank_learning":  # on a robot, where all of it is missing
            raise
        if module == missing or module.startswith(f"{missing}."):
            raise TankError(
                f"./tank learn {name} is not part of this version; ./tank learn --help lists what "
                "there is"
            ) from None
        raise TankError(f"{missing} is not installed; run ./tank setup --train") from None


class _LearnerParser(Parser):
    """A skill's parser, with the options of its module.

    That is imported when the skill was said.
    """

    def __init__(self, *args: Any, learner: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._learner = learner

    def parse_known_args(self, *args: Any, **kwargs: Any) -> Any:
        name, self._learner = self._learner, ""
        if name:
            with _told(name):
                importlib.import_module(MODULES[name]).configure(self)
        return super().parse_known_args(*args, **kwargs)
