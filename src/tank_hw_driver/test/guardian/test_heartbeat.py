"""The driver's end of the guardian, against one that obeys the test.

On the test's clock.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tank_hw_driver.guardian.heartbeat import ANSWER_S, HOLD_S, RECONNECT_S, Heartbeat
from tank_hw_driver.guardian.protocol import Beat, GuardianState, Reply, read_beat


class Desk:
    """A guardian's place, at which the test sits."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection: socket.socket | None = None
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(str(path))
        self.listener.listen(1)
        self.listener.setblocking(False)

    def beats(self) -> list[int | None]:
        """The beats that came since the last call."""
        heard: list[int | None] = []
        with suppress(BlockingIOError):
            if self.connection is None:
                self.connection, _ = self.listener.accept()
                self.connection.setblocking(False)
            while data := self.connection.recv(512):
                said = read_beat(data)
                heard.append(said and said.epoch)
        return heard

    def say(self, state: GuardianState, epoch: int, reason: str = "") -> None:
        assert self.connection is not None
        self.connection.send(Reply(state, epoch, reason).encode())

    def end(self) -> None:
        for end in (self.connection, self.listener):
            if end is not None:
                end.close()
        self.path.unlink(missing_ok=True)


class Time:
    now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "guardian")
    yield desk
    desk.end()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def heartbeat(tmp_path: Path, time: Time) -> Iterator[Heartbeat]:
    heartbeat = Heartbeat(tmp_path / "guardian", time)
    yield heartbeat
    heartbeat.close()


def take_over(heartbeat: Heartbeat, desk: Desk, time: Time, again: bool = False) -> None:
    """The driver has the motors after this."""
    heartbeat.beat()
    assert desk.beats() == [0]
    desk.say(GuardianState.CUT, 3, "driver came")
    heartbeat.beat()
    assert "driver came" in str(heartbeat.fault())
    heartbeat.acknowledge()
    heartbeat.beat()
    assert desk.beats() == [0, 3]
    for _ in range(3):
        desk.say(GuardianState.FREE, 3)
        heartbeat.beat()
        assert (heartbeat.fault() is None) is not again
        time.now += again * HOLD_S / 4
    time.now += again * HOLD_S
    desk.say(GuardianState.FREE, 3)
    heartbeat.beat()
    assert heartbeat.fault() is None


def test_before_the_first_beat_the_robot_must_not_move(heartbeat: Heartbeat) -> None:
    assert heartbeat.fault()


def test_without_a_guardian_it_must_not_move_and_is_told_the_cure(heartbeat: Heartbeat) -> None:
    heartbeat.beat()
    heartbeat.acknowledge()
    assert "python -m tank_hw_driver.guardian" in str(heartbeat.fault())


def test_the_motors_come_with_the_guardians_word_and_not_with_the_acknowledgment(
    heartbeat: Heartbeat, desk: Desk, time: Time
) -> None:
    heartbeat.beat()
    desk.beats()
    desk.say(GuardianState.CUT, 3)
    heartbeat.beat()
    heartbeat.acknowledge()
    assert heartbeat.fault(), "it may still have a hand on them"
    for state in (GuardianState.CUT, GuardianState.FREE):
        desk.say(state, 3)
        heartbeat.beat()
    assert heartbeat.fault() is None


def test_a_cut_stays_until_it_is_acknowledged_and_that_one(
    heartbeat: Heartbeat, desk: Desk, time: Time
) -> None:
    take_over(heartbeat, desk, time)
    desk.say(GuardianState.CUT, 4, "no beat")
    for _ in range(5):
        heartbeat.beat()
        assert "no beat" in str(heartbeat.fault())
    assert set(desk.beats()) == {3}
    heartbeat.acknowledge()
    desk.say(GuardianState.CUT, 5, "no beat again")  # not heard yet when it was acknowledged
    heartbeat.beat()
    assert desk.beats() == [4]


