"""A loop keeps its beat, leaves out what it missed, and ends when told."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.ros.runtime.steady_loop import SteadyLoop, next_turn


@given(due=st.floats(0.0, 1e6), period=st.floats(0.005, 1.0), late=st.floats(0.0, 10.0))
def test_the_next_turn_is_on_the_beat_and_in_the_future(due, period, late):
    turn = next_turn(due, period, due + late)
    beats = (turn - due) / period
    assert beats == pytest.approx(round(beats), abs=1e-3)
    assert due + late <= turn + 1e-6
    assert turn <= due + late + period + 1e-6


def test_no_turn_is_under_way_when_it_has_ended():
    turns, begun, go_on = [], threading.Event(), threading.Event()

    def turn():
        begun.set()
        go_on.wait()
        turns.append(len(turns))

    loop = SteadyLoop("test", 0.001, turn)
    begun.wait()
    threading.Timer(0.05, go_on.set).start()
    loop.end()
    assert turns
    done = len(turns)
    loop.end()
    assert len(turns) == done


def test_a_turn_may_end_its_own_loop():
    made, ended, loops = threading.Event(), threading.Event(), []

    def turn():
        made.wait()
        loops[0].end()
        ended.set()

    loops.append(SteadyLoop("test", 0.001, turn))
    made.set()
    ended.wait()
    loops[0].end()
