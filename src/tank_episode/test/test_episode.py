"""A simulated episode.

Repeatable to the last digit, and at the speed of the machine.
"""

from __future__ import annotations

import math

import pytest

from tank_core.commands import (
    Color,
    Command,
    Face,
    Grasp,
    Move,
    MoveDirection,
    Report,
    Side,
    Speed,
    Stop,
    Topic,
    Turn,
    Wait,
)
from tank_core.exceptions import RobotFileError, TankError
from tank_episode import Episode, NotUnderstoodError, Truth, needs_camera
from tank_episode.episode import shared_episode
from tank_executor.plan import PlanState, PlanStatus, StepStatus
from tank_language.model import RawAnswer
from tank_language.prompt import Form
from tank_language.translator import Translator
from tank_sim.worlds import WorldError

FORWARD = Move(MoveDirection.FORWARD, 0.4)
LEFT = Turn(Side.LEFT, 90.0)
DANCE: tuple[Command, ...] = (FORWARD, LEFT, Wait(0.3), Turn(Side.RIGHT, 45.0, Speed.FAST))


def play(episode: Episode, commands: tuple[Command, ...]) -> tuple[PlanStatus, Truth, float]:
    status = episode.run(commands)
    episode.settle()
    return status, episode.truth(), episode.time


@pytest.mark.slow
@pytest.mark.parametrize("commands", [DANCE, (Grasp(),)], ids=["driving", "grasping"])
def test_the_same_seed_gives_the_same_to_the_last_digit(commands: tuple[Command, ...]) -> None:
    """All that is random on a robot is repeated.

    The executor asks for nothing that is refused.
    """
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


@pytest.mark.slow
def test_it_ends_where_the_commands_say() -> None:
    status, truth, _ = play(Episode(), (FORWARD, LEFT))
    assert status.state is PlanState.SUCCEEDED
    assert math.dist((truth.robot["x"], truth.robot["y"]), (0.4, 0.0)) < 0.02
    assert truth.robot["yaw_deg"] == pytest.approx(90.0, abs=2.0)
    assert truth.robot["held"] is None


def test_north_is_the_y_axis_of_the_world_also_after_a_reset() -> None:
    episode = Episode(camera=False)
    for _ in range(2):
        status, truth, _ = play(episode, (Turn(Side.RIGHT, 30.0), Face(heading_deg=0.0)))
        assert status.outcomes[1].message == "facing north"
        assert truth.robot["yaw_deg"] == pytest.approx(90.0, abs=2.0)
        episode.reset(1)


@pytest.mark.slow
def test_a_cube_in_the_front_cell_ends_up_held() -> None:
    status, truth, _ = play(Episode(world="cells"), (Grasp(),))
    assert status.state is PlanState.SUCCEEDED
    assert truth.robot["held"] == "red_cube"


@pytest.mark.slow
def test_a_step_that_fails_ends_its_list_but_not_the_episode() -> None:
    episode = Episode()
    failed = episode.run((Grasp(), FORWARD))
    assert failed.state is PlanState.FAILED
    assert [outcome.status for outcome in failed.outcomes] == [
        StepStatus.FAILED,
        StepStatus.SKIPPED,
    ]
    assert failed.outcomes[0].message
    assert episode.run((FORWARD,)).state is PlanState.SUCCEEDED


def test_a_stop_alone_and_an_empty_list_take_no_time() -> None:
    episode = Episode()
    assert episode.run((Stop(),)).state is PlanState.SUCCEEDED
    assert episode.run(()).state is PlanState.REFUSED
    assert episode.time == 0.0


def test_many_lists_share_one_compiled_model() -> None:
    ends = []
    for commands, seed in (((FORWARD,), 1), ((LEFT,), 2), ((FORWARD,), 1)):
        shared_episode("tank", "playground").reset(seed)
        ends.append(play(shared_episode("tank", "playground"), commands))
    assert ends[0] == ends[2] != ends[1]


def test_unknown_robots_and_worlds_are_refused_with_the_choices() -> None:
    with pytest.raises(WorldError, match="playground"):
        Episode(world="moon")
    with pytest.raises(RobotFileError, match="tank"):
        Episode(robot="nobody")


