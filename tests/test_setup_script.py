"""./tank and scripts/setup.sh.

What is looked for before anything long begins, on machines described by the programs in a folder.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_sim.sensors import render_backend

ROOT = Path(__file__).parents[1]
SAFE = st.text("abcXYZ019/._+@,=~ -", min_size=1, max_size=40)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
CURED = ["ümlaut", "emoji 😀", "it's", "a$b", "a%b", "a&b", "a(b)"]  # by a plain TANK_HOME
HOPELESS = ['a"b', "a;b", "a\nb", "a:b", "a\\b", "a`b", "a*b", "a[b", "a]b", "a?b", "a#b", "a\x01b"]
NEEDED = (
    "awk",
    "bash",
    "cat",
    "chmod",
    "cut",
    "df",
    "dirname",
    "env",
    "grep",
    "id",
    "mkdir",
    "readlink",
    "realpath",
    "rm",
    "sed",
    "sh",
    "sha256sum",
    "tail",
    "tr",
    "uname",
)
MESA = (
    "\tlibEGL.so.1 (libc6,x86-64) => /usr/lib/libEGL.so.1\n\tlibEGL_mesa.so.0 (libc6,x86-64) => "
    "/usr/lib/libEGL_mesa.so.0\n"
)
MESA += "\tlibOpenGL.so.0 (libc6,x86-64) => /usr/lib/libOpenGL.so.0\n"

Done = subprocess.CompletedProcess[str]


def shell(
    script: str, *arguments: str, root: Path = ROOT, program: str = "bash", **environment: str
) -> Done:
    """Run a script after scripts/setup.sh was sourced.

    There is nothing in its environment but what is given.
    """
    given = {"TANK_ROOT": str(root), "PATH": os.environ["PATH"]} | environment
    source = f". {shlex.quote(str(ROOT / 'scripts/setup.sh'))}"
    return subprocess.run(
        [program, "-euc", f"{source}\n{script}", program, *arguments],
        env=given,
        capture_output=True,
        text=True,
        timeout=600,
    )


def told(done: Done) -> str:
    """The one line that a refusal is."""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


# --- names of folders
# --------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=15)
@given(st.lists(TEXT, min_size=1, max_size=8))
def test_what_is_quoted_is_one_word_for_any_shell(texts: list[str]) -> None:
    source = (
        f'. {shlex.quote(str(ROOT / "scripts/setup.sh"))}; for text; do tank_quote "$text"; '
        "printf ' '; done"
    )
    given = {"TANK_ROOT": str(ROOT), "PATH": os.environ["PATH"]}
    quoted = subprocess.run(
        ["bash", "-euc", source, "bash", *texts],
        env=given,
        capture_output=True,
        timeout=600,
        check=True,
    ).stdout
    for program in ("bash", "sh"):
        done = subprocess.run(
            [program, "-c", b"printf '%s\\0' " + quoted],
            capture_output=True,
            timeout=600,
            check=True,
        )
        assert done.stdout.decode().split("\0")[:-1] == texts


@settings(deadline=None, max_examples=20)
@given(SAFE)
def test_plain_names_are_taken(name: str) -> None:
    assert shell('tank_check_path "/$1"', name).returncode == 0


@pytest.mark.parametrize("character", sorted(set("üß日😀'\"$;&|<>(){}[]*?!#%^\\`:\n\t")))
def test_any_other_character_is_refused(character: str) -> None:
    done = shell('tank_check_path "/home/a${1}b" || { echo "$strange"; exit 7; }', character)
    assert done.returncode == 7 and "in its name" in done.stdout


def test_a_relative_home_is_made_absolute_and_has_one_spelling(tmp_path: Path) -> None:
    script = f'cd {shlex.quote(str(tmp_path))}; tank_choose_ros; printf %s "$venv"'
    for home in ("here", "./here/", "x/../here", f"{tmp_path}//here"):
        assert shell(script, TANK_HOME=home).stdout == f"{tmp_path}/here/jazzy"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that set-up begins with."""
    folder = tmp_path / "clone"
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    shutil.copy(ROOT / "tank", folder / "tank")
    core = "src/tank_core"
    for file in (f"{core}/package.xml", f"{core}/setup.py", "src/tank_cli/tank_cli/commands.txt"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, folder / file)
    return folder


