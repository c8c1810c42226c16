"""The judges of the journeys' benchmark: made-up truths with known answers."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_bench.journeys import answers, gates, moves, places, relations
from tank_bench.manipulation.tasks import TrueObject, TrueScene
from tank_core.commands import Color, Move, Relation, Report, Shape, Side, Topic, Turn
from tank_core.state import Pose2D
from tank_episode.episode import Episode
from tank_executor.answering import words
from tank_executor.motion.route import Footprint
from tank_sim.worlds import Fixture, Opening, Scene, World, on_floor

GATE = Opening("gate", Pose2D(1.0, 1.0, math.pi / 2), 0.6)
CUBE = TrueObject(0.5, 0.0, 0.02, "red", "cube", 0.04)
BALL = TrueObject(0.5, 0.3, 0.02, "blue", "ball", 0.04)
SCENE = TrueScene(Pose2D(), {"red_cube": CUBE, "blue_ball": BALL})
ANYTHING = Report(Topic.OBJECTS)


@pytest.mark.parametrize(
    ("ahead", "aside", "turned", "through"),
    [
        (0.5, 0.1, 0.0, True),
        (-0.5, 0.0, 0.0, False),
        (0.5, 0.4, 0.0, False),
        (0.2, 0.0, 0.0, False),
        (0.5, 0.0, math.radians(20), False),
        (0.5, 0.0, math.pi, False),
    ],
)
def test_through_a_gate_is_half_a_meter_behind_it_and_between_its_uprights(
    ahead: float, aside: float, turned: float, through: bool
) -> None:
    pose = Pose2D(*GATE.pose.to_world((ahead, aside)), GATE.pose.yaw + turned)
    assert gates.went_through(GATE, pose) is through


@pytest.mark.parametrize(
    ("ahead", "aside", "cm", "true"),
    [
        (0.6, 0.1, 11, True),
        (0.4, 0.0, 9, False),
        (0.65, 0.0, 14, False),
        (0.5, 0.35, 20, False),
        (-0.1, 0.0, 99, False),
        (0.5, 0.0, None, False),
    ],
)
def test_a_place_beyond_a_gate_is_true_within_the_doubt_that_was_told(
    ahead: float, aside: float, cm: int | None, true: bool
) -> None:
    pose = Pose2D(*GATE.pose.to_world((ahead, aside)), GATE.pose.yaw + 0.5)
    doubt = "" if cm is None else f", give or take {cm} cm"
    assert gates.is_true(f"by my wheels I am 0.5 m beyond{doubt}", GATE, pose) is true


def test_the_gate_that_is_meant_is_on_the_side_that_was_said() -> None:
    spots = {"ahead": 0.1, "left": 1.4, "right": -1.5, "back": math.pi}
    openings = [
        Opening(name, Pose2D(math.cos(at), math.sin(at)), 0.6) for name, at in spots.items()
    ]
    meant = {side: gates.meant(openings, side).name for side in (None, *Side)}
    assert meant == {None: "ahead", Side.LEFT: "left", Side.RIGHT: "right"}


@given(st.sampled_from(list(Side)), st.floats(0.1, 10), st.floats(0.2, 2 * math.pi))
def test_an_arc_is_judged_by_its_end_and_its_circle(
    side: Side, radius: float, angle: float
) -> None:
    def path(bent: float) -> list[tuple[float, float]]:
        sign = 1 if side is Side.LEFT else -1
        return [
            (bent * math.sin(angle * part / 50), sign * bent * (1 - math.cos(angle * part / 50)))
            for part in range(51)
        ]

    assert moves.arc_errors(path(radius), side, radius, angle) == pytest.approx((0, 0), abs=1e-9)
    end, off = moves.arc_errors(path(radius)[:-1], side, radius, angle)
    assert end == pytest.approx(2 * radius * math.sin(angle / 100)) and off < 1e-9
    wide = moves.arc_errors(path(1.1 * radius), side, radius, angle)[1]
    assert 0 < wide <= 0.2 + 1e-9


@pytest.mark.parametrize("size", [0.03, 0.06])
def test_the_room_ahead_is_that_from_the_front_edge_to_the_nearest_thing(size: float) -> None:
    wall = Fixture("wall", (0.05, 1.0, 0.3), (2.05, 0.0, 0.3))
    beside = on_floor(Color.RED, Shape.CUBE, size, (0.8, 0.5))
    thing = on_floor(Color.RED, Shape.CUBE, size, (1.0, 0.0))
    for things, place in (((), 2.0), ((beside,), 2.0), ((thing,), 1.0 - size / 2)):
        with Episode(world=World("w", things, Scene(fixtures=(wall,))), camera=False) as episode:
            front = Footprint.of(episode.robot).front
            gaps = moves.gaps_ahead(episode.backend)
            assert gaps == pytest.approx([place - front] * len(gaps), abs=1e-3)


def test_what_is_just_beside_the_robot_may_count_as_in_its_way_or_not() -> None:
    with Episode(camera=False) as episode:
        half, front = Footprint.of(episode.robot).half_width, Footprint.of(episode.robot).front
    cubes = [
        on_floor(Color.RED, Shape.CUBE, 0.04, (0.6, half + 0.02 + off)) for off in (0.015, 0.05)
    ]
    for cube, gap in zip(cubes, (0.58 - front, math.inf), strict=True):
        with Episode(world=World("w", (cube,)), camera=False) as episode:
            gaps = moves.gaps_ahead(episode.backend)
            assert gaps[0] == math.inf and gaps[-1] == pytest.approx(gap, abs=1e-3)


def test_a_tour_is_ten_meters_with_six_turns_on_the_way_and_clear_of_things() -> None:
    things = [(1.0, 0.15), (-0.8, 0.9), (0.2, -1.4)]
    for seed in range(20):
        pose, way, turns, nearest = Pose2D(), 0.0, 0, math.inf
        for command in places.tour(random.Random(seed), things):
            if isinstance(command, Turn):
                sign = 1 if command.direction is Side.LEFT else -1
                pose = replace(pose, yaw=pose.yaw + sign * math.radians(command.angle_deg))
                turns += 1
            elif isinstance(command, Move):
                for part in range(51):
                    at = pose.to_world((command.distance_m * part / 50, 0.0))
                    nearest = min(nearest, *(math.dist(at, thing) for thing in things))
                way += command.distance_m
                pose = Pose2D(*pose.to_world((command.distance_m, 0.0)), pose.yaw)
        assert way == pytest.approx(10.0, abs=0.01) and turns == 6 + 1
        assert nearest > places.ROOM_M - 0.001


def test_what_a_message_allows_for_is_read() -> None:
    assert places.told("at base, give or take 9 cm, by the red cube") == 0.09
    assert places.told("at base") == 0.0


@pytest.mark.parametrize("relation", list(Relation))
def test_a_thing_stands_beside_another_on_the_side_that_was_said(relation: Relation) -> None:
    side = relations.SIDES.get(relation, 0.3)
    pair = relations.Pair(CUBE, BALL, 0.04, side + 0.5, True)
    if relation is Relation.ON:
        pair = replace(pair, thing=replace(CUBE, x=BALL.x, y=BALL.y, z=0.06), gap=0.0)
        assert not replace(pair, thing=replace(pair.thing, x=0.55)).stands(relation)
    else:
        assert not replace(pair, gap=0.08).stands(relation)
        assert not replace(pair, gap=0.01).stands(relation)
        turned = replace(pair, bearing=side + 1.0)
        assert turned.stands(relation) is (relation is Relation.NEXT_TO)
    assert pair.stands(relation)
    assert not replace(pair, upright=False).stands(relation)
    assert not replace(pair, thing=replace(CUBE, z=0.12)).stands(relation)


@given(st.floats(0.2, 3), st.floats(-math.pi, math.pi), st.booleans())
def test_a_place_is_read_as_the_robot_says_it(away: float, angle: float, exact: bool) -> None:
    place = away * math.cos(angle), away * math.sin(angle)
    (told,) = answers.told_in(f"I see a red cube {words.place(place, exact)}.")
    rough = 0.01 + 0.02 * away if exact else 0.06 + 0.1 * away
    assert told.color == "red" and told.shape == "cube" and told.about is not exact
    assert math.dist(told.place, place) <= rough


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("I see a red cube 0.50 m straight ahead. I know only cubes.", True),
        ("I see a red thing 0.54 m straight ahead.", True),
        ("I see a red thing (a cube, I think) about 0.6 m straight ahead.", True),
        ("I see a green cube 0.50 m straight ahead.", False),
        ("I see a red ball 0.50 m straight ahead.", False),
        ("I see a red cube 0.60 m straight ahead.", False),
        ("I see a red cube about 0.9 m straight ahead.", False),
        ("I see two things: a red cube 0.50 m straight ahead and a blue ball 0.58 m away, "
         "31 degrees to the left.", True),
        ("I see two things: a red cube 0.50 m straight ahead.", False),
        ("I see two things: a red cube 0.50 m straight ahead and a red cube 0.52 m straight "
         "ahead.", False),
        ("I see no thing from here.", False),
        ("I see no thing for sure from here. Perhaps: a red thing about 0.5 m straight ahead.",
         True),
    ],
)  # fmt: skip
def test_an_answer_is_belied_by_what_is_not_there(text: str, true: bool) -> None:
    assert (answers.belied(text, SCENE, ANYTHING, [CUBE]) == "") is true


def test_i_see_none_is_belied_by_what_was_asked_for_alone() -> None:
    none = "I see no blue thing from here."
    assert not answers.belied(none, SCENE, Report(Topic.OBJECTS, Color.BLUE), [CUBE])
    assert answers.belied(none, SCENE, Report(Topic.OBJECTS, Color.BLUE), [CUBE, BALL])
    holding = replace(SCENE, held="red_cube")
    assert answers.belied("I see a red cube 0.50 m straight ahead.", holding, ANYTHING, [])
