"""Which OpenGL renders off screen here: the first that paints a picture, tried in a child process.

It has to be known before ``mujoco`` is imported, which reads MUJOCO_GL once and for all. A driver can crash or
hang, and a library's file says nothing about that; a child process that paints says it all. What was found out
is kept until something changes that may change it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "MUJOCO_GL"
WAYS = ("egl", "osmesa")  # in this order: OSMesa left Mesa with 25.1
NAMES = {"egl": "EGL", "osmesa": "OSMesa"}  # as people write them
PACKAGES = "libegl1 libopengl0 libgl1-mesa-dri"
CURE = f"sudo apt-get install -y {PACKAGES} (where that does not help: libosmesa6), or set MUJOCO_GL"
PATIENCE = 60.0  # [s] a child may take; on an idle PC it takes 0.6
NO_MUJOCO = "mujoco is not installed"

# What mujoco takes on Linux; anything else it answers with an exception when it is imported.
_OFF = ("disable", "disabled", "off", "false", "0")
_KNOWN = ("egl", "osmesa", "glfw", "glx", "enable", "enabled", "on", "true", "1", *_OFF)
# What decides beside MUJOCO_GL which driver paints, and whether it does.
_VARIABLES = (
    "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "PYOPENGL_PLATFORM", "MUJOCO_EGL_DEVICE_ID",
    "CUDA_VISIBLE_DEVICES", "LIBGL_ALWAYS_SOFTWARE", "LIBGL_DRIVERS_PATH", "GALLIUM_DRIVER",
    "MESA_LOADER_DRIVER_OVERRIDE", "EGL_PLATFORM", "__EGL_VENDOR_LIBRARY_FILENAMES", "__EGL_VENDOR_LIBRARY_DIRS",
)  # fmt: skip
_PLACES = ("/etc/ld.so.cache", "/usr/share/glvnd/egl_vendor.d", "/etc/glvnd/egl_vendor.d", "/dev/dri", "/dev/nvidiactl")
_BOOT = "/proc/sys/kernel/random/boot_id"  # a driver that was renewed under a running kernel fails until the next one

_PAINT = """
import mujoco
model = mujoco.MjModel.from_xml_string(
    '<mujoco><worldbody><light pos="0 0 3"/><geom type="sphere" size="0.4" rgba="1 0 0 1"/></worldbody></mujoco>')
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
class Finding:
    """``way``: the value of MUJOCO_GL that renders; without one ``problem`` says why, in one line."""

    way: str = ""
    problem: str = ""


Painter = Callable[[str], str]


def choose(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set MUJOCO_GL to what renders here. A value that mujoco knows stays, and so does everything off Linux."""
    if not sys.platform.startswith("linux") or _asked(environment):
        return
    environment.pop(VARIABLE, None)
    way = (recall(environment) or look(environment)).way
    if way:
        environment[VARIABLE] = way


def look(environment: MutableMapping[str, str] = os.environ, paint: Painter | None = None) -> Finding:
    """Render in a child process by each way until one paints, and keep what was found; by MUJOCO_GL alone if it is set.

    ``paint``: why a way paints nothing, or "".
    """
    tried = paint or (lambda way: paint_in_child(way, environment))
    asked = _asked(environment)
    problems: list[str] = []
    for way in (asked,) if asked else WAYS:
        problem = tried(way)
        if not problem:
            return _kept(Finding(way), environment, asked)
        if problem == NO_MUJOCO:  # nothing about OpenGL is known then
            return Finding(problem=problem)
        problems.append(f"{NAMES.get(way, f'{VARIABLE}={way}')}: {problem}")
    return _kept(Finding(problem="; ".join(problems)), environment, asked)


def recall(environment: MutableMapping[str, str] = os.environ) -> Finding | None:
    """What an earlier ``look`` found; None where there was none, or where something has changed since."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(_file(environment).read_text(encoding="utf-8"))
        if kept["circumstances"] == circumstances(environment):
            return Finding(str(kept["way"]), str(kept["problem"]))
    return None


def paint_in_child(way: str, environment: MutableMapping[str, str], patience: float = PATIENCE) -> str:
    """Why nothing was painted by that way within ``patience`` [s], in one line; "" when something was."""
    if way in _OFF:
        return "it is turned off"
    try:
        child = subprocess.run(
            [sys.executable, "-c", _PAINT], env={**environment, VARIABLE: way}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, errors="replace", timeout=patience, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"no picture within {patience:g} s"
    if child.returncode == 0 and child.stdout.strip() == "painted":
        return ""
    if child.returncode < 0:
        return f"its driver ended the process by signal {-child.returncode}"
    if "No module named 'mujoco'" in child.stderr:
        return NO_MUJOCO
    # What follows after the error are tracebacks of destructors.
    errors = [line for line in child.stderr.splitlines() if line and not line.startswith((" ", "Traceback", "Exception"))]
    if any("'NoneType' object has no attribute" in line for line in errors):  # PyOpenGL says so
        return "its library is not installed"
    return errors[0].strip() if errors else f"exit status {child.returncode}"


def circumstances(environment: MutableMapping[str, str]) -> list[str]:
    """All that may change what renders: libraries, drivers, devices, variables, mujoco, the boot."""
    found = [f"{name}={environment.get(name, '')}" for name in _VARIABLES]
    # The bootstrapper of ROS's wheels puts its folders there in another order each time.
    found += sorted(set(environment.get("LD_LIBRARY_PATH", "").split(":")))
    for place in _PLACES:
        with suppress(OSError):
            found.append(f"{place} {Path(place).stat().st_mtime_ns}")
    with suppress(OSError):
        found.append(Path(_BOOT).read_text(encoding="ascii").strip())
    return [*found, sys.prefix, _mujoco()]


def _mujoco() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("mujoco")
    except PackageNotFoundError:
        return ""


def _asked(environment: MutableMapping[str, str]) -> str:
    """MUJOCO_GL where mujoco knows its value; else ""."""
    value = environment.get(VARIABLE, "").lower().strip()
    return value if value in _KNOWN else ""


def _kept(finding: Finding, environment: MutableMapping[str, str], asked: str) -> Finding:
    """What is kept is the choice, not what somebody asked for. Where nothing can be kept it is looked for each time."""
    if not asked:
        text = json.dumps({**vars(finding), "circumstances": circumstances(environment)})
        with suppress(OSError):
            file = _file(environment)
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as new:
                new.write(text)
            Path(new.name).replace(file)  # others may look at the same time
    return finding


def _file(environment: MutableMapping[str, str]) -> Path:
    """A file of the XDG cache. Raises OSError where the user has no home."""
    cache = environment.get("XDG_CACHE_HOME", "")
    home = environment.get("HOME", "")
    if not Path(cache).is_absolute() and not home:
        raise FileNotFoundError("neither XDG_CACHE_HOME nor HOME is set")
    folder = Path(cache) if Path(cache).is_absolute() else Path(home) / ".cache"
    return folder / "tank" / "render_backend.json"
