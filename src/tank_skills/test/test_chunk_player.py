"""The laws of playing chunks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tank_core.exceptions import ModelError
from tank_core.skill import Chunk, SkillCard
from tank_skills.chunk_player import ChunkPlayer

TIMES = some.floats(0.0, 100.0)
LENGTHS = some.integers(1, 30)


def chunk(time: float, length: int = 20, period: float = 0.1, offset: float = 0.0) -> Chunk:
    """Twists whose linear part is their own number."""
    numbers = offset + np.arange(length, dtype=float)
    return Chunk(time, period, np.stack([numbers, -numbers], axis=1), end=numbers / 100)


@given(time=TIMES, length=LENGTHS, since=some.floats(-1.0, 5.0))
def test_an_action_is_due_by_its_stamp_and_none_outside(time, length, since) -> None:
    player = ChunkPlayer(1)
    player.offer(chunk(time, length))
    action, share = player.at(time + since), since / 0.1
    if abs(share - round(share)) < 1e-3:
        return  # a rounding apart, either is right
    if 0.0 < share < length:
        assert action is not None and action.twist is not None
        assert action.twist.linear == -action.twist.angular == np.floor(share)
    else:
        assert action is None


@given(delay=some.floats(0.0, 3.0))
def test_a_chunk_that_comes_late_begins_where_it_would_be(delay) -> None:
    prompt, late = ChunkPlayer(10), ChunkPlayer(10)
    prompt.offer(chunk(4.0))
    assert late.at(4.0 + delay) is None
    late.offer(chunk(4.0))
    for step in range(30):
        assert late.at(4.0 + delay + 0.02 * step) == prompt.at(4.0 + delay + 0.02 * step)


@given(first=TIMES, later=some.floats(0.0, 1.9))
def test_a_newer_chunk_takes_over_and_an_older_one_never(first, later) -> None:
    player, now = ChunkPlayer(1), first + later
    player.offer(chunk(first))
    player.offer(chunk(now, offset=100.0))
    player.offer(chunk(first - 1.0, offset=200.0, length=40))
    assert player.at(now).twist.linear == 100.0


@given(length=LENGTHS, ask_after=some.integers(1, 30))
def test_the_next_is_asked_for_while_this_one_goes_on(length, ask_after) -> None:
    player = ChunkPlayer(ask_after)
    assert player.wants(0.0)
    player.offer(chunk(0.0, length))
    for index in range(length + 3):
        assert player.wants(0.1 * index + 0.05) == (index >= min(ask_after, length))


def test_each_action_is_played_once_at_the_ticks_of_its_own_period() -> None:
    player = ChunkPlayer(20)
    player.offer(chunk(0.3))
    played = [player.at(0.3 + 0.1 * step).twist.linear for step in range(20)]
    assert played == list(range(20)) and player.at(0.3 + 0.1 * 20) is None


def test_a_card_says_when_to_ask() -> None:
    def asked_at(horizon: int, ask_after: int) -> int:
        card = SkillCard("a-tank", "face", "tank", "turner", 0.1, horizon, ask_after)
        player = ChunkPlayer.of(card)
        player.offer(chunk(0.0, horizon))
        return next(step for step in range(99) if player.wants(0.1 * step))

    assert (asked_at(20, 0), asked_at(20, 5), asked_at(1, 0), asked_at(20, 20)) == (10, 5, 1, 20)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (Chunk(0.0, 0.1, twists=np.full((3, 2), np.nan)), "not finite"),
        (Chunk(0.0, 0.1, twists=np.zeros((3, 3))), "2 columns"),
        (Chunk(0.0, 0.1, twists=np.zeros((3, 2)), end=np.zeros(2)), "as many"),
        (Chunk(0.0, 0.0, twists=np.zeros((3, 2))), "period"),
        (Chunk(np.nan, 0.1, twists=np.zeros((3, 2))), "period"),
        (Chunk(0.0, 0.1), "empty"),
    ],
)
def test_a_chunk_that_is_none_is_refused_in_one_line(made: Chunk, said: str) -> None:
    player = ChunkPlayer(1)
    player.offer(chunk(0.0))
    with pytest.raises(ModelError, match=said):
        player.offer(made)
    assert player.at(0.0).twist.linear == 0.0  # the one before goes on


def test_a_part_that_is_not_there_is_left_alone() -> None:
    player = ChunkPlayer(1)
    player.offer(Chunk(0.0, 0.04, joints=np.array([[0.1, 0.2]])))
    action = player.at(0.01)
    assert action.twist is None and action.joints.tolist() == [0.1, 0.2] and action.end == 0.0
