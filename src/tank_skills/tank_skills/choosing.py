"""Loads the learned skills that are chosen, such as "face=learned"."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tank_core.exceptions import ModelError
from tank_core.io.one_line import quoted
from tank_core.robot import Robot
from tank_core.skill import Skill
from tank_core.skill_choice import LEARNED, SHIPPED, read_choices
from tank_skills.loading import load_skill

Chosen = str | Path | Skill  # LEARNED, a name, a path, or what is loaded already


def load_skills(choices: str | Mapping[str, Chosen], robot: Robot) -> dict[str, Skill]:
    """The chosen skills by action, ready for this robot.

    ``choices``: by action, or the text that ``read_choices`` reads. Raises ModelError, in one line,
    for what is missing or does not fit robot or action.
    """
    by_action = read_choices(choices) if isinstance(choices, str) else choices
    return {action: _load(action, chosen, robot) for action, chosen in by_action.items()}


def _load(action: str, chosen: Chosen, robot: Robot) -> Skill:
    if action not in SHIPPED:
        raise ModelError(
            f"no learned skill carries out {quoted(action)}; they do {', '.join(SHIPPED)}"
        )
    if not isinstance(chosen, str | Path):
        skill = chosen
    else:
        name = f"{SHIPPED[action]}-{robot.name}" if chosen == LEARNED else chosen
        skill = load_skill(name, robot)
    if skill.card.action != action:
        raise ModelError(
            f"skill {skill.card.name} carries out {skill.card.action}, not {action}; choose "
            f"{skill.card.action}={skill.card.name}"
        )
    return skill
