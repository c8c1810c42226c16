"""A Ctrl-C is one line, and says only what was confirmed."""

from __future__ import annotations

from tank_cli.prompt.halt import Halt
from tank_client.narrator import Understanding
from tank_core.commands import Command, Side, Stop, Turn, Wait
from tank_core.commands.wording import CANCELLED
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus

TURN, WAIT, STOP = Turn(Side.LEFT, 90.0), Wait(1.0), Stop()


def status(state: PlanState, *commands: Command, stamp: int = 1, step: int = 0) -> PlanStatus:
    outcomes = tuple(StepOutcome(command, StepStatus.STOPPED) for command in commands)
    return PlanStatus(state, Plan(commands, "", stamp), step, outcomes=outcomes)


def test_what_ran_and_what_waited_is_one_line_when_the_executor_has_confirmed_it() -> None:
    halt = Halt()
    assert halt.takes(Understanding(9, "stop", (STOP,)))
    assert halt.takes(Understanding(8, "was being translated", (), CANCELLED))
    assert halt.takes(status(PlanState.STOPPED, TURN, WAIT, stamp=1, step=1))
    assert halt.takes(status(PlanState.STOPPED, TURN, stamp=2))
    assert "NOT CONFIRMED" in halt.line() and not halt.wait(0.0)
    assert halt.takes(status(PlanState.SUCCEEDED, STOP, stamp=9))
    assert halt.wait(0.0)
    assert halt.line() == "stopped in “wait 1 s”, step 2 of 2; 1 more dropped"


def test_where_nothing_ran_it_says_so() -> None:
    halt = Halt()
    halt.takes(status(PlanState.SUCCEEDED, STOP))
    assert halt.line() == "stopped; nothing was under way"


def test_it_takes_nothing_that_does_not_follow_from_it() -> None:
    halt = Halt()
    halt.takes(Understanding(9, "stop", (STOP,)))
    assert not halt.takes(Understanding(3, "turn left", (TURN,)))
    assert not halt.takes(status(PlanState.SUCCEEDED, TURN))
    assert not halt.takes(status(PlanState.RUNNING, TURN))
    assert not halt.takes(status(PlanState.SUCCEEDED, STOP, stamp=8))  # somebody else's, before
    assert not halt.takes(PlanStatus(message="I lost the cube"))
    halt.takes(status(PlanState.SUCCEEDED, STOP, stamp=9))
    assert not halt.takes(status(PlanState.STOPPED, TURN))
