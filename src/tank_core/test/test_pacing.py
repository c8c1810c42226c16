"""Pace, age of stamps, and one clock mapped on another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.pacing import Delays, Pacer, Rhythm, TimeMap, stamp_fault


@given(st.floats(0.001, 0.05), st.floats(0, 100))
def test_a_pacer_keeps_its_rate_on_average_however_often_it_is_asked(step, start):
    pacer, period = Pacer(0.1), 0.1
    count = sum(pacer.due(start + i * step) for i in range(round(10.0 / step)))
    assert count == pytest.approx(10.0 / period, abs=2)


def test_a_pacer_asked_at_its_own_rate_is_always_due():
    pacer = Pacer(0.02)
    time, due = 0.0, 0
    for _ in range(500):
        due += pacer.due(time)
        time += 0.02
    assert due == 500


def test_after_a_gap_or_a_reset_a_pacer_goes_on_without_catching_up():
    pacer = Pacer(0.1)
    assert pacer.due(50.0)
    assert [pacer.due(60.0), pacer.due(60.01)] == [True, False]
    assert [pacer.due(0.0), pacer.due(0.01), pacer.due(0.1)] == [True, False, True]


def test_a_rhythm_counts_each_period_as_a_turn_or_as_missed_once():
    rhythm, now, looks = Rhythm(0.05), 10.0, []
    for gap in (1, 1, 3, 1, 2, 1):  # in periods
        rhythm.beat(now)
        looks.append(rhythm.take())
        now += gap * 0.05
    rhythm.beat(now)
    looks.append(rhythm.take())
    assert looks[0] is None
    told = looks[1:]
    assert [beats.missed for beats in told] == [0, 0, 2, 0, 1, 0]
    assert [beats.longest_s for beats in told] == pytest.approx([0.05, 0.05, 0.15, 0.05, 0.1, 0.05])
    assert told[2].rate == pytest.approx(20.0 / 3)
    assert rhythm.take() is None


def test_mapped_times_keep_the_robots_spacing_while_the_clocks_agree():
    mapping = TimeMap(tolerance=0.05)
    for i, jitter in enumerate([0.0, 0.01, -0.02, 0.04]):
        mapping.observe(i * 0.02, 1000.0 + i * 0.02 + jitter)
        assert mapping.to_ros(i * 0.02) == pytest.approx(1000.0 + i * 0.02)


def test_a_clock_that_is_set_is_followed():
    mapping = TimeMap(tolerance=0.05)
    mapping.observe(0.0, 1000.0)
    mapping.observe(1.0, 5001.0)
    assert mapping.to_ros(2.0) == pytest.approx(5002.0)


@pytest.mark.parametrize(
    ("stamp", "words"),
    [(99.4, "old"), (1.0, "old"), (100.3, "future"), (1e12, "future"), (-5.0, "old")],
)
def test_a_stamp_that_is_too_old_or_too_new_is_told(stamp, words):
    assert words in str(stamp_fault(stamp, 100.0, 0.5, 0.2))


@pytest.mark.parametrize("stamp", [0.0, 99.6, 100.0, 100.1])
def test_a_fresh_stamp_and_none_at_all_are_fine(stamp):
    assert stamp_fault(stamp, 100.0, 0.5, 0.2) is None


@pytest.mark.parametrize("offset", [0.0, 7.0, -0.15])
def test_a_message_that_waited_is_told_by_how_much_whatever_the_senders_clock_shows(offset):
    delays = Delays()
    for number in range(30):
        sent = 100.0 + 0.05 * number
        assert delays.later(sent + offset, sent + 0.002) == pytest.approx(0.0)
    for waited in (0.15, 0.1, 0.05, 0.0):
        sent = 101.5 - waited
        assert delays.later(sent + offset, 101.5 + 0.002) == pytest.approx(waited)


def test_a_clock_that_was_set_is_forgotten_and_no_stamp_is_no_delay():
    delays = Delays(among=4)
    delays.later(100.0, 100.0)
    late = [delays.later(100.0 + number, 100.3 + number) for number in range(1, 6)]
    assert late == pytest.approx([0.3, 0.3, 0.3, 0.0, 0.0])
    assert delays.later(0.0, 200.0) == 0.0
