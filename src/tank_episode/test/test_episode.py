"""A simulated episode.

Repeatable to the last digit, and at the speed of the machine.
"""

from __future__ import annotations

import math

import pytest

from tank_core.commands import (
    Command,
    Grasp,
    Move,
    MoveDirection,
    Speed,
    Stop,
    Turn,
    TurnDirection,
    Wait,
)
from tank_core.exceptions import RobotFileError
from tank_episode.episode import Episode, Truth, run_episode, shared_episode
from tank_executor.plan import PlanState, PlanStatus, StepStatus
from tank_sim.worlds import WorldError

FORWARD = Move(MoveDirection.FORWARD, 0.4)
LEFT = Turn(TurnDirection.LEFT, 90.0)
DANCE: tuple[Command, ...] = (FORWARD, LEFT, Wait(0.3), Turn(TurnDirection.RIGHT, 45.0, Speed.FAST))


def play(episode: Episode, commands: tuple[Command, ...]) -> tuple[PlanStatus, Truth, float]:
    status = episode.perform(commands)
    episode.settle()
    return status, episode.truth(), episode.time


@pytest.mark.slow
@pytest.mark.parametrize("commands", [DANCE, (Grasp(),)], ids=["driving", "grasping"])
def test_the_same_seed_gives_the_same_to_the_last_digit(commands: tuple[Command, ...]) -> None:
    """With all that is random on a robot; and the executor asks for nothing that is refused."""
    episode = Episode(world="playground", seed=3, realism="real")
    again = Episode(world="playground", seed=7, realism="real")
    play(again, (LEFT,))
    again.reset(3)
    assert play(again, commands) == play(episode, commands)
    assert episode.refusals == again.refusals == []


def test_another_seed_places_the_objects_elsewhere() -> None:
    episode = Episode(world="playground", seed=1)
    first = episode.truth().objects
    episode.reset(2)
    assert episode.truth().objects.keys() == first.keys()
    assert episode.truth().objects != first


def test_it_ends_where_the_commands_say() -> None:
    status, truth, _ = play(Episode(), (FORWARD, LEFT))
    assert status.state is PlanState.SUCCEEDED
    assert math.dist((truth.robot["x"], truth.robot["y"]), (0.4, 0.0)) < 0.02
    assert truth.robot["yaw_deg"] == pytest.approx(90.0, abs=2.0)
    assert truth.robot["held"] is None


def test_a_cube_in_the_front_cell_ends_up_held() -> None:
    status, truth, _ = play(Episode(world="cells"), (Grasp(),))
    assert status.state is PlanState.SUCCEEDED
    assert truth.robot["held"] == "red_cube"


@pytest.mark.slow
def test_a_step_that_fails_ends_its_list_but_not_the_episode() -> None:
    episode = Episode()
    failed = episode.perform((Grasp(), FORWARD))
    assert failed.state is PlanState.FAILED
    assert [outcome.status for outcome in failed.outcomes] == [
        StepStatus.FAILED,
        StepStatus.SKIPPED,
    ]
    assert failed.outcomes[0].message
    assert episode.perform((FORWARD,)).state is PlanState.SUCCEEDED


def test_a_stop_alone_and_an_empty_list_take_no_time() -> None:
    episode = Episode()
    assert episode.perform((Stop(),)).state is PlanState.SUCCEEDED
    assert episode.perform(()).state is PlanState.REFUSED
    assert episode.time == 0.0


def test_many_lists_share_one_compiled_model() -> None:
    first = run_episode((FORWARD,), world="playground", seed=1)
    run_episode((LEFT,), world="playground", seed=2)
    assert run_episode((FORWARD,), world="playground", seed=1) == first
    assert shared_episode("tank", "playground") is shared_episode("tank", "playground")


def test_unknown_robots_and_worlds_are_refused_with_the_choices() -> None:
    with pytest.raises(WorldError, match="playground"):
        Episode(world="moon")
    with pytest.raises(RobotFileError, match="tank"):
        Episode(robot="nobody")
