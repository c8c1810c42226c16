"""Judges how a robot's control loop kept its rate, and what to turn down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tank_cli.doctor.findings import Diagnosis, Findings, Severity, fail, ok, warn

NAME = "control loop"
KEPT = 0.9  # of its rate: less is too little
LONG_MS = 150.0  # a gap of the loop that is near to the guardian's 0.2 s
BUSY = 0.75  # of a core: a process under one interpreter lock has hardly more
OTHERS = 0.3  # of a core that others use
SETTINGS = "TANK_ARGUMENTS in /etc/tank/robot.env"


@dataclass
class Phase:
    """A motion, and how the loop kept its rate in it, as the robot itself said."""

    name: str
    rates: list[float] = field(default_factory=list)  # [Hz], a second each
    gaps: list[float] = field(default_factory=list)  # the longest of each second [ms]
    missed: int = 0  # turns
    cuts: int = 0  # of the guardian
    cores: float = 0.0  # that the robot's process kept busy

    @property
    def rate(self) -> float:
        return sum(self.rates) / len(self.rates) if self.rates else 0.0


@dataclass(frozen=True)
class LoopMeasurement:
    """All that was seen: of the robot, and of the machine beside it."""

    wanted: float  # [Hz]
    phases: Sequence[Phase]
    camera: bool  # pictures come
    others: Sequence[tuple[str, float]]  # other programs, and the cores that they keep busy
    resident_mb: float  # of the robot's process
    free_mb: float  # memory of the machine that is left


def judge(seen: LoopMeasurement) -> Findings:
    """Tell what was measured, and what to turn down where that is too little."""
    heard = [phase for phase in seen.phases if phase.rates]
    if len(heard) < len(seen.phases):
        silent = ", ".join(phase.name for phase in seen.phases if not phase.rates)
        yield fail(NAME, f"the robot did not say how it runs ({silent})", "./tank status")
        return
    rates = ", ".join(f"{phase.rate:.1f} Hz {phase.name}" for phase in seen.phases)
    gap = max(max(phase.gaps) for phase in seen.phases)
    missed, cuts = (sum(getattr(p, key) for p in seen.phases) for key in ("missed", "cuts"))
    cores = max(phase.cores for phase in seen.phases)
    text = (
        f"{rates} of {seen.wanted:g}; longest gap {gap:.0f} ms, {missed} turns missed, {cuts} cuts "
        f"of the guardian; up to {cores:.2f} of a core, {seen.resident_mb:.0f} MB"
    )
    if cuts or any(phase.rate < KEPT * seen.wanted for phase in seen.phases):
        yield fail(NAME, f"{text}: this machine does not keep the loop", "; ".join(_cures(seen)))
    elif gap > LONG_MS:
        yield warn(NAME, f"{text}: hardly any room", "; ".join(_cures(seen)))
    else:
        yield ok(NAME, text)
    if seen.free_mb < seen.resident_mb / 4:
        yield warn(
            "room for the robot",
            f"{seen.free_mb:.0f} MB of memory are left beside it",
            "end what else runs; a smaller picture in the robot file",
        )


def not_measured() -> Diagnosis:
    """The finding where nobody asked for it: it moves the robot."""
    return Diagnosis(
        Severity.SKIP,
        NAME,
        "whether this machine keeps it is measured in 30 s, and the tracks turn: put the robot on "
        "a block, then ./tank doctor --robot --loop (--yes: do not ask; --mock: without a robot)",
    )


def _cures(seen: LoopMeasurement) -> list[str]:
    """First what takes most and is wanted least."""
    cures = []
    beside = [(name, cores) for name, cores in seen.others if cores > OTHERS]
    if beside:
        named = ", ".join(f"{name} ({cores:.1f} of a core)" for name, cores in beside)
        cures.append(f"end what runs beside it: {named}")
    if seen.camera:
        cures.append(f"look less: camera_source:=none in {SETTINGS}")
    if max(phase.cores for phase in seen.phases) > BUSY and seen.wanted > 10.0:
        cures.append(
            f"turn it down: control_rate {max(10.0, seen.wanted / 2):g} in "
            "launch/config/rasptank.yaml"
        )
    if not cures:
        cures.append("see whether it is throttled (vcgencmd get_throttled): heat, or a weak supply")
    return cures