def test_a_sentence_is_carried_out_step_by_step_and_each_is_told_as_it_ends() -> None:
    with Episode(camera=False) as episode:
        times = []
        for step in episode.steps("drive forward 30 cm, then turn left"):
            times.append(episode.time)
            assert step.status is StepStatus.SUCCEEDED
        assert len(times) == 2 and 0.0 < times[0] < times[1]
        assert episode.status.plan is not None
        assert episode.status.plan.instruction == "drive forward 30 cm, then turn left"
        assert episode.truth().robot["x"] == pytest.approx(0.3, abs=0.02)


def test_who_leaves_the_steps_early_stops_the_robot() -> None:
    with Episode(camera=False) as episode:
        for _ in episode.steps((FORWARD, Move(MoveDirection.FORWARD, 5.0))):
            break
        episode.settle(1.0)
        here = episode.truth().robot["x"]
        episode.settle(1.0)
        assert episode.truth().robot["x"] == pytest.approx(here, abs=1e-4) and here < 1.0
        assert episode.run((LEFT,)).state is PlanState.SUCCEEDED


def test_a_question_between_two_steps_is_answered_and_the_steps_go_on() -> None:
    with Episode(camera=False) as episode:
        began = episode.steps((FORWARD, FORWARD, LEFT))
        assert next(began).status is StepStatus.SUCCEEDED
        asked = episode.run((Report(Topic.POSITION),))
        answer = asked.outcomes[0].answer
        assert answer is not None and answer.way == pytest.approx(0.4, abs=0.02)
        assert [step.status for step in began] == [StepStatus.SUCCEEDED] * 2
        assert episode.truth().robot["x"] == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("carry_out", [Episode.run, lambda *args: list(Episode.steps(*args))])
def test_a_sentence_that_means_nothing_to_do_is_refused_with_the_reason(carry_out) -> None:
    with Episode(camera=False) as episode:
        with pytest.raises(NotUnderstoodError, match=r"weather.*know"):
            carry_out(episode, "what is the weather like")
        assert episode.time == 0.0


class Repeater:
    """A model whose every answer is to do the last sentence again."""

    form, name = Form.SHORTHAND, "repeater"

    def answer(self, instruction: str, cancelled: object = None) -> RawAnswer:
        return RawAnswer("<again>" if instruction == "again" else "<turn><left>", tokens=1)

    def close(self) -> None:
        """Nothing to let go of."""


def test_a_sentence_leans_on_the_last_one_that_was_carried_out_until_the_reset() -> None:
    with Episode(camera=False) as episode:
        episode._translator = Translator(Repeater())
        episode.translate("turn left")  # is not carried out
        with pytest.raises(NotUnderstoodError, match="nothing to repeat"):
            episode.run("again")
        episode.run("turn left")
        assert [step.command for step in episode.steps("again")] == [LEFT]
        episode.reset()
        assert episode.translate("again").reason == "there is nothing to repeat"


def test_refused_and_empty_lists_have_no_steps() -> None:
    with Episode(camera=False) as episode:
        episode.run((LEFT,))
        assert list(episode.steps(())) == []
        (stop,) = episode.steps((Stop(),))
        assert stop.status is StepStatus.SUCCEEDED


@pytest.mark.slow
def test_what_it_sees_and_what_is_there() -> None:
    with Episode(world="cells", seed=1) as episode:
        loop = episode.perception_loop
        assert loop is not None
        episode.settle(0.5)
        if loop.problem:
            pytest.skip(loop.problem)
        camera = episode.robot.camera
        assert episode.image().shape == (camera.height, camera.width, 3)
        assert episode.picture((320, 200)).shape == (200, 320, 3)
        assert {thing.color for thing in episode.objects()} & {"red", "yellow", "green"}
        assert episode.state.time == episode.time


def test_without_a_camera_there_is_no_image_and_a_reason() -> None:
    with Episode(camera=False) as episode:
        assert episode.objects() == ()
        with pytest.raises(TankError, match="the camera is turned off"):
            episode.image()


def test_closing_is_idempotent() -> None:
    episode = Episode(camera=False)
    episode.translate("turn left")
    episode.close()
    episode.close()


def test_a_camera_is_needed_where_there_is_something_to_see_or_to_look_for() -> None:
    assert not needs_camera((FORWARD, LEFT, Grasp()), "empty")
    assert needs_camera((FORWARD,), "playground")
    assert needs_camera((Grasp(color=Color.RED),), "empty")
