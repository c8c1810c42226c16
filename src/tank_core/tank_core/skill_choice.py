"""The choice of learned skills, such as "face=learned,grasp=my-reach".

It needs nothing but text, so that a command line can explain it at once.
"""

from __future__ import annotations

from tank_core.exceptions import ModelError
from tank_core.io.one_line import quoted

LEARNED = "learned"  # the skill that comes with Tank for this robot
# The actions of the language that a skill may carry out, and how the files that come with Tank
# begin: face-rasptank. Of a grasp it is the reaching.
SHIPPED = {"face": "face", "go_through": "go_through", "grasp": "reach"}
CHOICES_HELP = (
    f"ACTION={LEARNED}, with {', '.join(SHIPPED)} for ACTION, for the skill that comes with Tank "
    "for this robot; or ACTION=NAME or ACTION=FILE.safetensors; several with commas between them"
)


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
