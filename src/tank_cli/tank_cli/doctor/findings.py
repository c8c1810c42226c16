"""Findings of the doctor; a check that fails is a finding itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from tank_cli.doctor.system import System
from tank_core.io.one_line import described


class Severity(StrEnum):
    """The severity of a finding. ``SKIP``: not looked at, and why."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"
    SKIP = "SKIP"


@dataclass(frozen=True)
class Diagnosis:
    """A finding: what was looked at, what was found, and the cure.

    The cure is the command or the move that mends it.
    """

    level: Severity
    name: str
    text: str
    cure: str = ""

    def as_dict(self) -> dict[str, str]:
        return {**asdict(self), "level": str(self.level)}


Findings = Iterator[Diagnosis]


def ok(name: str, text: str) -> Diagnosis:
    return Diagnosis(Severity.OK, name, text)


def warn(name: str, text: str, cure: str) -> Diagnosis:
    return Diagnosis(Severity.WARN, name, text, cure)


def fail(name: str, text: str, cure: str) -> Diagnosis:
    return Diagnosis(Severity.FAIL, name, text, cure)


@dataclass(frozen=True)
class Check:
    """A check, whose ``run`` looks at one thing.

    ``robot`` / ``pc``: whether that makes sense there.
    """

    name: str
    run: Callable[[System], Findings]
    robot: bool = True
    pc: bool = True


def examine(system: System, checks: Sequence[Check], robot: bool) -> Findings:
    """All findings in order; last, what was left out on this machine."""
    left_out = []
    for check in checks:
        if check.robot if robot else check.pc:
            yield from _guarded(system, check)
        else:
            left_out.append(check.name)
    if left_out:
        kind, other = ("robot", "--pc") if robot else ("PC", "--robot")
        yield Diagnosis(
            Severity.SKIP,
            "left out",
            f"on a {kind}: {', '.join(left_out)}; {other} looks at them all the same",
        )


def _guarded(system: System, check: Check) -> Findings:
    try:
        yield from check.run(system)
    except Exception as error:
        # a border: a sick machine must not keep the rest from being looked at
        if isinstance(error, ImportError):
            yield fail(check.name, f"cannot be looked at: {described(error)}", "./tank setup")
        else:
            yield fail(
                check.name,
                f"cannot be looked at: {described(error)}",
                "read the rest first; what it needs may be missing there",
            )