def tank(clone: Path, *arguments: str, **environment: str) -> Done:
    given = {"PATH": os.environ["PATH"]} | environment
    return subprocess.run(
        [clone / "tank", *arguments],
        env=given,
        capture_output=True,
        text=True,
        timeout=600,
        cwd=clone,
    )


@pytest.mark.parametrize("name", CURED + HOPELESS)
def test_a_strange_folder_is_refused_before_anything_is_made(clone: Path, name: str) -> None:
    strange = clone.rename(clone.parent / name)
    assert tank(strange, "--help").returncode == 0
    assert tank(strange, "--version").stdout.startswith("tank ")
    done = tank(strange, "parse", "stop")
    assert done.returncode == 2 and ("TANK_HOME=~/tank-home" in told(done) or name in HOPELESS)
    assert not (strange / ".tank").exists()


@pytest.mark.parametrize("name", CURED)
def test_the_cure_for_a_strange_folder_is_a_plain_home(
    clone: Path, tmp_path: Path, name: str
) -> None:
    strange = clone.rename(clone.parent / name)
    home = str(tmp_path / "home")
    done = shell(
        'tank_choose_ros; eval "$(tank_print_environment)"; '
        'printf "%s\\0" "$TANK_ROOT" "$TANK_HOME" "$PYTHONPATH"',
        root=strange,
        TANK_HOME=home,
    )
    root, kept, path, _ = done.stdout.split("\0")
    assert (root, kept) == (str(strange), home)
    assert path.startswith(f"{strange}/src/tank_core:")
    # as scikit-build-core splits CMAKE_ARGS
    flags = shlex.split(shell('printf %s "$tank_llama_flags"', root=strange).stdout)
    assert Path(flags[-1].partition("=")[2]).is_file()


@pytest.mark.parametrize("name", HOPELESS)
def test_sources_that_no_list_of_folders_can_name_are_refused(
    clone: Path, tmp_path: Path, name: str
) -> None:
    done = tank(
        clone.rename(clone.parent / name), "parse", "stop", TANK_HOME=str(tmp_path / "home")
    )
    assert done.returncode == 2 and "rename" in told(done)


@pytest.mark.parametrize("script, home, why", [
    ("", "/proc/tank", "nothing can be kept in /proc/tank"),
    ("chmod() { :; }", "", "noexec"),
    ("ln() { false; }", "", "without symbolic links"),
    ("df() { printf 'Filesystem 1M-blocks Used Available Use%% On\\n/dev/x 100 90 10 90%% /\\n'; }",
     "", "has 10 MB free"),
])  # fmt: skip
def test_a_place_that_cannot_hold_it_is_refused(
    tmp_path: Path, script: str, home: str, why: str
) -> None:
    done = shell(
        f"{script}\ntank_choose_ros\ntank_check_place 2500",
        TANK_HOME=home or str(tmp_path / "home"),
    )
    assert done.returncode == 1 and why in told(done) and "TANK_HOME=~/tank-home" in done.stderr


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    done = shell("tank_choose_ros\ntank_check_place 1", TANK_HOME=str(tmp_path / "home"))
    assert done.returncode == 1 and "Not a directory" in told(done)


def test_a_place_that_can_hold_it_is_left_as_it_was(tmp_path: Path) -> None:
    done = shell(
        "tank_choose_ros\ntank_check_place 1", TANK_HOME=str(tmp_path / "home with a space")
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [
        path.name for path in (tmp_path / "home with a space").rglob("*") if path.is_file()
    ] == []


def test_a_virtual_environment_that_was_moved_is_made_anew(tmp_path: Path) -> None:
    made, moved = tmp_path / "made", tmp_path / "moved"
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", made / "jazzy"], check=True, timeout=600
    )
    script = "tank_choose_ros; tank_forget_dead_venv"
    assert shell(script, TANK_HOME=str(made)).stderr == "" and (made / "jazzy/pyvenv.cfg").exists()
    made.rename(moved)
    assert "made anew" in told(shell(script, TANK_HOME=str(moved)))
    assert not (moved / "jazzy").exists()


# --- what the system must give
# --------------------------------------------------------------------------------------------------


