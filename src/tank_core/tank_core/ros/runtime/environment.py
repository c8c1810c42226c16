"""Checks the user's environment before ROS 2 is imported.

On some variables rcl ends the process when it is *imported* (exit code 102), on others it raises
something of its own, prints thousands of lines, or goes on without a word as if nothing had been
set. So this is looked at first, by all that use rclpy, and told in one line. It imports nothing of
ROS itself.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from pathlib import Path
from xml.etree import ElementTree

from tank_core.exceptions import TankError
from tank_core.io.one_line import quoted, reason

DOMAIN, RANGE, MIDDLEWARE = "ROS_DOMAIN_ID", "ROS_AUTOMATIC_DISCOVERY_RANGE", "RMW_IMPLEMENTATION"
# docs.ros.org, "The ROS_DOMAIN_ID": above 101 ports may be taken
HIGHEST_DOMAIN, SAFE_DOMAIN = 232, 101
RANGES = ("SUBNET", "LOCALHOST", "OFF", "SYSTEM_DEFAULT")
WHEELS = "TANK_WHEELS"  # set by ./tank where ROS 2 comes from PyPI
# The name that Fast DDS 2 (Jazzy) reads, and the one that Fast DDS 3 (Kilted) does.
PROFILES = ("FASTRTPS_DEFAULT_PROFILES_FILE", "FASTDDS_DEFAULT_PROFILES_FILE")

# rcutils takes nothing else, and complains about it at each line that it logs.
_SWITCHES = ("ROS_LOCALHOST_ONLY", "RCUTILS_LOGGING_USE_STDOUT", "RCUTILS_LOGGING_BUFFERED_STREAM",
    "RCUTILS_COLORIZED_OUTPUT")  # fmt: skip
_NUMBER = re.compile(r"0|[1-9][0-9]{0,2}")
_INDEX = Path("share/ament_index/resource_index/rmw_typesupport")
_HEARD = re.compile(r"(ROS|RMW|RCUTILS|FASTRTPS|FASTDDS|CYCLONEDDS|ZENOH)_")
# these were looked at
_UNSUSPECTED = ("ROS_DISTRO", "ROS_VERSION", "ROS_PYTHON_VERSION", *PROFILES)
_SOURCE = re.compile(r" ?, at /[^\s,]+")  # where in its sources rcl found it


def prepare(
    environment: MutableMapping[str, str] = os.environ,
    tell: Callable[[str], None] = lambda text: print(f"tank: {text}", file=sys.stderr, flush=True),
) -> None:
    """Make ready for rclpy.

    ``tell`` is told what is changed, once for all child processes. Raises TankError with the
    variable, its value, what it may be and the cure.
    """
    change = mend(environment)
    if change:
        tell(change)
    for fault in faults(environment):
        raise TankError(fault)


def mend(environment: MutableMapping[str, str]) -> str:
    """Unset a middleware that the wheels do not have, which is no choice there.

    What to say of it, or "".
    """
    chosen = environment.get(MIDDLEWARE, "")
    known = middlewares(environment)
    if not environment.get(WHEELS) or not chosen or not known or chosen in known:
        return ""
    del environment[MIDDLEWARE]
    return (
        f"{MIDDLEWARE}={quoted(chosen)} is unset: ROS 2 from PyPI has {' and '.join(known)} alone"
    )


def faults(environment: Mapping[str, str]) -> Iterator[str]:
    """Each a line: what is wrong, and the cure."""
    for look in (_domain, _range, _switches, _middleware, _profiles, _log_folder, _origin):
        yield from look(environment)


def domain(environment: Mapping[str, str] = os.environ) -> int:
    """The ROS domain. Raises TankError where the variable says none."""
    for fault in _domain(environment):
        raise TankError(fault)
    return int(environment.get(DOMAIN) or 0)


def middlewares(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Those that are installed, by the index of ament.

    Empty where there is no index to look at.
    """
    found: set[str] = set()
    for prefix in filter(None, environment.get("AMENT_PREFIX_PATH", "").split(os.pathsep)):
        folder = Path(prefix) / _INDEX
        if folder.is_dir():
            found.update(entry.name for entry in folder.iterdir())
    return tuple(sorted(found - {"rmw_implementation"}))


