"""The guardian's law, on a clock of the tests' own.

Motors belong to a driver that beats and has heard of the last cut, or to nobody.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_hw_driver.guardian import core
from tank_hw_driver.guardian.core import (
    Action,
    Came,
    Drop,
    Event,
    Guardian,
    Left,
    Said,
    Switched,
    SwitchOff,
    Tell,
)
from tank_hw_driver.guardian.protocol import (
    STOP,
    Beat,
    GuardianState,
    Reply,
    read_answer,
    read_beat,
)

PERIOD = 0.02  # of a driver's control loop


class World:
    """A guardian, its bus and what its clients heard, in simulated time.

    ``duty`` is what the motors feel.
    """

    def __init__(self) -> None:
        self.now = 100.0
        self.bus_fault = ""
        self.board = "robot_hat_v3/00000000"
        self.anew = 0  # how often it looked for the board
        self.duty = 1.0  # left over by whoever was there before
        self.offs: list[float] = []
        self.heard: dict[int, list[Reply]] = {}
        self.dropped: list[int] = []
        self.guardian = Guardian(self.now)
        self.do(self.guardian.step(self.now))

    def do(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case SwitchOff(anew):
                    self.offs.append(self.now)
                    self.anew += anew
                    self.duty = self.duty if self.bus_fault else 0.0
                    self.do(
                        self.guardian.step(
                            self.now,
                            [Switched(self.bus_fault, "" if self.bus_fault else self.board)],
                        )
                    )
                case Tell(client, data):
                    answer = read_answer(data)
                    assert answer is not None
                    self.heard.setdefault(client, []).append(answer)
                case Drop(client):
                    self.dropped.append(client)

    def tell(self, *events: Event) -> None:
        self.do(self.guardian.step(self.now, events))

    def wait(self, seconds: float) -> None:
        """Time goes by as in the loop.

        The guardian is stepped when it said it must be.
        """
        end = self.now + seconds
        while (due := self.guardian.due(self.now)) is not None and self.now + due <= end:
            self.now += max(due, 1e-4)
            self.tell()
        self.now = end

    def last(self, client: int = 1) -> Reply:
        return self.heard[client][-1]

    def beat(self, client: int = 1, epoch: int | None = None) -> None:
        """A beat that acknowledges what was heard last, or ``epoch``."""
        self.tell(
            Said(
                client,
                Beat(
                    self.last(client).epoch
                    if epoch is None and client in self.heard
                    else epoch or 0
                ).encode(),
            )
        )

    def beat_for(self, lasts: float, client: int = 1) -> None:
        """A beat of a driver whose velocity lasts so long [s]."""
        self.tell(Said(client, Beat(self.last(client).epoch, "", lasts).encode()))

    def driver(self, client: int = 1) -> World:
        """A driver that has the motors, and runs them."""
        self.tell(Came(client, f"driver {client}"), Said(client, Beat(0).encode()))
        self.beat(client)
        assert self.guardian.free
        self.duty = 0.5
        return self


def test_motors_are_off_before_anybody_came() -> None:
    world = World()
    assert world.duty == 0.0
    assert not world.guardian.free


def test_a_driver_gets_the_motors_when_it_has_heard_that_they_are_off() -> None:
    world = World()
    world.tell(Came(1, "driver"), Said(1, Beat(0).encode()))
    assert world.last().state is GuardianState.CUT
    assert not world.guardian.free
    world.beat()
    assert world.last().state is GuardianState.FREE


def test_while_it_beats_nobody_touches_its_motors() -> None:
    world = World().driver()
    before = len(world.offs)
    for _ in range(500):
        world.wait(PERIOD)
        world.beat()
    assert len(world.offs) == before
    assert world.duty == 0.5


@pytest.mark.parametrize("pause", [0.21, 0.3, 5.0])
def test_silence_cuts_in_time_and_an_old_beat_does_not_give_the_motors_back(pause: float) -> None:
    world = World().driver()
    began, epoch = world.now, world.last().epoch
    world.wait(pause)
    assert world.duty == 0.0
    assert next(t for t in world.offs if t >= began) - began <= core.SILENCE_S + 0.01
    for _ in range(50):  # it wakes, and has not read yet what it was told
        world.duty = 0.5
        world.beat(epoch=epoch)
        assert not world.guardian.free
        world.wait(core.REPEAT_S)
        assert world.duty == 0.0
    assert world.last().state is GuardianState.CUT
    world.beat()
    assert world.guardian.free


@pytest.mark.parametrize("stalls_after", [0.0, 0.05, 0.1, 0.15, 0.19])
def test_two_faults_do_not_add_up(stalls_after: float) -> None:
    """Whoever commands dies now, and the driver stalls some time after that."""
    world, time_out, died = World().driver(), 0.2, 0.0
    died = world.now
    while world.now - died <= stalls_after:
        world.beat_for(time_out - (world.now - died))
        world.wait(PERIOD)
    world.wait(1.0)
    assert world.duty == 0.0
    assert world.offs[-1] - died >= time_out
    cut = next(off for off in world.offs if off > died)
    assert cut - died < 0.3


def test_a_velocity_that_is_renewed_or_ended_in_time_is_left_alone() -> None:
    world = World().driver()
    before = len(world.offs)
    for _ in range(50):
        world.beat_for(0.2)
        world.wait(0.05)
    world.beat_for(0.0)  # the turn before the one that ends it
    world.wait(0.05)
    for _ in range(20):
        world.beat()  # it stands
        world.wait(0.05)
    assert world.guardian.free and len(world.offs) == before


def test_a_stop_cuts_and_a_driver_that_works_gets_the_motors_back_when_it_has_heard() -> None:
    world = World().driver()
    world.tell(Came(7, "a page"), Said(7, STOP))
    assert world.duty == 0.0 and 7 in world.dropped
    assert world.last().state is GuardianState.CUT and "stop" in world.last().reason
    world.beat(epoch=1)  # what it sent before it heard of that
    assert not world.guardian.free
    world.beat()
    assert world.guardian.free


def test_a_stop_holds_a_driver_that_hangs_and_keeps_nobody_out() -> None:
    world = World().driver()
    world.tell(Came(7, "a page"), Said(7, STOP))
    for _ in range(40):
        world.duty = 0.5
        world.wait(core.REPEAT_S)
        assert world.duty == 0.0
    alone = World()
    alone.tell(Came(7, "a page"), Said(7, STOP), Came(1, "driver 1"), Said(1, Beat(0).encode()))
    alone.beat()
    assert alone.guardian.free


def test_a_hung_driver_that_finishes_its_last_write_is_cut_again_without_any_beat() -> None:
    world = World().driver()
    world.wait(3600.0)
    world.duty = 0.5
    world.wait(core.REPEAT_S)
    assert world.duty == 0.0


def test_the_end_of_the_connection_cuts_at_once_and_again_for_half_a_second() -> None:
    world = World().driver()
    world.tell(Left(1))
    assert world.duty == 0.0
    world.wait(0.4)
    world.duty = 0.5  # a transfer that the kernel finished late
    world.wait(core.REPEAT_S)
    assert world.duty == 0.0
    world.wait(1.0)
    before = len(world.offs)
    world.wait(3600.0)
    assert len(world.offs) == before, "then there is nothing left to do"


def test_a_bus_that_fails_is_asked_until_it_takes_it_and_gives_nobody_the_motors() -> None:
    world = World().driver()
    world.bus_fault = "the bus hangs"
    world.tell(Left(1), Came(2, "the next"), Said(2, Beat(0).encode()))
    world.beat(2)
    assert world.last(2) == Reply(GuardianState.STUCK, world.last(2).epoch, "the bus hangs")
    for _ in range(200):
        world.wait(PERIOD)
        world.beat(2)
    assert not world.guardian.free
    assert world.duty == 0.5
    world.wait(20.0)
    world.bus_fault = ""
    world.wait(core.SLOW_REPEAT_S)
    assert world.duty == 0.0


def test_a_second_driver_is_refused_with_a_reason_and_the_first_one_drives_on() -> None:
    world = World().driver()
    world.tell(Came(2, "driver 2"))
    assert world.last(2).state is GuardianState.REFUSED
    assert "driver 1" in world.last(2).reason
    world.tell(Said(2, b"rubbish"), Left(2))
    assert world.guardian.free


def test_a_driver_of_other_motors_gets_none_hears_why_and_what_is_guarded_stays_off() -> None:
    world = World()
    world.tell(Came(1, "driver"))
    for _ in range(50):
        world.duty = 0.5
        world.tell(Said(1, Beat(world.guardian._epoch, "motor_hat/11111111").encode()))
        assert not world.guardian.free
        world.wait(core.REPEAT_S)
        assert world.duty == 0.0
    last = world.last()
    assert last.state is GuardianState.OTHER
    assert all(
        word in last.reason
        for word in ("motor_hat/11111111", world.board, "the same board, calibration and wires")
    )
    assert "motor_hat" in world.guardian.status
    world.tell(Left(1))
    world.board = "motor_hat/11111111"  # and now it was started with the right one
    world.tell(Came(2, "driver"), Said(2, Beat(0, world.board).encode()))
    world.tell(Said(2, Beat(world.last(2).epoch, world.board).encode()))
    assert world.guardian.free


def test_a_driver_that_turns_to_other_motors_on_the_way_is_cut() -> None:
    world = World().driver()
    world.tell(Said(1, Beat(world.last().epoch, "motor_hat/11111111").encode()))
    assert world.duty == 0.0
    world.tell(Said(1, Beat(world.last().epoch, "motor_hat/11111111").encode()))
    assert world.last().state is GuardianState.OTHER


def test_the_board_is_looked_for_again_when_a_driver_comes_and_not_when_one_goes() -> None:
    world = World()
    for count in (1, 2):
        world.driver(count)
        assert world.anew == count
        world.tell(Left(count), Came(9, "stranger", "no"))
        world.wait(2.0)
        assert world.anew == count


def test_whoever_may_not_drive_hears_why() -> None:
    world = World()
    world.tell(Came(1, "stranger", "it belongs to user 7"))
    assert world.last() == Reply(GuardianState.REFUSED, world.last().epoch, "it belongs to user 7")
    world.tell(Said(1, Beat(world.last().epoch).encode()))
    assert not world.guardian.free


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"beat",
        b"beat -1",
        b"beat 1 2",
        b"beat 1 motor_hat/xyz",
        b"\xff\x00",
        b"beat " + b"9" * 400,
        "beat ²".encode(),
    ],
)
def test_rubbish_ends_the_connection_and_the_motion(rubbish: bytes) -> None:
    world = World().driver()
    world.tell(Said(1, rubbish))
    assert world.dropped == [1]
    assert world.duty == 0.0
    world.driver(2)


def test_a_client_that_never_beats_does_not_keep_others_out() -> None:
    world = World()
    world.tell(Came(1, "mute"))
    world.wait(0.3)
    assert world.dropped == [1]
    world.driver(2)


EVENTS = st.one_of(
    st.builds(Came, st.integers(1, 3), st.just("driver")),
    st.builds(Left, st.integers(1, 3)),
    st.builds(
        Said,
        st.integers(1, 3),
        st.one_of(
            st.integers(0, 9).map(lambda epoch: Beat(epoch).encode()), st.binary(max_size=12)
        ),
    ),
)


@pytest.mark.slow
@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(st.floats(0.0, 0.5), st.lists(EVENTS, max_size=3), st.booleans(), st.booleans()),
        max_size=40,
    )
)
def test_whatever_happens_the_motors_run_only_while_somebody_beats(
    turns: list[tuple[float, list[Event], bool, bool]],
) -> None:
    world = World()
    for pause, events, bus_works, answers in turns:
        world.wait(pause)
        world.bus_fault = "" if bus_works else "no"
        world.tell(*events)
        driver = world.guardian._driver
        if answers and driver in world.heard:
            world.beat(driver)
        if world.guardian.free:
            world.duty = 0.7
        else:
            assert world.duty == 0.0 or not world.guardian._took
    world.bus_fault = ""
    world.wait(core.SILENCE_S + core.SLOW_REPEAT_S + 0.01)
    assert world.duty == 0.0
    assert not world.guardian.free


@given(st.sampled_from(list(GuardianState)), st.integers(0, 10**6), st.text(max_size=80))
def test_what_the_guardian_says_is_understood(
    state: GuardianState, epoch: int, reason: str
) -> None:
    assert read_answer(Reply(state, epoch, reason).encode()) == Reply(
        state, epoch, reason.encode("utf-8", "replace").decode()
    )


LASTS = st.none() | st.integers(0, 10_000).map(lambda ms: ms * 1e-3)


@given(st.integers(0, 10**6), st.sampled_from(["", "motor_hat/0123abcd"]), LASTS)
def test_a_beat_is_understood(epoch: int, guards: str, lasts: float | None) -> None:
    assert read_beat(Beat(epoch, guards, lasts).encode()) == Beat(epoch, guards, lasts)


@pytest.mark.parametrize("lasts", [math.inf, 10.1, -0.1])
def test_a_beat_says_no_time_that_is_none(lasts: float) -> None:
    assert read_beat(Beat(7, "", lasts).encode()) == Beat(7)


WORDS = st.sampled_from(
    [b"beat", b"free", b"cut", b"refused", b"1", b"007", b"motor_hat/0123abcd", b"80ms", b"99999ms"]
)
NEARLY = st.lists(WORDS | st.binary(max_size=8), max_size=5).map(b" ".join)


@settings(max_examples=300)
@given(NEARLY | st.binary(max_size=600))
def test_no_message_raises_and_one_that_is_understood_says_the_same_again(data: bytes) -> None:
    beat, answer = read_beat(data), read_answer(data)
    assert beat is None or read_beat(beat.encode()) == beat
    assert answer is None or read_answer(answer.encode()) == answer


BEAT = st.builds(Beat, st.integers(0, 10**6), st.sampled_from(["", "motor_hat/0123abcd"]), LASTS)
SPOILED = [
    lambda data: data.upper(),
    lambda data: data + b" ",
    lambda data: data + b"\n",
    lambda data: b" " + data,
    lambda data: data[:5],
    lambda data: data.replace(b"beat ", b"beat -"),
    lambda data: data.replace(b" ", b"  "),
]


@given(BEAT.map(Beat.encode), st.sampled_from(SPOILED))
def test_a_beat_that_is_spoiled_is_none(data: bytes, spoil: Callable[[bytes], bytes]) -> None:
    assert read_beat(spoil(data)) is None


@given(
    st.sampled_from(list(GuardianState)),
    st.sampled_from(["", "-1", "1.5", "x", "²", "9" * 13]),
    st.text(max_size=20),
)
def test_an_answer_without_a_number_is_none(state: GuardianState, number: str, reason: str) -> None:
    assert read_answer(f"{state} {number} {reason}".encode("utf-8", "replace")) is None
    assert read_answer(f"{state}".encode()) is None
    assert read_answer(f"nobody 1 {reason}".encode("utf-8", "replace")) is None