class Machine:
    """A system described by its programs.

    Those that the shell needs, and what is put beside them.
    """

    def __init__(self, folder: Path) -> None:
        self.bin, self.home = folder / "bin", folder / "home"
        self.bin.mkdir()
        for name in NEEDED:
            (self.bin / name).symlink_to(shutil.which(name) or name)
        for name in ("c++", "make", "cmake", "sudo"):
            self.program(name, 'exec "$@"' if name == "sudo" else "exit 0")
        self.program("id", "echo 1000")
        self.program("apt-get", f'echo "$@" >>{shlex.quote(str(folder / "apt"))}')
        self.libraries(MESA)
        self.python("pass")

    def program(self, name: str, script: str) -> None:
        (self.bin / name).unlink(missing_ok=True)
        (self.bin / name).write_text(f"#!/bin/bash\n{script}\n")
        (self.bin / name).chmod(0o755)

    def libraries(self, text: str) -> None:
        self.program("ldconfig", f"printf %s {shlex.quote(text)}")

    def python(self, prelude: str) -> None:
        """Install this Python as Debian's python3.

        The prelude's statements take parts of it away.
        """
        code = f"import sys, sysconfig; sys.base_prefix = '/usr'; {prelude}; exec(sys.argv[1])"
        self.program(
            "python3",
            f'[ "$1" = -c ] || exit 9\n'
            f'exec {shlex.quote(sys.executable)} -c {shlex.quote(code)} "$2"',
        )

    def lose(self, part: str) -> None:
        if part == "opengl":
            self.libraries("")
        elif part in ("c++", "make", "cmake", "sudo", "apt-get", "python3"):
            (self.bin / part).unlink()

    def run(self, script: str, **environment: str) -> Done:
        return shell(
            f"tank_choose_ros; {script}",
            PATH=str(self.bin),
            TANK_HOME=str(self.home),
            **environment,
        )

    def look(self, **environment: str) -> Done:
        return self.run("mkdir -p $log; tank_system_packages; echo goes on", **environment)


HEADERS = (
    "sysconfig.get_path = lambda name, get=sysconfig.get_path: '/nowhere' if name == "
    "'include' else get(name)"
)
VENV = "sys.modules['ensurepip'] = None"
PYTHON = "python{}.{}".format(*sys.version_info[:2])
PARTS: Mapping[str, tuple[str, ...]] = {
    "c++": ("build-essential",), "cmake": ("cmake",), "venv": (f"{PYTHON}-venv",),
    "headers": (f"{PYTHON}-dev",), "opengl": tuple(render_backend.PACKAGES.split()),
}  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_nothing_is_missing_where_all_is_there(machine: Machine) -> None:
    done = machine.look()
    assert (done.returncode, done.stdout, done.stderr) == (0, "goes on\n", "")


@pytest.mark.parametrize(
    "lost",
    [parts for count in (1, 2, 5) for parts in combinations(PARTS, count) if parts != ("opengl",)],
)
def test_all_that_is_missing_is_named_at_once(
    machine: Machine, tmp_path: Path, lost: tuple[str, ...]
) -> None:
    for part in lost:
        machine.lose(part)
    machine.python(
        "; ".join(
            [code for part, code in (("venv", VENV), ("headers", HEADERS)) if part in lost]
            or ["pass"]
        )
    )
    done = machine.look()
    packages = {package for part in lost for package in PARTS[part]}
    assert done.returncode == 1 and done.stdout == ""
    line = told(done)
    assert not (machine.home / "jazzy/pyvenv.cfg").exists()
    # The command that is named asks for these packages and for no others.
    command = re.fullmatch(
        r"tank: the system lacks .*\. Cure: (sudo .*); then run the same command again\n", line
    )
    assert command is not None, line
    subprocess.run(
        ["bash", "-euc", command[1]], env={"PATH": str(machine.bin)}, check=True, timeout=600
    )
    update, install = (tmp_path / "apt").read_text().splitlines()
    assert (
        update == "update"
        and install.split()[:2] == ["install", "-y"]
        and set(install.split()[2:]) == packages
    )


def test_without_opengl_alone_it_goes_on_and_says_so(machine: Machine) -> None:
    machine.lose("opengl")
    done = machine.look()
    assert (
        done.returncode == 0 and "the camera will be off" in told(done) and "libegl1" in done.stderr
    )


