"""A stack is ready when all of it is, and says what is missing until then."""

from __future__ import annotations

from tank_client.readiness import readiness

NODES = ("sim_node", "language_node")
LOADED = {"language_node: model": (True, "m.gguf is ready")}


def test_ready_when_everything_was_heard() -> None:
    assert readiness(NODES, ["tank_cli", *NODES], LOADED, robot=True, status=True).ready


def test_each_part_that_is_missing_is_named() -> None:
    assert readiness(NODES, ["sim_node"], LOADED, True, True).missing == ("node language_node",)
    assert readiness(NODES, NODES, LOADED, False, True).missing == ("the robot",)
    assert readiness(NODES, NODES, LOADED, True, False).missing == ("the executor",)
    assert readiness(NODES, NODES, {}, True, True).missing == ("the language model",)
    assert readiness(
        NODES, NODES, {"language_node: model": (True, "loading")}, True, True
    ).missing == ("the language model",)


def test_a_model_that_could_not_be_loaded_is_no_reason_to_wait() -> None:
    state = readiness(
        NODES, NODES, {"language_node: model": (False, "model m.gguf does not exist")}, True, True
    )
    assert state.ready and not state.model_ok and state.model == "model m.gguf does not exist"


def test_a_node_that_could_not_start_is_told_and_is_not_ready() -> None:
    state = readiness(
        NODES,
        NODES,
        {**LOADED, "sim_node: state": (False, "did not configure: no such world")},
        True,
        True,
    )
    assert not state.ready and state.failed == ("sim_node did not configure: no such world",)


def test_a_simulated_camera_is_waited_for_and_its_absence_is_no_reason_to_wait() -> None:
    for said, missing, blind in (
        ((True, "loading"), ("the camera",), ""),
        ((True, "ready"), (), ""),
        ((False, "no OpenGL"), (), "no OpenGL"),
    ):
        heard = {**LOADED, "sim_node: camera": said}
        state = readiness(NODES, NODES, heard, robot=True, status=True)
        assert (state.missing, state.blind) == (missing, blind)


def test_what_the_camera_shows_is_waited_for_but_not_without_a_camera() -> None:
    """A sentence said before the first look would find nothing."""
    for camera, looked, missing in (
        ((True, "ready"), (True, "loading"), ("the first look around",)),
        ((True, "ready"), (True, "sees 3 objects"), ()),
        ((True, "ready"), (False, "no image for 2 s"), ()),
        ((False, "no OpenGL"), (True, "loading"), ()),
    ):
        heard = {**LOADED, "sim_node: camera": camera, "perception_node: perception": looked}
        assert readiness(NODES, NODES, heard, robot=True, status=True).missing == missing


def test_two_stacks_are_noticed() -> None:
    assert readiness(NODES, [*NODES, "sim_node"], LOADED, True, True).doubled == ("sim_node",)