def test_who_drove_gets_the_motors_back_a_second_later_so_that_all_have_heard(
    heartbeat: Heartbeat, desk: Desk, time: Time
) -> None:
    take_over(heartbeat, desk, time)
    for state in (GuardianState.CUT, GuardianState.FREE):
        desk.say(state, 4, "no beat")
        heartbeat.beat()
        heartbeat.acknowledge()
    assert heartbeat.fault()
    time.now += HOLD_S
    desk.say(GuardianState.FREE, 4)
    heartbeat.beat()
    assert heartbeat.fault() is None


@pytest.mark.parametrize("state", [GuardianState.STUCK, GuardianState.REFUSED])
def test_what_cannot_be_acknowledged_stays(
    heartbeat: Heartbeat, desk: Desk, time: Time, state: GuardianState
) -> None:
    take_over(heartbeat, desk, time)
    desk.say(state, 4, "the bus hangs")
    heartbeat.beat()
    assert "the bus hangs" in str(heartbeat.fault())
    for _ in range(3):
        heartbeat.acknowledge()
        heartbeat.beat()
        assert heartbeat.fault()


def test_a_guardian_that_ends_is_missed_at_the_next_beat_and_found_again_when_it_is_back(
    heartbeat: Heartbeat, desk: Desk, time: Time
) -> None:
    take_over(heartbeat, desk, time)
    desk.end()
    heartbeat.beat()
    assert "guardian lost" in str(heartbeat.fault())
    heartbeat.beat()
    other = Desk(desk.path)
    heartbeat.beat()
    assert other.beats() == [], "it does not try at each beat"
    time.now += RECONNECT_S
    take_over(heartbeat, other, time, again=True)
    other.end()


def test_a_guardian_that_hangs_guards_nothing(heartbeat: Heartbeat, desk: Desk, time: Time) -> None:
    take_over(heartbeat, desk, time)
    for _ in range(1000):  # for so long that no message goes into its socket any more
        heartbeat.beat()
        time.now += 0.02
    assert "hangs" in str(heartbeat.fault()) or "lost" in str(heartbeat.fault())


def test_a_driver_that_was_away_hears_first_what_happened(
    heartbeat: Heartbeat, desk: Desk, time: Time
) -> None:
    take_over(heartbeat, desk, time)
    heartbeat.beat()
    desk.say(GuardianState.FREE, 3)
    desk.say(GuardianState.CUT, 4, "no beat")
    time.now += 10 * ANSWER_S
    heartbeat.beat()
    assert "no beat" in str(heartbeat.fault())


def test_a_guardian_that_talks_nonsense_is_none(
    heartbeat: Heartbeat, desk: Desk, time: Time
) -> None:
    take_over(heartbeat, desk, time)
    assert desk.connection is not None
    desk.connection.send(b"hello")
    heartbeat.beat()
    assert "hello" in str(heartbeat.fault())


def test_close_ends_the_connection_and_can_be_repeated(
    heartbeat: Heartbeat, desk: Desk, time: Time
) -> None:
    take_over(heartbeat, desk, time)
    heartbeat.close()
    heartbeat.close()
    desk.beats()
    assert desk.connection is not None
    assert desk.connection.recv(1) == b""
    assert heartbeat.fault()


def test_each_beat_says_which_motors_it_drives_and_others_motors_are_none(
    tmp_path: Path, desk: Desk, time: Time
) -> None:
    heartbeat = Heartbeat(tmp_path / "guardian", time, guards="motor_hat/0123abcd")
    heartbeat.beat()
    connection, _ = desk.listener.accept()
    assert read_beat(connection.recv(512)) == Beat(0, "motor_hat/0123abcd")
    for _ in range(2):
        connection.send(Reply(GuardianState.OTHER, 3, "it guards robot_hat_v3/1").encode())
        heartbeat.beat()
        assert "it guards robot_hat_v3/1" in str(heartbeat.fault())
        heartbeat.acknowledge()
        assert read_beat(connection.recv(512)) == Beat(0, "motor_hat/0123abcd")
    connection.close()
    heartbeat.close()


@pytest.mark.parametrize("path", ["/nonexistent/guardian", "/tmp", "/" + "x" * 300])
def test_no_path_makes_it_raise(path: str) -> None:
    heartbeat = Heartbeat(path)
    heartbeat.beat()
    assert heartbeat.fault()
