"""Pick and place from cell to cell: the executor, and transformers of actions."""

from __future__ import annotations

from functools import lru_cache

from tank_bench.skills.rows import Outcome, Row
from tank_core.robot import load_robot
from tank_core.skill import Skill
from tank_learning.skills.transformer.closed_loop import by_executor, by_skill
from tank_learning.skills.transformer.room import PickPlaceRoom, draw
from tank_skills import load_skill

SKILL, ROBOT, CLASSICAL = "pick and place", "tank", "classical"
FILES = {
    "transformer, regression": "pick_and_place-tank",
    "transformer, 256 bins": "pick_and_place-tank-bins256",
    "transformer, 1,024 bins": "pick_and_place-tank-bins1024",
}
ACTION, OWN = "pick_and_place", ("transformer, regression",)  # a file of one's own may have these
ROWS = (
    Row(SKILL, CLASSICAL, ROBOT),
    Row(SKILL, "transformer, regression", ROBOT, wanted=0.7),
    *(Row(SKILL, by, ROBOT) for by in list(FILES)[1:]),
    Row(SKILL, CLASSICAL, ROBOT, "real"),
    Row(SKILL, "transformer, regression", ROBOT, "real"),
)


def run(row: Row, seed: int) -> Outcome:
    """Carry out a task that no training has."""
    room = _room(row.robot, row.realism)
    task = draw(seed, "benchmark", room.cells)
    if row.by == CLASSICAL:
        end = by_executor(room, task, seed)
    else:
        end = by_skill(room, _skill(row.file or FILES[row.by], row.robot), task, seed)
    return Outcome(end.success, end.claimed, end.seconds, end.decision_ms)


@lru_cache(maxsize=4)
def _room(robot: str, realism: str) -> PickPlaceRoom:
    return PickPlaceRoom(robot, realism)


@lru_cache(maxsize=4)
def _skill(file: str, robot: str) -> Skill:
    return load_skill(file, load_robot(robot))