def not_started(error: BaseException, environment: Mapping[str, str] = os.environ) -> str:
    """A line for an error that rclpy raised when it started.

    It names what was set for it to read.
    """
    said = _SOURCE.sub("", reason(error))
    names = sorted(name for name in environment if _HEARD.match(name) and name not in _UNSUSPECTED)
    heard = ", ".join(f"{name}={environment[name]}" for name in names)
    cure = f"; it reads {heard}: unset what is not meant" if heard else ""
    return f"ROS 2 does not start: {said}{cure}"


def _domain(environment: Mapping[str, str]) -> Iterator[str]:
    value = environment.get(DOMAIN, "")
    if value and (not _NUMBER.fullmatch(value) or int(value) > HIGHEST_DOMAIN):
        yield (
            f"{DOMAIN} is {quoted(value)}, and must be a whole number from 0 to {SAFE_DOMAIN} "
            f"({HIGHEST_DOMAIN} at most); export {DOMAIN}=0, or unset it"
        )


def _range(environment: Mapping[str, str]) -> Iterator[str]:
    value = environment.get(RANGE, "")
    if value and value not in RANGES:
        yield f"{RANGE} is {quoted(value)}; say one of {', '.join(RANGES)}, or unset it"


def _switches(environment: Mapping[str, str]) -> Iterator[str]:
    for name in _SWITCHES:
        if environment.get(name, "") not in ("", "0", "1"):
            yield f"{name} is {quoted(environment[name])}, and must be 0 or 1; unset {name}"


def _middleware(environment: Mapping[str, str]) -> Iterator[str]:
    chosen, known = environment.get(MIDDLEWARE, ""), middlewares(environment)
    if chosen and known and chosen not in known:
        package = f"ros-{environment.get('ROS_DISTRO', 'DISTRO')}-{chosen.replace('_', '-')}"
        yield (
            f"{MIDDLEWARE} is {quoted(chosen)}, which is not installed here "
            f"(there is {', '.join(known)}); unset {MIDDLEWARE}, or install {quoted(package)}"
        )


def _profiles(environment: Mapping[str, str]) -> Iterator[str]:
    for name in PROFILES:
        path = environment.get(name, "")
        if not path:
            continue
        try:
            ElementTree.parse(path)
        except (OSError, ValueError, ElementTree.ParseError) as error:
            yield (
                f"{name} is {quoted(path)}, which is no XML file to read ({reason(error)}); "
                f"unset {name}"
            )


def _log_folder(environment: Mapping[str, str]) -> Iterator[str]:
    """By making it, as rcl does.

    Its rule is ROS_LOG_DIR, or ROS_HOME/log, or ~/.ros/log.
    """
    cure = "export ROS_LOG_DIR to a folder of yours, such as /tmp/ros"
    home = environment.get("HOME", "")
    name = next((name for name in ("ROS_LOG_DIR", "ROS_HOME") if environment.get(name)), "HOME")
    chosen = environment.get(name, "")
    if not home and (name == "HOME" or chosen.startswith("~")):
        yield f"HOME is not set, so ROS 2 has no folder for its logs; {cure}"
        return
    folder = Path(home + chosen[1:] if name != "HOME" and chosen.startswith("~") else chosen)
    folder = folder / {"ROS_LOG_DIR": "", "ROS_HOME": "log", "HOME": ".ros/log"}[name]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        why = "" if os.access(folder, os.W_OK | os.X_OK) else "no permission"
    except (OSError, ValueError) as error:
        why = reason(error)
    if why:
        yield f"ROS 2 cannot write its logs to {quoted(str(folder))} by {name} ({why}); {cure}"


def _origin(environment: Mapping[str, str]) -> Iterator[str]:
    """Say whether PYTHONPATH leads to another ROS 2.

    It comes before the wheels, whose libraries its rclpy is not of.
    """
    spec = importlib.util.find_spec("rclpy") if environment.get(WHEELS) else None
    found = spec.origin if spec is not None else None
    if found and not Path(found).is_relative_to(sys.prefix):
        yield (
            f"rclpy would come from {quoted(found)}, which is another ROS 2 than Tank's in "
            f"{sys.prefix}; unset PYTHONPATH, or source that ROS 2 as a whole and unset {WHEELS}"
        )
