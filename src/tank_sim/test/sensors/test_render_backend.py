"""The choice of an OpenGL.

A machine without one loses its images and nothing else.
"""

import os
import subprocess
import sys

import pytest

from tank_sim.sensors import render_backend
from tank_sim.sensors.render_backend import RenderResult

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="MUJOCO_GL is chosen on Linux only"
)


@pytest.fixture
def environment(tmp_path):
    """A user's, with an empty cache."""
    return {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", ""),
    }


def paints(*ways):
    return lambda way: "" if way in ways else f"no {way} here"


@pytest.fixture
def no_children(monkeypatch):
    """Whoever starts one fails the test."""
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("it was tried again"))


@pytest.mark.usefixtures("no_children")
@pytest.mark.parametrize("value", ["glfw", "on", "disable", "0"])
def test_what_the_user_set_stays_untried(environment, value):
    environment["MUJOCO_GL"] = value
    before = dict(environment)
    render_backend.choose(environment)
    assert environment == before


@pytest.mark.parametrize("asked", ["egl", "osmesa"])
def test_a_way_that_the_user_set_is_tried_alone_and_off_where_it_paints_nothing(
    environment, monkeypatch, asked
):
    """With OSMesa missing, mujoco could not be imported: AttributeError."""
    for number, (problem, chosen) in enumerate((("", asked), ("no", "disable"))):
        tried = []
        monkeypatch.setattr(
            render_backend,
            "paint_in_child",
            lambda way, _, tried=tried, problem=problem: tried.append(way) or problem,
        )
        given = {**environment, "HOME": environment["HOME"] + f"/{number}", "MUJOCO_GL": asked}
        for _ in range(2):  # a child process inherits the choice, and does not try again
            render_backend.choose(given)
            assert given["MUJOCO_GL"] == chosen
            assert render_backend.asked_for(given) == asked
        assert tried == [asked]
        assert render_backend.recall(given) == RenderResult(
            "" if problem else asked, f"{render_backend.NAMES[asked]}: no" if problem else ""
        )


def test_what_was_chosen_here_is_not_what_the_user_asked_for(environment, monkeypatch):
    """So a look anew tries every way again, also in a child process.

    As the set-up does.
    """
    monkeypatch.setattr(
        render_backend, "paint_in_child", lambda way, _: "" if way == "egl" else "no"
    )
    render_backend.choose(environment)
    assert environment["MUJOCO_GL"] == "egl"
    assert render_backend.asked_for(environment) == ""
    assert render_backend.look(environment, paints("osmesa")) == RenderResult("osmesa")
    # that is a person's word
    assert render_backend.asked_for({**environment, "MUJOCO_GL": "glfw"}) == "glfw"


@pytest.mark.parametrize(
    "problem", ["no picture within 60 s", "its driver ended the process by signal 9"]
)
def test_what_may_have_been_chance_is_not_kept(environment, problem):
    assert not render_backend.look(environment, lambda way: problem).way
    assert render_backend.recall(environment) is None


def test_what_was_found_out_explains_more_than_the_error(environment):
    assert render_backend.explained(ImportError(), environment).startswith(
        "OpenGL does not start (ImportError); sudo"
    )
    render_backend.look(environment, paints())
    why = render_backend.explained(ImportError("x"), environment)
    assert why.startswith("OpenGL does not start (EGL: no egl here; OSMesa: no osmesa here); sudo")


def test_the_cure_takes_back_what_was_set_first(environment):
    assert render_backend.cure(environment) == render_backend.CURE
    assert render_backend.cure({**environment, "GALLIUM_DRIVER": "zink"}).startswith(
        "unset GALLIUM_DRIVER, or sudo"
    )
    assert render_backend.cure({**environment, "MUJOCO_GL": "osmesa"}).startswith(
        "unset MUJOCO_GL, or sudo"
    )
    assert render_backend.cure({**environment, "MUJOCO_GL": "off"}) == "unset MUJOCO_GL"


@pytest.mark.parametrize(
    ("ways", "found"),
    [(("egl", "osmesa"), "egl"), (("egl",), "egl"), (("osmesa",), "osmesa"), ((), "")],
)
def test_the_first_that_paints_is_chosen_and_each_that_does_not_is_named(environment, ways, found):
    finding = render_backend.look(environment, paints(*ways))
    assert finding.way == found
    assert bool(finding.problem) == (not found)
    if not found:
        assert finding.problem == "EGL: no egl here; OSMesa: no osmesa here"


@pytest.mark.usefixtures("no_children")
@pytest.mark.parametrize("ways", [("osmesa",), ()])
def test_what_was_found_is_kept_and_nothing_is_painted_for_it_again(environment, ways):
    found = render_backend.look(environment, paints(*ways))
    environment["MUJOCO_GL"] = "no such thing"
    render_backend.choose(environment)
    assert environment.get("MUJOCO_GL", "") == found.way
    environment.pop("MUJOCO_GL", None)
    assert render_backend.recall(environment) == found