@pytest.mark.parametrize(
    "libraries", [MESA, "\tlibOSMesa.so.8 (libc6,x86-64) => /usr/lib/libOSMesa.so.8\n"]
)
def test_either_opengl_will_do(machine: Machine, libraries: str) -> None:
    machine.libraries(libraries)
    assert machine.look().stderr == ""


@pytest.mark.parametrize("lost", range(3))
def test_an_egl_in_part_is_none(machine: Machine, lost: int) -> None:
    machine.libraries(
        "".join(
            line for number, line in enumerate(MESA.splitlines(keepends=True)) if number != lost
        )
    )
    assert "libgl1-mesa-dri" in told(machine.look())


def test_a_system_without_python_lacks_all_of_it(machine: Machine) -> None:
    machine.lose("python3")
    assert "python3 python3-venv python3-dev" in told(machine.look())


def test_a_python_that_is_too_old_is_named(machine: Machine) -> None:
    machine.python("sys.version_info = (3, 9, 2, 'final', 0)")
    done = machine.look()
    assert (
        done.returncode == 1
        and "no Python 3.11, 3.12 or 3.13" in told(done)
        and "TANK_PYTHON" in done.stderr
    )


def test_a_python_from_elsewhere_without_headers_is_no_package_of_the_system(
    machine: Machine,
) -> None:
    machine.python(f"{HEADERS}; sys.base_prefix = '/opt/python'")
    done = machine.look()
    assert done.returncode == 1 and "has no headers (/nowhere/Python.h)" in told(done)


def test_a_python_that_has_all_is_taken_before_one_that_could_be_completed(
    machine: Machine,
) -> None:
    (machine.bin / "python3.13").symlink_to("python3")
    machine.program("python3.12", (machine.bin / "python3").read_text())
    machine.python(VENV)
    (machine.bin / "python3.13").unlink()
    done = machine.run('tank_find_python; echo "$python"')
    assert done.stdout == "python3.12\n"


@pytest.mark.parametrize("value", ["/nowhere/python", "false", "a b"])
def test_a_wrong_tank_python_is_refused_and_not_passed_over(machine: Machine, value: str) -> None:
    done = machine.look(TANK_PYTHON=value)
    assert done.returncode == 2 and f"TANK_PYTHON is '{value}'" in told(done)


def test_a_tank_python_with_a_space_in_its_path_is_taken(machine: Machine) -> None:
    folder = machine.bin / "my tools"
    folder.mkdir()
    (machine.bin / "python3").rename(folder / "python")
    done = machine.run('tank_find_python; echo "$python"', TANK_PYTHON=str(folder / "python"))
    assert done.stdout == f"{folder}/python\n"


@pytest.mark.parametrize(
    "manager, said",
    [
        ("dnf", "dnf install -y gcc-c\\+\\+ make"),
        ("pacman", "pacman -S --needed base-devel"),
        ("", "what Debian calls build-essential"),
    ],
)
def test_other_systems_get_a_command_or_words(machine: Machine, manager: str, said: str) -> None:
    for part in ("apt-get", "c++"):
        machine.lose(part)
    if manager:
        machine.program(manager, "exit 0")
    assert re.search(said, told(machine.look()))


def test_a_sourced_ros_that_is_not_there_is_refused(machine: Machine) -> None:
    machine.python("sys.modules['rclpy'] = None")
    done = machine.look(ROS_DISTRO="humble", AMENT_PREFIX_PATH="/opt/ros/humble")
    assert (
        done.returncode == 1
        and "'humble' is sourced" in told(done)
        and "TANK_WHEELS=1" in done.stderr
    )


@pytest.mark.parametrize("distro", ["../x", "a b", "a;b"])
def test_a_ros_distro_that_is_no_name_is_refused(machine: Machine, distro: str) -> None:
    done = machine.look(ROS_DISTRO=distro, AMENT_PREFIX_PATH="/opt/ros/x")
    assert done.returncode == 2 and "ROS_DISTRO is" in told(done)


# --- steps and variables
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "more"), [("--train", "training tools"), ("--docs", "docs tools")]
)
def test_tools_that_not_everybody_needs_are_a_step_of_their_own(word: str, more: str) -> None:
    script = 'name() { echo "$1"; }; tank_choose_ros; tank_steps name'
    plain, asked = shell(script).stdout.splitlines(), shell(f"{script} {word}").stdout.splitlines()
    assert plain and [step for step in asked if step not in plain] == [more]
    assert [step for step in asked if step != more] == plain


