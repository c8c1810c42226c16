"""The cockpit's address with its key, and the browser that opens it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from urllib.parse import urlsplit

from tank_cockpit.access import key_wanted
from tank_cockpit.key_file import load_key
from tank_cockpit.listening import EVERYWHERE, own_address
from tank_core.io.user_paths import state_folder

_COCKPIT = re.compile(r"(?P<words>the cockpit is at )(?P<address>http://\S+/)")
OPENER = "xdg-open"


def with_key(message: str) -> str:
    """The cockpit's line about its address, with the key if it asks for one.

    The cockpit itself does not tell it: others hear that, too. Any other message stays as it is.
    """
    found = _COCKPIT.fullmatch(message)
    return f"{found['words']}{_address(found['address'])}" if found else message


def open_page(message: str) -> bool:
    """Open the cockpit in a browser; whether that was begun.

    Only where there is a display. A browser that is not there, or takes long, is of no consequence.
    """
    found = _COCKPIT.fullmatch(message)
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    opener = shutil.which(OPENER)
    if found is None or not display or opener is None:
        return False
    null = subprocess.DEVNULL
    try:
        subprocess.Popen(
            [opener, _address(found["address"])],
            stdin=null, stdout=null, stderr=null, start_new_session=True,
        )  # fmt: skip
    except OSError:
        return False  # the address is on the screen
    return True


def small_cockpit(host: str, port: int) -> str:
    """The address, with its key, of a cockpit asked for at a host and port."""
    name = own_address() if host == EVERYWHERE else host
    return _address(f"http://{name}:{port}/")


def _address(address: str) -> str:
    host = urlsplit(address).hostname or ""
    return f"{address}?key={load_key(state_folder())}" if key_wanted(host) else address
