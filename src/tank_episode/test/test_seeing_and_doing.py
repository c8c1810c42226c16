"""Camera, perception, executor and simulation together, without ROS.

What is said to be done is done, by the simulator's truth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
import yaml

from tank_core.commands import (
    Approach,
    Cell,
    Color,
    Face,
    GoBack,
    GoThrough,
    Grasp,
    Move,
    MoveDirection,
    Past,
    Release,
    Shape,
    Side,
    Turn,
)
from tank_core.geometry import Place
from tank_core.robot import load_robot
from tank_episode.episode import Episode
from tank_executor.plan import PlanState
from tank_sim.realism.levels import REAL
from tank_sim.worlds import World, build_world, on_floor

RED_CUBE = {"color": Color.RED, "shape": Shape.CUBE}
Make = Callable[..., Episode]


@pytest.fixture
def make() -> Iterator[Make]:
    """Episodes that end with the test."""
    episodes: list[Episode] = []

    def start(world: str | World, **options: object) -> Episode:
        episodes.append(Episode(world=world, **options))  # type: ignore[arg-type]
        return episodes[-1]

    yield start
    for episode in episodes:
        assert episode.refusals == []
        episode.close()


def place_of(episode: Episode, name: str) -> Place:
    """Return the true place of an object, from the robot."""
    thing = episode.backend.objects()[name]
    return episode.backend.truth().to_local((thing.x, thing.y))


@pytest.mark.slow
@pytest.mark.parametrize("draw", range(4))
def test_another_robot_of_the_kind_picks_and_places_all_the_same(make: Make, draw: int) -> None:
    """Domain randomization: each quantity half to one and a half as large.

    The quantities are those of slip, noise, dead-bands, camera and latency.
    """
    episode = make("playground", seed=draw, realism=REAL.randomized(np.random.default_rng(draw)))
    status = episode.run([Grasp(**RED_CUBE), Turn(Side.LEFT, 90.0), Release(Cell.LEFT)])
    episode.settle()
    assert status.state is PlanState.SUCCEEDED, status.message
    assert math.dist(place_of(episode, "red_cube"), load_robot().cell(Cell.LEFT)) < 0.05
    assert episode.truth().robot["held"] is None


@pytest.mark.slow
@pytest.mark.parametrize("world", ["dim", "light", "gate", "clutter"])
def test_in_every_world_it_faces_approaches_and_grasps(make: Make, world: str) -> None:
    episode = make(world, seed=3, realism="real")
    assert episode.run([Face(**RED_CUBE)]).state is PlanState.SUCCEEDED
    x, y = place_of(episode, "red_cube")
    assert abs(math.degrees(math.atan2(y, x))) < 2.0
    assert episode.run([Approach(**RED_CUBE)]).state is PlanState.SUCCEEDED
    assert math.dist(place_of(episode, "red_cube"), load_robot().cell(Cell.FRONT)) < 0.05
    assert episode.run([Grasp(**RED_CUBE)]).state is PlanState.SUCCEEDED
    assert episode.backend.held() == "red_cube"


@pytest.mark.slow
@pytest.mark.parametrize(
    "camera",
    [(0.13, 0.50), (0.13, 0.40)],
    ids=["without a mast", "low, so that the arm hides the front cell"],
)
def test_a_robot_with_another_camera_over_its_body_does_all_that(
    make: Make, tmp_path: Path, camera: tuple[float, float]
) -> None:
    data = yaml.safe_load(
        (resources.files("tank_core") / "robots" / "tank.yaml").read_text(encoding="utf-8")
    )
    data["camera"] |= {"position": [camera[0], 0.0, camera[1]], "mast": []}
    del data["range_sensor"]
    path = tmp_path / "other.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    episode = make("playground", robot=str(path), seed=1)
    status = episode.run([Face(color=Color.RED), Approach(color=Color.RED), Grasp(**RED_CUBE)])
    assert status.state is PlanState.SUCCEEDED, status.message
    assert episode.backend.held() == "red_cube"


@pytest.mark.slow
@pytest.mark.slow
def test_what_is_fetched_is_put_down_where_it_was_asked(make: Make) -> None:
    episode = make("playground", seed=1, realism="real")
    episode.run([Turn(Side.LEFT, 20.0)])
    asked = episode.backend.truth()
    status = episode.run([Grasp(**RED_CUBE), GoBack(Past.HERE), Release()])
    episode.settle()
    assert status.state is PlanState.SUCCEEDED, status.message
    assert episode.backend.truth().distance(asked) < 0.10
    there = asked.to_world(load_robot().cell(Cell.FRONT))
    cube = episode.backend.objects()["red_cube"]
    assert math.dist((cube.x, cube.y), there) < 0.15 and cube.z < 0.04
    assert episode.truth().robot["held"] is None


def test_what_is_not_there_is_told_with_what_is(make: Make) -> None:
    world = World(
        "test",
        (
            on_floor(Color.BLUE, Shape.CUBE, 0.045, (0.7, 0.2)),
            on_floor(Color.GREEN, Shape.BALL, 0.045, (0.6, -0.3)),
        ),
    )
    status = make(world).run([Grasp(**RED_CUBE)])
    assert status.state is PlanState.FAILED
    assert status.outcomes[0].message == "I see a blue cube and a green ball, but no red cube"


@pytest.mark.slow
def test_a_cube_too_wide_for_the_gripper_is_told(make: Make) -> None:
    status = make(World("test", (on_floor(Color.RED, Shape.CUBE, 0.09, (0.8, 0.1)),))).run(
        [Grasp(**RED_CUBE)]
    )
    assert status.state is PlanState.FAILED
    assert status.outcomes[0].message.startswith("the red cube is 9 cm wide")


@pytest.mark.slow
def test_what_is_taken_away_on_the_way_is_missed(make: Make) -> None:
    """Somebody takes the cube while the robot drives up to it."""
    episode = make(World("test", (on_floor(Color.RED, Shape.CUBE, 0.04, (1.5, 0.0)),)))
    step, backend = episode.backend.advance, episode.backend

    def advance(duration: float) -> None:
        step(duration)
        if backend.truth().x > 0.5:
            backend.data.joint("red_cube").qpos[:3] = (5.0, 5.0, 0.02)

    backend.advance = advance  # type: ignore[method-assign]  # somebody's hand
    status = episode.run([Grasp(**RED_CUBE)])
    assert status.state is PlanState.FAILED
    assert "red cube" in status.message and backend.held() is None


@pytest.mark.slow
def test_a_move_ends_before_what_the_camera_sees(make: Make) -> None:
    episode = make(
        World("test", (on_floor(Color.RED, Shape.CUBE, 0.04, (0.9, 0.1)),)), realism="real"
    )
    status = episode.run([Move(MoveDirection.FORWARD, 2.0)])
    assert status.state is PlanState.FAILED
    x, _ = place_of(episode, "red_cube")
    assert x - 0.02 - 0.15 == pytest.approx(0.10, abs=0.03)


@pytest.mark.slow
def test_through_the_gate(make: Make) -> None:
    gate = build_world("gate", load_robot())
    episode = make(World("gate alone", (), gate.scene))
    assert episode.run([Move(MoveDirection.FORWARD, 2.0)]).state is PlanState.SUCCEEDED
    assert episode.truth().robot["x"] == pytest.approx(2.0, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("world", "seed", "side", "opening"),
    [
        ("gates", 3, Side.RIGHT, "red_gate"),
        ("rooms", 0, None, "door_ahead"),
        ("rooms", 2, Side.RIGHT, "door_right"),
    ],
)
def test_through_what_the_camera_sees_as_a_gate(
    make: Make, world: str, seed: int, side: Side | None, opening: str
) -> None:
    episode = make(world, seed=seed, realism="real")
    status = episode.run([GoThrough(side=side)])
    assert status.state is PlanState.SUCCEEDED, status.message
    openings = {one.name: one.pose for one in episode.backend.world.scene.openings}
    truth = episode.backend.truth()
    there = openings[opening].to_local((truth.x, truth.y))
    assert there == pytest.approx((0.5, 0.0), abs=0.12)
    assert episode.backend.touched() == frozenset()


@pytest.mark.slow
def test_of_two_gates_it_asks(make: Make) -> None:
    status = make("gates", seed=1).run([GoThrough()])
    assert status.state is PlanState.FAILED
    assert "I see two gates; say left or right" in status.message
