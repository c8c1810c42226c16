"""Finds an OpenGL that renders off screen here.

The first that paints a picture, tried in a child process. It has to be known before ``mujoco`` is
imported, which reads MUJOCO_GL once and for all. A driver can crash or hang, and a library's file
says nothing about that; a child process that paints says it all. What was found out is kept until
something changes that may change it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tank_core.io.one_line import reason

VARIABLE = "MUJOCO_GL"
WAYS = ("egl", "osmesa")  # in this order: OSMesa left Mesa with 25.1
NAMES = {"egl": "EGL", "osmesa": "OSMesa"}  # as people write them
PACKAGES = "libegl1 libopengl0 libgl1-mesa-dri"
INSTALL = f"sudo apt-get install -y {PACKAGES} (where that does not help: libosmesa6)"
CURE = f"{INSTALL}, or set MUJOCO_GL"
PATIENCE = 60.0  # [s] a child may take; on an idle PC it takes 0.6
NO_MUJOCO = "mujoco is not installed"
# "ASKED:CHOSEN": what MUJOCO_GL was before it was chosen here, so that child processes know whose
# choice they inherit, and whoever looks anew does not take ours for the user's.
MARK = "TANK_RENDER_BACKEND"

# What mujoco takes on Linux; anything else it answers with an exception when it is imported.
_OFF = ("disable", "disabled", "off", "false", "0")
_KNOWN = ("egl", "osmesa", "glfw", "glx", "enable", "enabled", "on", "true", "1", *_OFF)
# What decides beside MUJOCO_GL which driver paints, and whether it does.
_DRIVERS = (
    "PYOPENGL_PLATFORM", "MUJOCO_EGL_DEVICE_ID",
    "CUDA_VISIBLE_DEVICES", "LIBGL_ALWAYS_SOFTWARE", "LIBGL_DRIVERS_PATH", "GALLIUM_DRIVER",
    "MESA_LOADER_DRIVER_OVERRIDE", "EGL_PLATFORM", "__EGL_VENDOR_LIBRARY_FILENAMES",
    "__EGL_VENDOR_LIBRARY_DIRS",
)  # fmt: skip
_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", *_DRIVERS)
_PLACES = (
    "/etc/ld.so.cache", "/usr/share/glvnd/egl_vendor.d", "/etc/glvnd/egl_vendor.d", "/dev/dri",
    "/dev/nvidiactl",
    "/usr/lib/x86_64-linux-gnu/dri", "/usr/lib/aarch64-linux-gnu/dri",
)  # fmt: skip
# A machine too busy, or out of memory: that passes.
_CHANCE = re.compile(r"no picture within|by signal 9\b")
_NOISE = (" ", "Traceback", "Exception ignored", "libEGL warning", "MESA")
# a driver that was renewed under a running kernel fails until the next one
_BOOT = "/proc/sys/kernel/random/boot_id"

_PAINT = """
import mujoco
model = mujoco.MjModel.from_xml_string(
    '<mujoco><worldbody><light pos="0 0 3"/>'
    '<geom type="sphere" size="0.4" rgba="1 0 0 1"/></worldbody></mujoco>')
data = mujoco.MjData(model)
mujoco.mj_forward(model, data)
with mujoco.Renderer(model, 48, 64) as renderer:
    renderer.update_scene(data)
    picture = renderer.render()
if picture[..., 0].max() < 50 or picture[..., 0].min() == picture[..., 0].max():
    raise SystemExit('the picture is blank')
print('painted', flush=True)
"""


@dataclass(frozen=True)
class RenderResult:
    """A way that renders, or why there is none.

    ``way`` is the value of MUJOCO_GL. Without one ``problem`` says why, in one line.
    """

    way: str = ""
    problem: str = ""


Painter = Callable[[str], str]


def choose(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set MUJOCO_GL to what renders here.

    A value that mujoco knows stays, and so does everything off Linux. Where EGL or OSMesa was asked
    for and paints nothing, rendering is turned off: mujoco could not even be imported with a
    library that is missing, and the robot shall go on without its camera.
    """
    asked = asked_for(environment)
    if not sys.platform.startswith("linux") or asked not in ("", *WAYS):
        return
    way = (recall(environment) or look(environment)).way or ("disable" if asked else "")
    environment.pop(VARIABLE, None)
    if way:
        environment[VARIABLE] = way
        environment[MARK] = f"{asked}:{way}"


def look(
    environment: MutableMapping[str, str] = os.environ, paint: Painter | None = None
) -> RenderResult:
    """Render in a child process by each way until one paints.

    By MUJOCO_GL alone if it is set. What was found is kept. ``paint``: why a way paints nothing, or
    "".
    """
    tried = paint or (lambda way: paint_in_child(way, environment))
    asked = asked_for(environment)
    problems: list[str] = []
    for way in (asked,) if asked else WAYS:
        problem = tried(way)
        if not problem:
            return _kept(RenderResult(way), environment)
        if problem == NO_MUJOCO:  # nothing about OpenGL is known then
            return RenderResult(problem=problem)
        problems.append(f"{NAMES.get(way, f'{VARIABLE}={way}')}: {problem}")
    return _kept(RenderResult(problem="; ".join(problems)), environment)


