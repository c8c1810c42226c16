"""Pages are told all of it when they come, and news afterwards."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest

from tank_client.narrator import Understanding
from tank_cockpit import track
from tank_cockpit.board import PHOTOS, VITALS_HZ, PageState
from tank_cockpit.outbox import Outbox
from tank_cockpit.stop_watch import StopState
from tank_core.commands import command_from_dict
from tank_core.geometry import Pose2D
from tank_core.state import Detection, Detections, Gate

TURN = command_from_dict({"action": "turn", "direction": "left", "angle_deg": 90.0})


def letters(outbox: Outbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while (letter := outbox.take()) is not None:
        if isinstance(letter, bytes):
            (length,) = struct.unpack_from("<I", letter)
            letter = {**json.loads(letter[4 : 4 + length]), "jpeg": letter[4 + length :]}
        json.dumps({key: value for key, value in letter.items() if key != "jpeg"}, allow_nan=False)
        found.append(letter)
    return found


def joined(board: PageState) -> Outbox:
    outbox = Outbox()
    board.join(outbox, {"examples": ["turn left"]}, 0.0)
    return outbox


def lived(board: PageState) -> None:
    """All that can be told is told."""
    board.robot("<robot/>")
    board.moved(1.0, Pose2D(0.1, 0.2, 0.3), 1.0)
    board.joints({"arm": 0.5})
    board.saw(Detections(1.0, (Detection(1, "red", "cube", (0.5, 0.0, 0.02)),), ()))
    board.understood(Understanding(1, "turn left", (TURN,)), 9.0)
    board.photo({"path": "/a.jpg"}, b"jpeg")
    board.stop_is(StopState.FREE, 0)
    board.tick(1.0, 9.0)


def test_a_page_that_comes_late_is_told_what_the_others_were() -> None:
    board = PageState()
    early = joined(board)
    assert letters(early)[0] == {"t": "hello", "examples": ["turn left"]}
    lived(board)
    told = {letter["t"]: letter for letter in letters(early)}
    late = {letter["t"]: letter for letter in letters(joined(board))}
    for kind in ("robot", "seen", "stop", "photo", "pose", "vitals"):
        assert late[kind] == told[kind], kind
    assert late["entries"]["all"][0].items() <= told["entry"].items()
    assert late["path"]["all"] == told["path"]["add"] == [(0.1, 0.2)]


def test_nothing_is_told_twice_and_life_goes_on() -> None:
    board = PageState()
    outbox = joined(board)
    lived(board)
    letters(outbox)
    board.stop_is(StopState.FREE, 0)
    board.photo({"path": "/a.jpg"}, b"jpeg")
    board.moved(1.1, Pose2D(0.1, 0.2, 0.3), 1.0)  # it rests
    board.joints({"arm": 0.5})
    board.saw(Detections(1.1, (Detection(1, "red", "cube", (0.5, 0.0, 0.02)),), ()))
    board.tick(1.0 + 0.5 / VITALS_HZ, 9.0)
    assert letters(outbox) == []
    board.tick(1.0 + 1.1 / VITALS_HZ, 9.0)  # a page that hears nothing for long thinks we are gone
    assert [letter["t"] for letter in letters(outbox)] == ["vitals"]


def test_a_stop_that_was_released_before_we_looked_is_told_as_free() -> None:
    """A page has heard of its stop by the lane, and would show it for ever."""
    board = PageState()
    outbox = joined(board)
    board.stop_is(StopState.FREE, 0)
    letters(outbox)
    board.stop_is(StopState.FREE, 1)
    (letter,) = letters(outbox)
    assert letter["t"] == "stop" and letter["state"] == "free"


def test_the_path_of_early_and_late_pages_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(track, "POINTS", 100)
    board = PageState()
    early, path = joined(board), []
    for tick in range(400):
        board.moved(tick * 0.05, Pose2D(tick * 0.021), 0.0)
        if tick == 300:
            late, late_path = joined(board), []
            board.moved(tick * 0.05, Pose2D(tick * 0.021), 0.0)
        board.tick(tick * 0.05, 0.0)
        for outbox, own in ((early, path), *(((late, late_path),) if tick >= 300 else ())):
            for letter in letters(outbox):
                if letter["t"] == "path":
                    own[:] = letter["all"] if "all" in letter else own + letter["add"]
    assert path == late_path == board.track.path


def test_a_world_that_is_reset_has_no_path() -> None:
    board = PageState()
    outbox = joined(board)
    lived(board)
    letters(outbox)
    board.world_reset()
    board.moved(2.0, Pose2D(0.0, 0.0), 2.0)
    board.tick(2.0, 9.0)
    told = [letter for letter in letters(outbox) if letter["t"] == "path"]
    assert told == [{"t": "path", "all": []}, {"t": "path", "add": [(0.0, 0.0)]}]


def test_pictures_go_to_those_who_look_and_have_seen_the_last_one() -> None:
    board = PageState()
    here, away = joined(board), joined(board)
    away.looking = False
    for number in range(3):
        board.camera(bytes([number]))
    pictures = [letter["jpeg"] for letter in letters(here) if letter["t"] == "camera"]
    assert pictures == [b"\x00"]
    assert not [letter for letter in letters(away) if letter["t"] == "camera"]
    here.awaits_seen = False
    board.camera(b"next")
    assert [letter["jpeg"] for letter in letters(here)] == [b"next"]


def test_what_is_seen_is_where_it_was_when_the_picture_was_taken() -> None:
    board = PageState()
    outbox = joined(board)
    board.moved(1.0, Pose2D(1.0, 0.0, 1.5707963), 0.0)
    board.moved(2.0, Pose2D(1.0, 0.4, 1.5707963), 0.0)
    thing = Detection(4, "red", "cube", (0.5, 0.1, 0.02), (0.04, 0.04, 0.04), box=(1, 2, 3, 4))
    old = Detection(5, None, "other", (0.5, 0.1, 0.02), age=3.0, box=(1, 2, 3, 4))
    gate = Gate(6, Pose2D(1.0), 0.5, color="blue")
    board.saw(Detections(1.0, (thing, old), (gate,)))
    seen = next(letter for letter in letters(outbox) if letter["t"] == "seen")
    red, other = seen["things"]
    assert red["p"] == [0.9, 0.5, 0.02] and red["name"] == "red cube" and red["far"] == 0.51
    assert red["box"] == [1, 2, 3, 4] and not red["old"]
    assert other["box"] is None and other["old"] and other["name"] == "some object"
    assert seen["gates"][0]["p"] == [1.0, 1.0, 0.0] and seen["gates"][0]["name"] == "blue gate"


def test_only_the_last_photos_are_kept() -> None:
    board = PageState()
    for number in range(PHOTOS + 3):
        board.photo({"path": f"/{number}.jpg"}, bytes([number]))
    kept = [letter["path"] for letter in letters(joined(board)) if letter["t"] == "photo"]
    assert kept == [f"/{number}.jpg" for number in range(3, PHOTOS + 3)]
