"""The choice of learned skills, such as "face=learned,grasp=my-reach"."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tank_core.exceptions import ModelError
from tank_core.io.one_line import quoted
from tank_core.robot import Robot
from tank_core.skill import Skill
from tank_skills.loading import load_skill

LEARNED = "learned"  # the skill that comes with Tank for this robot
# The actions of the language that a skill may carry out, and how the files that come with Tank
# begin: face-rasptank. Of a grasp it is the reaching.
SHIPPED = {"face": "face", "go_through": "go_through", "grasp": "reach"}
CHOICES_HELP = (
    f"ACTION={LEARNED}, with {', '.join(SHIPPED)} for ACTION, for the skill that comes with Tank "
    "for this robot; or ACTION=NAME or ACTION=FILE.safetensors; several with commas between them"
)

Chosen = str | Path | Skill  # LEARNED, a name, a path, or what is loaded already


def read_choices(text: str) -> dict[str, str]:
    """Choices by action. Raises ModelError, in one line."""
    choices: dict[str, str] = {}
    for word in filter(None, (part.strip() for part in text.split(","))):
        action, mark, chosen = (part.strip() for part in word.partition("="))
        if not mark or not chosen or action not in SHIPPED:
            raise ModelError(f"{quoted(word)} chooses no learned skill; say {CHOICES_HELP}")
        if action in choices:
            raise ModelError(f"a learned skill is chosen twice for {action}; choose one")
        choices[action] = chosen
    return choices


def choices_fault(text: str) -> str | None:
    """Say what is wrong with choices; None when nothing is."""
    try:
        read_choices(text)
    except ModelError as error:
        return str(error)
    return None


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
