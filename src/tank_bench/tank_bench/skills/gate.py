"""Rows of driving through a gate: the stack's own way, and what was cloned.

A policy alone drives in the simulation without an executor and says itself that it is done; the
learned skill is the same one, chosen, watched and checked by the executor.
"""

from __future__ import annotations

import math
import time
from functools import partial

from tank_bench.journeys.gates import went_through
from tank_bench.skills.rows import Outcome, Row
from tank_core.commands import GoThrough
from tank_core.exceptions import TankError
from tank_core.io.checkout import home
from tank_core.robot import load_robot
from tank_core.skill import Chunk, Observation, Skill
from tank_episode.episode import Episode
from tank_executor.plan import PlanState
from tank_learning.skills.gate.closed_loop import DELAYED, OVERLAPPING, PATIENCE, drive
from tank_learning.skills.gate.demonstrator import is_through, pursue
from tank_learning.skills.gate.room import PLAIN, SHRUNK, GateRoom
from tank_learning.skills.gate.scenes import OTHER, scene
from tank_sim.realism.levels import Realism
from tank_sim.worlds.gate_starts import GATES, USUAL
from tank_skills import load_skill

SKILL = ACTION = "go_through"
CLASSICAL, PRIVILEGED = "classical", "demonstrator, privileged"
LEARNED, ALONE = OWN = "learned skill", "policy alone"  # a file of one's own may have these
DELAY, DIM, STARTS, TILTED = "1 s delay", "dim light", "other starts", "tilted camera"
BRIGHTNESS = 0.3  # as in the world ``dim``
TILT = Realism(camera_tilt=math.radians(1.0))  # five times as much as in "real"

_row = partial(Row, SKILL, robot="tank")
ROWS: tuple[Row, ...] = (
    _row(CLASSICAL),
    _row(CLASSICAL, realism="real"),
    _row(PRIVILEGED),
    _row(LEARNED),
    _row(LEARNED, realism="real"),
    _row(ALONE, wanted=0.96),
    _row(ALONE, realism="real", wanted=0.85),
    _row(ALONE, variant=DELAY, wanted=0.85),
    *(_row(ALONE, variant=variant) for variant in (DIM, STARTS, TILTED)),
)
# Policies that do not come with Tank, by the options of their training; each lies in the folder
# of its name, in .tank/skills.
TRAINED: dict[str, tuple[str, str]] = {
    "policy alone, 40": ("gate-40", "--demonstrations 40 --updates 1500"),
    "policy alone, 40, unmasked": (
        "gate-40-unmasked", "--demonstrations 40 --updates 1500 --unmasked",
    ),
    "policy alone, 40 pushed, as driven": (
        "gate-pushed-40-as-driven", "--demonstrations 0 --pushed 40 --updates 1500 --as-driven",
    ),
    "policy alone, 40 pushed, labels remade": (
        "gate-pushed-40", "--demonstrations 0 --pushed 40 --updates 1500",
    ),
    "policy alone, 40, DAgger 40": (
        "gate-40-dagger", "--demonstrations 40 --updates 1500 --dagger 40",
    ),
    "policy alone, 200 and 100 pushed": ("gate-200-pushed-100", "--pushed 100"),
}  # fmt: skip
TRAINED_ROWS: tuple[Row, ...] = tuple(
    _row(by, realism=realism, variant=variant)
    for by in TRAINED
    for realism, variant in (("ideal", ""), ("real", ""), ("ideal", DELAY))
)


def run(row: Row, seed: int) -> Outcome:
    """Do a trial. Raises TankError for a policy that was not trained yet."""
    if row.by == PRIVILEGED:
        return _demonstrated(seed)
    if row.by in (CLASSICAL, LEARNED):
        return _by_executor(row, seed)
    rhythm = DELAYED if row.variant == DELAY else OVERLAPPING
    room = _kept(row)
    driven = drive(room, _policy(row.by, row.file), seed, rhythm)
    return Outcome(driven.success, driven.ended, driven.seconds, driven.decision_ms)


def _demonstrated(seed: int) -> Outcome:
    """The demonstrator itself, which knows the truth: cloning's upper bound."""
    room = _kept(_row(PRIVILEGED))
    room.reset(seed)
    steps = 0
    while not is_through(room.pose) and not room.touched and steps < PATIENCE:
        room.step(pursue(room.pose))
        steps += 1
    good = went_through(room.scene.gate, room.backend.truth()) and not room.touched
    return Outcome(good, good, room.state.time)


def _by_executor(row: Row, seed: int) -> Outcome:
    """The command, carried out by the whole stack."""
    timed = _Timed(_policy(ALONE, row.file)) if row.by == LEARNED else None
    chosen = {} if timed is None else {SKILL: timed}
    with Episode("tank", GATES, realism=row.realism, skills=chosen) as episode:
        start = scene(episode.robot, seed)
        episode.reset(start.world_seed, start=start.start)
        claimed = episode.run([GoThrough()]).state is PlanState.SUCCEEDED
        seconds = episode.time
        episode.settle()
        backend = episode.backend
        good = went_through(start.gate, backend.truth()) and not backend.touched()
    return Outcome(good, claimed, seconds, tuple(timed.took) if timed else ())


class _Timed:
    """A skill whose decisions are timed [ms of the processor]."""

    def __init__(self, skill: Skill) -> None:
        self.card, self._skill = skill.card, skill
        self.took: list[float] = []

    def reset(self) -> None:
        self._skill.reset()

    def act(self, seen: Observation) -> Chunk:
        began = time.process_time()
        chunk = self._skill.act(seen)
        self.took.append(1000 * (time.process_time() - began))
        return chunk


def check(row: Row) -> None:
    """Raise TankError for a policy that was not trained yet."""
    if row.by in TRAINED:
        _policy(row.by)


def _policy(by: str, file: str = "") -> Skill:
    robot = load_robot("tank")
    if by == ALONE:
        return load_skill(file or "go_through-tank", robot)
    name, options = TRAINED[by]
    folder = home() / "skills" / name
    path = folder / "go_through-tank.safetensors"
    if not path.is_file():
        raise TankError(
            f"{path} is not there; train it: ./tank learn gate {options} --out {folder}"
        )
    return load_skill(path, robot)


# Of this process: trials come sorted by row.
_rooms: dict[Row, GateRoom] = {}


def _kept(row: Row) -> GateRoom:
    """This process's room of a row; the last one that was asked for is kept."""
    if row not in _rooms:
        while _rooms:
            _rooms.popitem()[1].backend.close()
        view = PLAIN if row.by == PRIVILEGED else SHRUNK
        _rooms[row] = GateRoom(
            view,
            TILT if row.variant == TILTED else row.realism,
            OTHER if row.variant == STARTS else USUAL,
            BRIGHTNESS if row.variant == DIM else 1.0,
        )
    return _rooms[row]