@pytest.mark.parametrize("name", ["LD_LIBRARY_PATH", "LIBGL_DRIVERS_PATH", "MUJOCO_EGL_DEVICE_ID"])
def test_what_may_change_it_makes_it_forgotten(environment, name):
    render_backend.look(environment, paints("egl"))
    assert render_backend.recall(environment) is not None
    assert render_backend.recall({**environment, name: "/elsewhere"}) is None


def test_another_order_of_library_folders_changes_nothing(environment):
    render_backend.look({**environment, "LD_LIBRARY_PATH": "/a:/b"}, paints("egl"))
    assert render_backend.recall({**environment, "LD_LIBRARY_PATH": "/b:/a"}) == RenderResult("egl")


def test_what_somebody_asked_for_is_tried_alone_and_kept_apart(environment):
    tried = []
    render_backend.look({**environment, "MUJOCO_GL": "osmesa"}, lambda way: tried.append(way) or "")
    assert tried == ["osmesa"]
    assert render_backend.recall(environment) is None
    assert render_backend.recall({**environment, "MUJOCO_GL": "osmesa"}) == RenderResult("osmesa")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"way": "egl"}', "\0", "null"])
def test_a_damaged_note_counts_as_none(environment, text):
    render_backend.look(environment, paints("egl"))
    [file] = list(render_backend._file(environment).parent.iterdir())
    file.write_text(text)
    assert render_backend.recall(environment) is None


def test_where_nothing_can_be_kept_it_is_still_found(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    for environment in ({"XDG_CACHE_HOME": str(blocked)}, {}):
        assert render_backend.look(environment, paints("osmesa")) == RenderResult("osmesa")
        assert render_backend.recall(environment) is None


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import os; os.kill(os.getpid(), 11)", "ended the process by signal 11"),
        ("print('something else')", "exit status 0"),
        ("raise SystemExit('the picture is blank')", "the picture is blank"),
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        (
            "import sys; print('libEGL warning: no', file=sys.stderr); raise ImportError('it is "
            "so')",
            "ImportError: it is so",
        ),
        ("None.eglQueryString", "its library is not installed"),
    ],
)
def test_a_child_that_does_not_paint_says_why_in_one_line(monkeypatch, environment, program, said):
    monkeypatch.setattr(render_backend, "_PAINT", program)
    problem = render_backend.paint_in_child("egl", environment)
    assert said in problem
    assert "\n" not in problem


@pytest.mark.slow
def test_a_driver_that_hangs_is_given_up(monkeypatch, environment):
    monkeypatch.setattr(render_backend, "_PAINT", "import time; time.sleep(600)")
    problem = render_backend.paint_in_child("egl", environment, patience=0.5)
    assert problem == "no picture within 0.5 s"


@pytest.mark.slow
def test_a_child_without_the_drivers_paints_nothing(environment):
    """The same program that says yes elsewhere."""
    environment |= {"__EGL_VENDOR_LIBRARY_FILENAMES": "/nowhere", "PYOPENGL_PLATFORM": "egl"}
    finding = render_backend.look(environment)
    assert not finding.way
    assert finding.problem.startswith("EGL: ")


@pytest.mark.slow
def test_the_command_renders_here_or_says_in_one_line_why_not():
    done = subprocess.run(
        [sys.executable, "-m", "tank_sim.sensors.opengl"],
        capture_output=True,
        text=True,
        check=False,
    )
    way = os.environ.get("MUJOCO_GL", "")
    if way:  # chosen when tank_sim was imported
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{way}\n", "")
    else:
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert "Cure: " in done.stderr


PROGRAM = """
from tank_core.robot import load_robot
from tank_core.state import RobotCommand, Twist2D
from tank_sim.mujoco_backend import MujocoBackend
with MujocoBackend(load_robot("tank"), camera=True) as backend:
    backend.start_camera()
    assert backend.camera() is None
    problem = backend.camera_problem
    assert "OpenGL" in problem and "unset MUJOCO_GL" in problem, problem
    assert "\\n" not in backend.camera_problem
    assert backend.camera() is None
    with MujocoBackend(load_robot("tank"), camera=True) as second:
        assert second.camera() is None
        assert second.camera_problem == backend.camera_problem
    backend.apply(RobotCommand(Twist2D(0.5, 0.0)))
    backend.advance(1.0)
    assert backend.truth().x > 0.3
print("went on")
"""


@pytest.mark.parametrize("value", ["disable", "glfw"])
def test_without_opengl_the_robot_goes_on(value):
    environment = {**os.environ, "MUJOCO_GL": value, "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "went on\n", done.stderr
    assert done.returncode == 0
