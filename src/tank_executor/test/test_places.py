"""The book of places: what it keeps, moves along and forgets, and what it says."""

import math

import pytest

from tank_core.commands import Past
from tank_core.commands.kinds import called
from tank_core.geometry import Pose2D
from tank_core.state import Odometry
from tank_executor.memory import Thing
from tank_executor.places import Places, listed
from tank_executor.saved_places import SavedPlacesError, places_to_data, put_places


def at(x: float, y: float = 0.0, yaw: float = 0.0, doubt: float = 0.0) -> Odometry:
    return Odometry(Pose2D(x, y, yaw), variance=(doubt, doubt, doubt / 10))


def book(*ways: Odometry) -> Places:
    places = Places()
    for odometry in ways:
        places.note(odometry, (), -math.inf)
    return places


def thing(number: int, color: str, x: float, y: float, seen: float) -> Thing:
    return Thing(number, color, "cube", x, y, 0.02, 0.04, 0.04, 1.0, seen, 1.0)


def test_the_start_stays_and_names_are_where_the_robot_stood() -> None:
    places = book(at(0.0), at(0.0, 0.0, 1.0))
    assert places.remember("kitchen") is False
    places.note(at(2.0), (), -math.inf)
    assert places[Past.START].pose == Pose2D()
    assert places["kitchen"].pose == Pose2D(0.0, 0.0, 1.0) and places.names == ["kitchen"]
    assert places.remember("kitchen") is True
    assert places["kitchen"].pose.x == 2.0


def test_a_name_like_a_kept_place_is_another_place() -> None:
    places = book(at(0.0), at(1.0))
    places.remember("start")
    assert places[Past.START].pose.x == 0.0 and places["start"].pose.x == 1.0


def test_before_is_where_the_last_request_began_that_moved_the_robot() -> None:
    places = book(at(0.0))
    places.begin()
    assert Past.BEFORE not in places
    for x, before in ((1.0, 0.0), (1.0, 0.0), (3.0, 1.0)):
        places.note(at(x), (), -math.inf)
        places.begin()
        assert places[Past.HERE].pose.x == x and places[Past.BEFORE].pose.x == before


def test_what_is_forgotten_is_said_once_and_nothing_of_it_is_left() -> None:
    places = book(at(0.0), at(1.0))
    places.remember("kitchen")
    places.remember("dock")
    places.forget("odometry jumped by 2.00 m")
    places.note(at(3.0), (), -math.inf)
    assert "kitchen" not in places and Past.BEFORE not in places
    assert places[Past.START].pose.x == 3.0
    assert places.complaint() == (
        "I lost my bearings (odometry jumped by 2.00 m), and forgot kitchen and dock; show me again"
    )
    assert places.complaint() is None


def test_nothing_is_lost_by_a_book_that_was_never_told_anything() -> None:
    places = Places()
    places.forget("the clock went back by 3.0 s")
    assert places.complaint() is None


def test_doubt_grows_with_what_odometry_tells() -> None:
    places = book(at(0.0), at(1.0, doubt=0.01))
    places.remember("dock")
    assert places.off("dock").distance == 0.0 < places.off(Past.START).distance
    places.note(at(2.0, doubt=0.04), (), -math.inf)
    assert 0.0 < places.off("dock").distance < places.off(Past.START).distance


def test_a_place_moves_along_with_what_stands_around_it() -> None:
    places = Places()
    around = ((1, "red", 1.0, 0.2), (2, "blue", 0.8, -0.5), (3, "green", 1.5, 0.0))
    places.note(at(0.0), [thing(*one, 1.0) for one in around], 1.0)
    places.remember("base")
    drift = Pose2D(0.3, -0.2, 0.2)
    later = [
        thing(number + 10, color, *drift.to_world((x, y)), 9.0) for number, color, x, y in around
    ]
    places.note(Odometry(drift, variance=(0.1, 0.1, 0.1)), (), -math.inf)
    lost = places.off("base").distance
    places.note(Odometry(drift, variance=(0.1, 0.1, 0.1)), later, 9.0)
    assert places["base"].pose.distance(drift) < 0.03
    assert places["base"].pose.turned(drift) < 0.03
    assert places.off("base").distance < lost / 3


def test_saved_places_hold_for_a_robot_that_starts_elsewhere_in_odom() -> None:
    first, second = book(at(1.0, 1.0, 0.5)), book(at(-3.0, 2.0, -1.0))
    first.note(at(2.0, 1.0, 1.0, doubt=0.001), [thing(1, "red", 2.5, 1.0, 4.0)], 4.0)
    first.remember("kitchen")
    data = places_to_data(first)
    assert put_places(second, data) == ["kitchen"]
    again = places_to_data(second)
    for key in ("x", "y", "yaw_deg"):
        assert again["kitchen"][key] == pytest.approx(data["kitchen"][key], abs=1e-2)
    assert again["kitchen"]["landmarks"][0]["color"] == "red"
    # nobody puts a robot back to where it was without an error
    assert again["kitchen"]["give_or_take_m"] > data["kitchen"]["give_or_take_m"]


GOOD = {"x": 1.0, "y": 0.0, "yaw_deg": 0.0, "give_or_take_m": 0.1, "give_or_take_deg": 1.0}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ([], "must be an object by name"),
        ({}, "must be an object by name"),
        ({"": GOOD}, "1 to 40 characters"),
        ({"k": GOOD, "dock": 3}, "place 'dock': x is None; it must be a number"),
        ({"k": GOOD | {"x": 1e9}}, "x is 1000000000.0"),
        ({"k": GOOD | {"yaw_deg": True}}, "yaw_deg is True"),
        ({"k": GOOD | {"give_or_take_m": -1}}, "from 0 to 1000"),
        ({"k": GOOD | {"landmarks": 3}}, "landmarks must be a list"),
        ({"k": GOOD | {"landmarks": [GOOD | {"color": 3}]}}, "landmark 1: color and shape"),
        ({str(number): GOOD for number in range(200)}, "more than 100 places"),
    ],
)
def test_data_that_are_no_places_change_nothing(data: object, reason: str) -> None:
    places = book(at(0.0))
    with pytest.raises(SavedPlacesError, match=reason.replace("(", r"\(")):
        put_places(places, data)
    assert places.names == []


def test_places_mean_nothing_before_there_is_odometry() -> None:
    with pytest.raises(SavedPlacesError, match="no odometry yet"):
        put_places(Places(), {"kitchen": GOOD})
    assert places_to_data(Places()) == {}


def test_names_in_sentences() -> None:
    names = ("kitchen", "home", "spot b", "anna's desk", "room 7", "kitchen table")
    assert [called(name) for name in names] == [
        "the kitchen", "home", "spot b", "anna's desk", "room 7", "the kitchen table",
    ]  # fmt: skip
    assert listed(["a"]) == "a" and listed(["a", "b", "c"]) == "a, b and c"
