"""Pixels and words: scenes, teacher, and a policy that is cloned."""

import math
import random

import numpy as np
import pytest
import torch

from tank_learning.skills.dataset.demonstration import Demonstration
from tank_learning.skills.words.driving import drive
from tank_learning.skills.words.policy import HORIZON, NUMBERS, VOCABULARY, Policy, bag
from tank_learning.skills.words.scene import (
    COLORS,
    FRONT_PX,
    NEAR_M,
    ROOM_M,
    STOP_M,
    THINGS,
    TOP_PX,
    Stage,
    draw,
)
from tank_learning.skills.words.teacher import SEEN_EVERY, DrivingStyle, show
from tank_learning.skills.words.training import Frames, train

torch.set_num_threads(1)  # more of them wait for one another on a busy machine


def test_a_scene_has_three_things_apart_and_names_one() -> None:
    for seed in range(40):
        scene = draw(seed, "test")
        assert scene == draw(seed, "test") != draw(seed, "another use")
        places = list(scene.places.values())
        assert len(places) == THINGS and scene.named in scene.places
        assert min(math.dist(a, b) for i, a in enumerate(places) for b in places[:i]) >= ROOM_M
        said = [color for color in COLORS if color in scene.sentence]
        assert said == [scene.named]


def test_aside_the_named_thing_is_not_ahead() -> None:
    for seed in range(20):
        scene = draw(seed, "test", aside=True)
        x, y = scene.start.to_local(scene.places[scene.named])
        assert 0.6 <= abs(math.atan2(y, x)) <= 1.1


def test_a_teacher_turns_towards_the_thing_and_stops_before_it() -> None:
    manners = [DrivingStyle.drawn(random.Random(seed)) for seed in range(20)]
    assert len(set(manners)) == 20 and {manner.turns_first for manner in manners} == {True, False}
    for manner in manners:
        assert manner.twist((STOP_M, 0.0), 1.0) is None
        for side in (-1, 1):
            twist = manner.twist((0.6, side * 0.4), 1.0)
            assert twist is not None and twist.angular * side > 0
            assert (twist.linear == 0.0) == manner.turns_first


def test_words_are_counted_and_unknown_ones_are_not() -> None:
    counts = dict(zip(VOCABULARY, bag("Go to the RED cube, the xylophone!"), strict=True))
    assert counts["the"] == 2 and counts["red"] == counts["cube"] == 1
    assert sum(counts.values()) == 6


@pytest.mark.parametrize("cameras", [("front",), ("top",), ("front", "top")])
def test_the_words_decide_what_a_policy_does_with_an_image(cameras: tuple[str, ...]) -> None:
    torch.manual_seed(0)
    policy = Policy(cameras)
    sizes = {"front": FRONT_PX, "top": TOP_PX}
    images = {name: torch.rand(1, 3, size[1], size[0]) for name, size in sizes.items()}
    red, blue = (
        policy(images, torch.tensor([bag(f"go to the {color} cube")])) for color in ("red", "blue")
    )
    assert red.shape == (1, HORIZON, NUMBERS) and not torch.allclose(red, blue)


def bright(side: int) -> Demonstration:
    """A drive towards the side where the image is bright."""
    steps = 12
    images = {
        name: np.zeros((steps // SEEN_EVERY, size[1], size[0], 3), np.uint8)
        for name, size in (("front", FRONT_PX), ("top", TOP_PX))
    }
    for frames in images.values():
        middle = frames.shape[2] // 2
        frames[:, 10:20, middle + side * 15 - 5 : middle + side * 15 + 5] = 255
    actions = np.tile(np.array([0.3, -side * 1.0, 0.0], np.float32), (steps, 1))
    return Demonstration("go to the red cube", np.zeros((steps, 0), np.float32), actions, images)


@pytest.mark.slow
def test_cloning_learns_where_to_go_the_same_way_each_time() -> None:
    frames, losses = Frames([bright(-1), bright(1)]), list[float]()
    first = train(frames, 40, tell=lambda updates, seconds, loss: losses.append(loss))
    second = train(frames, 40)
    assert losses[-1] < 0.5 * losses[0]
    assert all(map(torch.equal, first.parameters(), second.parameters()))


@pytest.mark.slow
def test_the_teacher_comes_and_a_policy_that_stands_does_not() -> None:
    scene = draw(1, "test")
    with Stage() as stage:
        shown = show(stage, scene, DrivingStyle())
        assert shown is not None and stage.came()
        assert math.dist(stage.named(), (STOP_M, 0.0)) <= NEAR_M
        images = {name: frames.shape for name, frames in shown.images.items()}
        count = math.ceil(shown.length / SEEN_EVERY)
        assert images == {
            "front": (count, *FRONT_PX[::-1], 3), "top": (count, *TOP_PX[::-1], 3)
        }  # fmt: skip
        policy = Policy(("front",))
        with torch.no_grad():
            for parameter in policy.head[-1].parameters():
                parameter.zero_()
            policy.head[-1].bias[NUMBERS - 1] = 1.0  # it says at once that it has come
        end = drive(stage, policy, scene)
    assert end.ended and not end.success
