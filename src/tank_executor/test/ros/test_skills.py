"""The thread in which skills think."""

import threading
import time

import numpy as np
from scripted_skill import ScriptedSkill

from tank_core.skill import Chunk, Observation
from tank_core.state import RobotState
from tank_executor.ros.skills import SkillThread

SEEN = Observation(RobotState(1.0))


class Slow(ScriptedSkill):
    """Thinks until it is let go on."""

    def __init__(self, **card: object) -> None:
        super().__init__("face", lambda seen: ([(0.0, 0.0)], False), **card)
        self.go_on = threading.Event()

    def act(self, seen: Observation) -> Chunk:
        assert self.go_on.wait(60.0)
        return super().act(seen)


def test_what_needs_no_image_is_answered_in_the_same_tick_where_that_is_quick() -> None:
    thinker = SkillThread()
    skill = ScriptedSkill("grasp", lambda seen: ([(0.0, 0.0)], False))
    answered = [thinker.think(skill, SEEN, False)() is not None for _ in range(200)]
    thinker.close()
    assert np.mean(answered) > 0.5  # other processes of a busy machine may come between


def test_nobody_waits_for_a_thought_that_lasts() -> None:
    for image in (None, (64, 48)):
        thinker, skill = SkillThread(), Slow(image=image)
        thought = thinker.think(skill, SEEN, True)
        assert thought() is None  # and this is said before it is let go on
        skill.go_on.set()
        while (chunk := thought()) is None:
            time.sleep(0.001)
        assert chunk.time == 1.0 and skill.resets == 1
        thinker.close()


def test_an_end_does_not_wait_for_a_thought_that_hangs() -> None:
    thinker, skill = SkillThread(), Slow()
    thinker.think(skill, SEEN, True)
    thinker.close()  # and this is reached before it is let go on
    assert skill.seen == []
    skill.go_on.set()
