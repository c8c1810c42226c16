"""Says a recording's sentences to a simulation, and tells what came of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tank_client.narrator import Understanding
from tank_core.pacing import TICK_S
from tank_episode.episode import Episode, needs_camera
from tank_executor.plan import Plan
from tank_language.conversation import Conversation
from tank_language.translator import Translation
from tank_recording.said import Account, Circumstances, Saying

# The longest pause [s] before a sentence to a robot that does nothing: nothing happens meanwhile.
LONGEST_PAUSE_S = 2.0


def episode_of(where: Circumstances, sayings: Sequence[Saying]) -> Episode:
    """A recording's simulation, at its start; with a camera if that matters.

    Raises RobotFileError, WorldError, ModelError for what is not here.
    """
    commands = [command for saying in sayings for command in saying.commands]
    camera = needs_camera(commands, where.world, where.robot)
    return Episode(
        where.robot,
        where.world,
        where.seed,
        where.realism,
        camera,
        where.stop_for_obstacles,
        skills=where.skills,
        fallback=where.skill_fallback,
    )


def do_again(
    episode: Episode, sayings: Sequence[Saying], translate: Callable[..., Translation]
) -> Account:
    """Say each sentence when the robot is as far as it was at that time.

    Before a robot that is idle, after a pause; to one that is busy, as long after the sentence
    before. Ends when all is done. ``translate(sentence, previous=...)`` is a translator's.
    """
    retelling = _Retelling(episode, translate)
    for saying in sayings:
        retelling.wait(saying)
        retelling.say(saying.text)
    retelling.finish()
    return retelling.account


class _Retelling:
    def __init__(self, episode: Episode, translate: Callable[..., Translation]) -> None:
        self.account = Account()
        self.account.starts_at(episode.state.odometry.pose)
        self._episode, self._translate = episode, translate
        self._conversation = Conversation()
        self._plans: list[Plan] = []

    def say(self, sentence: str) -> None:
        now, number = self._episode.time, len(self._plans)
        meant = self._translate(sentence, previous=self._conversation.previous(now))
        self.account.understood(
            Understanding(number, sentence, meant.commands, meant.reason), now
        )  # fmt: skip
        plan = Plan(meant.commands, sentence)
        self._plans.append(plan)
        if meant.commands:
            self._conversation.accept(meant.commands, now)
            self._episode.loop.submit(plan)
            self._listen()

    def wait(self, saying: Saying) -> None:
        if saying.idle:
            self.finish()
        self._pass(min(saying.pause, LONGEST_PAUSE_S) if saying.idle else saying.pause)

    def finish(self) -> None:
        while self._episode.loop.runner.running:
            self._pass(TICK_S)

    def _pass(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self._episode.settle(TICK_S)
            self._listen()

    def _listen(self) -> None:
        episode = self._episode
        for status in episode.loop.runner.take_changes():
            number = next((n for n, one in enumerate(self._plans) if one is status.plan), None)
            if number is not None:
                known = replace(status, plan=replace(self._plans[number], stamp=number))
                self.account.progressed(known, episode.state.odometry.pose, episode.time)
