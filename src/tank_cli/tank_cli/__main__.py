"""``./tank COMMAND ...``: finds the sub-command's module and runs it.

Nothing is imported that the sub-command does not need.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pkgutil import iter_modules
from types import ModuleType

from tank_core import __version__
from tank_core.exceptions import TankError
from tank_core.io.arguments import Parser, UsageError
from tank_core.io.console import ExitCode, fail, say
from tank_core.io.one_line import described
from tank_core.io.steady_streams import StreamError, steady

EXAMPLES = """\
examples:
  ./tank sim                                              the robot in your browser, and a prompt
  ./tank say "turn left and pick up the cube"             to the robot that runs already
  ./tank run --json "drive forward one meter"             as fast as the machine can
  ./tank parse "back up two feet"                         what a sentence means
"""


@dataclass(frozen=True)
class SubCommand:
    """``module`` has ``configure(parser)`` and ``run(args) -> exit code``.

    An empty one is carried out by the script ./tank itself.
    """

    module: str
    help: str
    result: bool = True  # whether it goes to stdout


ROOMS = ("robot", "model", "upkeep")  # folders of commands/
OFF_THE_ROBOT = ("tank_bench", "tank_learning")  # packages that no robot has
BY_THE_SCRIPT = frozenset({"test", "check", "setup", "env", "ros2"})
# they talk, or end when they are told to
WITHOUT_RESULT = frozenset({"sim", "robot", "say", "teleop", "docs"})


def sub_commands() -> dict[str, SubCommand]:
    """The sub-commands by name, out of commands.txt.

    The script ./tank shows that, too.
    """
    here = resources.files("tank_cli")
    modules = {
        module.name: f"tank_cli.commands.{room}.{module.name}"
        for room in ROOMS
        for module in iter_modules([str(here / "commands" / room)])
    }
    found = {}
    for line in (here / "commands.txt").read_text(encoding="utf-8").splitlines():
        name, text = line.split(maxsplit=1)
        module = "" if name in BY_THE_SCRIPT else modules[name]
        found[name] = SubCommand(module, text, name not in WITHOUT_RESULT)
    return found


COMMANDS = sub_commands()


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of the sub-command.

    2 for an expected fault, told in one line.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = COMMANDS.get(arguments[0]) if arguments else None
    asked = not {"-h", "--help"} & set(arguments)
    try:
        with steady(needs_stdout=command is not None and command.result and asked) as stdout:
            code = _guarded(arguments)
        return code or int(bool(stdout.failed))
    except StreamError as error:
        return _refused(error)
    except BrokenPipeError:  # who read our output has gone, as in ./tank worlds | head -1
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _guarded(arguments: list[str]) -> int:
    try:
        return _run(arguments)
    except SystemExit as end:
        # argparse ends --help and --version so; whether they were written is told after it
        if end.code:
            raise
        return 0
    except KeyboardInterrupt:
        say("tank: interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        raise
    except TankError as error:
        return _refused(error)
    except Exception as error:
        # the border of the process: a fault of ours is one line for the person, and a file for who
        # mends it
        from tank_core.io.user_paths import crash_report

        fail(
            f"this should not have happened ({described(error)}); "
            f"{crash_report(traceback.format_exc())}"
        )
        return ExitCode.BROKEN


def _refused(error: TankError) -> int:
    fail(str(error))
    return ExitCode.USAGE


def _run(arguments: list[str]) -> int:
    name = arguments[0] if arguments else ""
    command = COMMANDS.get(name)
    if command is None and name and not name.startswith("-"):
        raise UsageError(f"there is no command {name!r}; say one of {', '.join(COMMANDS)}")
    if command is None or not command.module:
        # ends here: help, version, or what is wrong
        _top_parser().parse_args(arguments or ["--help"])
        return ExitCode.USAGE
    try:
        return _carry_out(name, importlib.import_module(command.module), arguments[1:])
    except ModuleNotFoundError as error:
        if error.name not in OFF_THE_ROBOT:
            raise
        raise TankError(
            f"./tank {name} needs {error.name}, which is not installed on a robot; say it on a PC"
        ) from None


def _carry_out(name: str, module: ModuleType, arguments: list[str]) -> int:
    parser = Parser(prog=f"./tank {name}", description=_about(module))
    module.configure(parser)
    return int(module.run(parser.parse_args(arguments)))


def _about(module: ModuleType) -> str:
    """The text of a module's docstring after the command's name."""
    text = (module.__doc__ or "").splitlines()[0].partition(": ")[2]
    return text[:1].upper() + text[1:]


def _top_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="./tank",
        description="Tank: steer a small robot in plain English.",
        epilog=EXAMPLES + "\n./tank COMMAND --help tells more about one of them.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="version", version=f"tank {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        text = command.help.replace("%", "%%")
        commands.add_parser(name, help=text, add_help=False)
    return parser


if __name__ == "__main__":
    sys.exit(main())