def test_a_step_is_done_once_for_the_same_input_and_again_after_it_failed(tmp_path: Path) -> None:
    script = f"""
        tank_choose_ros; mkdir -p "$stamps" "$log"
        count() {{ echo x >>{shlex.quote(str(tmp_path / "count"))}; return "$1"; }}
        (tank_step "a step" one count 1) || true
        tank_step "a step" one count 0
        tank_step "a step" one count 0
        tank_step "a step" two count 0
    """
    done = shell(script, TANK_HOME=str(tmp_path / "home"))
    assert done.returncode == 0 and "a step failed" in done.stderr
    assert (tmp_path / "count").read_text() == "x\n" * 3


@pytest.mark.parametrize("value, good", [
    ("", True), ("0", True), ("101", True), ("232", True), ("007", True), ("08", True),
    ("233", False), ("999", False), ("-1", False), ("abc", False), ("1.5", False), (" 1", False),
    ("18446744073709551616", False), ("1\n2", False),
])  # fmt: skip
def test_a_domain_that_does_not_exist_is_refused(value: str, good: bool) -> None:
    done = shell("tank_check_domain", ROS_DOMAIN_ID=value)
    assert done.returncode == (0 if good else 2)
    assert good or "say a number from 0 to 101" in told(done)


def entered(tmp_path: Path, name: str, **environment: str) -> str:
    script = f'tank_choose_ros; tank_enter; printf %s "${{{name}-unset}}"'
    return shell(script, TANK_HOME=str(tmp_path / "home"), **environment).stdout


def test_with_the_wheels_another_ros_is_left_out(tmp_path: Path) -> None:
    foreign = {
        "PYTHONPATH": "/opt/ros/humble/lib/python3.10/site-packages",
        "AMENT_PREFIX_PATH": "/opt/ros/humble",
        "TANK_WHEELS": "1",
    }
    for name in ("PYTHONPATH", "AMENT_PREFIX_PATH"):
        found = entered(tmp_path, name, **foreign)
        assert str(tmp_path / "home") in found and "/opt/ros" not in found
    assert entered(tmp_path, "PYTHONHOME", PYTHONHOME="/opt/conda") == "unset"
    assert entered(
        tmp_path,
        "PYTHONPATH",
        PYTHONPATH=foreign["PYTHONPATH"],
        ROS_DISTRO="humble",
        AMENT_PREFIX_PATH="/opt/ros/humble",
    ).endswith(foreign["PYTHONPATH"])


def test_a_middleware_that_the_wheels_lack_is_left_out_and_said(tmp_path: Path) -> None:
    lib = tmp_path / "home/jazzy/lib"
    lib.mkdir(parents=True)
    (lib / "librmw_fastrtps_cpp.so").write_bytes(b"")
    tell = "tank_choose_ros; tank_tell_environment"
    for name, kept in (
        ("rmw_cyclonedds_cpp", "unset"),
        ("nonsense", "unset"),
        ("rmw_fastrtps_cpp", "rmw_fastrtps_cpp"),
    ):
        assert entered(tmp_path, "RMW_IMPLEMENTATION", RMW_IMPLEMENTATION=name) == kept
        said = shell(tell, TANK_HOME=str(tmp_path / "home"), RMW_IMPLEMENTATION=name).stderr
        assert said == "" if kept == name else f"RMW_IMPLEMENTATION={name} is left out" in said
    assert shell(tell, TANK_HOME=str(tmp_path / "home")).stderr == ""


def test_the_set_up_is_free_of_what_others_told_python_and_pip() -> None:
    hostile = {
        "PYTHONHOME": "/x",
        "PYTHONPATH": "/x",
        "PIP_TARGET": "/x",
        "PIP_PREFIX": "/x",
        "PIP_USER": "1",
        "PYTHONWARNINGS": "error",
    }
    done = shell(
        "tank_choose_ros; tank_clean_environment; env", TANK_HOME="/tmp/tank-home", **hostile
    )
    left = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert not (hostile.keys() - {"PIP_USER"}) & left.keys() and left["PIP_USER"] == "0"


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_the_script_of_the_bare_machine_is_clean() -> None:
    done = subprocess.run(
        ["shellcheck", ROOT / "scripts/bare_machine.sh"],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.stdout == ""
