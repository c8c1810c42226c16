"""Finds Tank's source checkout.

With it come documents, evaluation sentences, training data and the file of the model; a robot may
have Tank installed without it.
"""

from __future__ import annotations

import os
from pathlib import Path

from tank_core.exceptions import TankError

ROOT_VARIABLE, HOME_VARIABLE = "TANK_ROOT", "TANK_HOME"  # ./tank sets both
MARK = Path("src", "tank_core", "package.xml")  # lies at this place in a checkout only


def find_checkout() -> Path | None:
    """The checkout that $TANK_ROOT names, or this file lies in, or None."""
    named = os.environ.get(ROOT_VARIABLE)
    folders = (*([Path(named)] if named else ()), *Path(__file__).resolve().parents)
    return next((folder for folder in folders if (folder / MARK).is_file()), None)


def checkout() -> Path:
    """The root of the source checkout. Raises TankError where there is none."""
    found = find_checkout()
    if found is None:
        named = os.environ.get(ROOT_VARIABLE)
        why = f"{ROOT_VARIABLE}={named!r} is none" if named else f"{ROOT_VARIABLE} is not set"
        raise TankError(
            f"the source checkout of Tank is not found ({why}), and this needs files that come "
            f"with it alone; clone it, and set {ROOT_VARIABLE} to its folder"
        )
    return found


def home() -> Path:
    """The folder of ./tank's set-up: $TANK_HOME, else .tank in the checkout.

    Raises TankError where there is neither.
    """
    named = os.environ.get(HOME_VARIABLE)
    return Path(named) if named else checkout() / ".tank"
