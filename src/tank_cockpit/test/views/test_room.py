"""The letters about the simulated world."""

from __future__ import annotations

import pytest

from tank_cockpit.views.room import TrueThing, WorldLetterError, room_letter, world_letter


def test_a_thing_is_told_with_its_color_and_whether_it_stands_fast() -> None:
    wall = TrueThing(
        "cube", (1.00049, 0.0, 0.3), (0.0, 0.0, 0.0, 1.0), (0.04, 2.0, 0.6), (1.0, 0.5, -0.1), True
    )
    (told,) = room_letter([wall])["things"]
    assert told["color"] == "#ff8000" and told["p"] == [1.0, 0.0, 0.3] and told["fast"]


def test_the_world_is_told_with_all_that_could_be() -> None:
    letter = world_letter('{"world": "rooms", "seed": 3, "worlds": ["empty", "rooms"]}')
    assert letter == {"t": "world", "world": "rooms", "seed": 3, "worlds": ["empty", "rooms"]}


@pytest.mark.parametrize("text", ["rooms", "[]", '{"world": "rooms", "seed": 1}'])
def test_what_is_none_of_our_simulators_is_refused(text: str) -> None:
    with pytest.raises(WorldLetterError):
        world_letter(text)
