"""Who is lively, who is quiet, and who is on its way to be called back."""

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from tank_core.ros.runtime.executor_watch import SUBSCRIPTION, WAITABLE, Entity
from tank_core.ros.runtime.liveliness import OFTEN, WITHIN_S, Lively


class Thing:
    """Stands for an object of rclpy."""


def entity(kind="service", group=None):
    return Entity(kind, Thing(), group or object())


def call(lively, entity, *times):
    for now in times:
        lively.hand_over([entity])
        lively.called(entity, now)


@pytest.fixture
def lively():
    return Lively()


def test_all_are_quiet_at_first_and_none_is_waited_for_twice(lively):
    one, other = entity(), entity()
    assert lively.see([one, other]) is False
    assert (lively.quiet, lively.lively) == ([one, other], [])
    lively.hand_over([one])
    assert (lively.quiet, lively.lively) == ([other], [])
    assert lively.called(one, 1.0)
    assert (lively.quiet, lively.lively) == ([one, other], [])


def test_what_is_called_often_is_lively_from_then_on(lively):
    timer, service = entity("timer"), entity()
    lively.see([timer, service])
    call(lively, timer, *(number * WITHIN_S / 2 for number in range(OFTEN)))
    assert lively.see([timer, service]) is True
    assert (lively.quiet, lively.lively) == ([service], [timer])
    assert not lively.called(timer, 100.0)  # nobody handed it over
    assert lively.see([timer, service]) is False
    assert (lively.quiet, lively.lively) == ([service], [timer])


def test_what_is_called_now_and_then_stays_quiet(lively):
    service = entity()
    lively.see([service])
    call(lively, service, *(number * 1.01 * WITHIN_S for number in range(5 * OFTEN)))
    assert lively.see([service]) is False
    assert (lively.quiet, lively.lively) == ([service], [])


@pytest.mark.parametrize("kind, joins", [(SUBSCRIPTION, True), ("timer", False)])
def test_the_events_of_a_lively_subscription_are_waited_for_beside_it(lively, kind, joins):
    busy = entity(kind)
    event, other = entity(WAITABLE, busy.group), entity(WAITABLE)
    everything = [busy, event, other]
    lively.see(everything)
    call(lively, busy, *([1.0] * OFTEN))
    # a waitable must never be in two wait sets: until the one with the quiet ones is made anew ...
    assert (lively.lively, lively.quiet) == ([], everything)
    lively.see(everything)
    assert lively.lively == ([busy, event] if joins else [busy])
    assert lively.quiet == ([other] if joins else [event, other])
    # ... nor when the subscription has gone, and others of its group are there
    lively.see([event, other])
    assert lively.lively == ([event] if joins else [])


def test_what_is_gone_is_forgotten(lively):
    timer, service = entity("timer"), entity()
    lively.see([timer, service])
    call(lively, timer, *([1.0] * OFTEN))
    lively.hand_over([service])
    lively.see([timer, service])
    assert lively.see([]) is True
    assert (lively.quiet, lively.lively) == ([], [])
    assert not lively.called(service, 1.0)