def recall(environment: MutableMapping[str, str] = os.environ) -> RenderResult | None:
    """The result of an earlier ``look``.

    None where there was none, or where something has changed since.
    """
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(_file(environment).read_text(encoding="utf-8"))
        if kept["circumstances"] == circumstances(environment):
            return RenderResult(str(kept["way"]), str(kept["problem"]))
    return None


def paint_in_child(
    way: str, environment: MutableMapping[str, str], patience: float = PATIENCE
) -> str:
    """A line on why that way painted nothing within ``patience`` [s].

    "" when something was painted.
    """
    if way in _OFF:
        return "it is turned off"
    try:
        child = subprocess.run(
            [sys.executable, "-c", _PAINT],
            env={**environment, VARIABLE: way},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no picture within {patience:g} s"
    if child.returncode == 0 and child.stdout.strip() == "painted":
        return ""
    if child.returncode < 0:
        return f"its driver ended the process by signal {-child.returncode}"
    if "No module named 'mujoco'" in child.stderr:
        return NO_MUJOCO
    # What follows after the error are tracebacks of destructors.
    errors = [line for line in child.stderr.splitlines() if line and not line.startswith(_NOISE)]
    if any("'NoneType' object has no attribute" in line for line in errors):  # PyOpenGL says so
        return "its library is not installed"
    return errors[0].strip() if errors else f"exit status {child.returncode}"


def circumstances(environment: MutableMapping[str, str]) -> list[str]:
    """All that may change what renders.

    Libraries, drivers, devices, variables, mujoco, the boot.
    """
    found = [f"{name}={environment.get(name, '')}" for name in _VARIABLES]
    # The bootstrapper of ROS's wheels puts its folders there in another order each time.
    found += sorted(set(environment.get("LD_LIBRARY_PATH", "").split(":")))
    for place in _PLACES:
        with suppress(OSError):
            found.append(f"{place} {Path(place).stat().st_mtime_ns}")
    with suppress(OSError):
        found.append(Path(_BOOT).read_text(encoding="ascii").strip())
    return [*found, sys.prefix, _mujoco()]


def cure(environment: MutableMapping[str, str] = os.environ) -> str:
    """Advice where nothing paints.

    Take back what was set, before anything is installed.
    """
    asked = asked_for(environment)
    suspects = [VARIABLE] if asked else [name for name in _DRIVERS if environment.get(name)]
    if asked in _OFF:
        return f"unset {VARIABLE}"
    return f"unset {' '.join(suspects)}, or {INSTALL}" if suspects else CURE


def explained(error: BaseException, environment: MutableMapping[str, str] = os.environ) -> str:
    """A sentence on why OpenGL does not start, with the cure.

    What was found out says more than mujoco's error.
    """
    found = recall(environment)
    problem = (found.problem if found else "") or reason(error)
    return f"OpenGL does not start ({problem}); {cure(environment)}"


def _mujoco() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("mujoco")
    except PackageNotFoundError:
        return ""


def asked_for(environment: MutableMapping[str, str]) -> str:
    """The user's own MUJOCO_GL, where mujoco knows that value; else ""."""
    value = environment.get(VARIABLE, "").lower().strip()
    before, _, chosen = environment.get(MARK, "").partition(":")
    value = before if chosen and value == chosen else value
    return value if value in _KNOWN else ""


def _kept(finding: RenderResult, environment: MutableMapping[str, str]) -> RenderResult:
    """Keep what was found, and return it.

    Where nothing can be kept it is looked for each time, and so is what may have been chance.
    """
    if _CHANCE.search(finding.problem):
        return finding
    text = json.dumps({**vars(finding), "circumstances": circumstances(environment)})
    with suppress(OSError):
        file = _file(environment)
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=file.parent, delete=False, encoding="utf-8"
        ) as new:
            new.write(text)
        Path(new.name).replace(file)  # others may look at the same time
    return finding


def _file(environment: MutableMapping[str, str]) -> Path:
    """A file of the XDG cache, for what was asked.

    Raises OSError where the user has no home.
    """
    cache = environment.get("XDG_CACHE_HOME", "")
    home = environment.get("HOME", "")
    if not Path(cache).is_absolute() and not home:
        raise FileNotFoundError("neither XDG_CACHE_HOME nor HOME is set")
    folder = Path(cache) if Path(cache).is_absolute() else Path(home) / ".cache"
    asked = asked_for(environment)
    return folder / "tank" / f"render_backend{f'-{asked}' if asked else ''}.json"
