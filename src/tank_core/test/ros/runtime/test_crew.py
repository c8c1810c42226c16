"""A crew hears of what a guard condition did not tell."""

import threading

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from rclpy.guard_condition import GuardCondition
from rclpy.utilities import get_default_context

from tank_core.ros.runtime import crew as module
from tank_core.ros.runtime.crew import Crew


class Work:
    """An executor without entities."""

    goes_on = True

    def __init__(self, context: object) -> None:
        self.context = context
        self.guard = GuardCondition(None, None, context=context)

    def entities(self) -> list[object]:
        return []

    def tell(self, error: BaseException) -> None:
        raise error

    def call_back(self, entity: object) -> None:
        raise AssertionError("nothing is there to be called back")


@pytest.mark.parametrize("who", ["lookout", "leader"])
def test_a_trigger_that_the_middleware_loses_is_noticed(ros, monkeypatch, who: str) -> None:
    """It comes while a wait ends for something else, none of its entities."""
    monkeypatch.setattr(GuardCondition, "trigger", lambda self: None)
    waits = []

    class Watch:
        def __init__(self, *_: object) -> None:
            pass

        def wait(self, _: int) -> tuple[list[object], bool]:
            waits.append(1)
            assert len(waits) < 3, "it waits on, and nothing will tell it"
            if len(waits) == 2:
                crew.call_lookout() if who == "lookout" else crew._ring()
            return [], False

    monkeypatch.setattr(module, "GuardedWaitSet", Watch)
    crew, me = Crew(Work(get_default_context())), threading.current_thread()
    crew._leader = me
    if who == "lookout":
        crew._wait_for_quiet()
    else:
        crew._wait_for_lively(me)
    assert len(waits) == 2
