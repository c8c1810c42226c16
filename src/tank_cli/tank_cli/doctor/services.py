"""Checks of the guardian and of systemd's services."""

from __future__ import annotations

from tank_cli.doctor.findings import Check, Diagnosis, Findings, Severity, fail, ok, warn
from tank_cli.doctor.system import System

UNITS = ("tank-guardian", "tank-robot")


def guardian(system: System) -> Findings:
    running = system.guardians()
    if not running:
        yield fail(
            "guardian",
            "none listens: nothing moves without it",
            "sudo systemctl enable --now tank-guardian (./tank robot starts one of its own)",
        )
        return
    if len(running) > 1:
        yield warn(
            "guardian",
            f"{len(running)} of them: {', '.join(map(str, running))}",
            "end all but one: each switches the motors off on its own",
        )
    mine = [path for path in running if system.may_use(str(path))]
    if not mine:
        owner = system.group_of(str(running[0].parent)) or "tank"
        yield warn(
            "guardian",
            f"{running[0]} is not for {system.user}",
            f"run the robot's commands as its user: sudo -u {owner} /opt/tank/pi/run ...",
        )
    else:
        yield ok("guardian", f"listens at {mine[0]}")


def services(system: System) -> Findings:
    if system.glob("/.dockerenv"):
        yield Diagnosis(
            Severity.SKIP, "services", "this is a container: docker compose ps tells, outside"
        )
        return
    for unit in UNITS:
        ran = system.run(
            "systemctl", "show", "-p", "LoadState,ActiveState,UnitFileState,NRestarts", unit
        )
        if ran is None or ran.status != 0:
            yield warn("services", "systemctl does not answer", "in a container: docker compose ps")
            return
        state = dict(line.partition("=")[::2] for line in ran.text.splitlines())
        active, restarts = state.get("ActiveState", "?"), number_of(state.get("NRestarts"))
        if state.get("LoadState") == "not-found":
            yield warn(unit, "is not installed", "sudo pi/install.sh (not with Docker)")
        elif active == "failed" or restarts > 3:
            yield fail(
                unit, f"is {active}, started again {restarts} times", f"journalctl -u {unit} -n 50"
            )
        elif active != "active":
            yield warn(unit, f"is {active}", f"sudo systemctl enable --now {unit}")
        else:
            yield ok(unit, "is active")


def number_of(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


CHECKS = (
    Check("guardian", guardian, pc=False),
    Check("services", services, pc=False),
)
