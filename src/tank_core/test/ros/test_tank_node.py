"""The lifecycle that says why it failed, guarded callbacks, diagnostics."""

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from std_srvs.srv import Trigger

from tank_core.exceptions import ModelError, TankError
from tank_core.health import MEMORY, PROCESS
from tank_core.ros import interfaces as names
from tank_core.ros.parameters import Setting
from tank_core.ros.tank_node import TankNode
from tank_core.ros.testing import lifecycle_state

SUCCESS, FAILURE = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE


MISSING = ModelError("model x.gguf is missing; give its path")


class Recorder(TankNode):
    """Notes each transition it goes through, and fails in a chosen one."""

    SETTINGS = (Setting("rate", 50.0, "[Hz]", 1.0, 100.0),)

    def __init__(self, fail_in="", error=MISSING, **kwargs):
        super().__init__("recorder", **kwargs)
        self.done, self.fail_in, self.error = [], fail_in, error

    def _do(self, word):
        self.done.append(word)
        if word == self.fail_in:
            raise self.error

    def configure(self):
        self._do("configure")

    def activate(self):
        self._do("activate")

    def deactivate(self):
        self._do("deactivate")

    def cleanup(self):
        self._do("cleanup")


@pytest.fixture
def make(ros):
    nodes = []

    def make_node(*args, **kwargs):
        nodes.append(Recorder(*args, **kwargs))
        return nodes[-1]

    yield make_node
    for node in nodes:
        node.destroy_node()


def reports(node):
    """The diagnostics that it would publish now.

    By part (level, message, values).
    """
    message = node.diagnostics.message()
    assert isinstance(message, DiagnosticArray)
    return {
        s.name.removeprefix("recorder: "): (
            s.level[0],
            s.message,
            {v.key: v.value for v in s.values},
        )
        for s in message.status
    }


def test_the_whole_way_up_and_down(make):
    node = make()
    assert [
        node.trigger_configure(),
        node.trigger_activate(),
        node.trigger_deactivate(),
        node.trigger_cleanup(),
    ] == [SUCCESS] * 4
    assert (
        node.done == ["configure", "activate", "deactivate", "cleanup"]
        and lifecycle_state(node) == "unconfigured"
    )


@pytest.mark.parametrize(
    ("word", "ends"), [("configure", "unconfigured"), ("activate", "inactive")]
)
def test_a_transition_that_fails_says_why_and_stays_where_it_was(make, word, ends):
    node = make(word)
    results = [node.trigger_configure()] + ([node.trigger_activate()] if word == "activate" else [])
    assert results[-1] == FAILURE and lifecycle_state(node) == ends
    assert node.failure == "model x.gguf is missing; give its path"
    level, message, _ = reports(node)["state"]
    assert level == 2 and message == f"did not {word}: {node.failure}"


def test_its_state_tells_its_process_and_how_much_memory_that_has(make):
    _, _, values = reports(make())["state"]
    assert values[PROCESS] == names.THIS_PROCESS
    assert 10.0 < float(values[MEMORY]) < 10_000.0


def test_a_configuration_that_failed_is_undone_and_may_be_tried_again(make):
    node = make("configure")
    node.trigger_configure()
    assert node.done == ["configure", "deactivate", "cleanup"]
    node.fail_in = ""
    assert node.trigger_configure() == SUCCESS and node.failure == ""


@pytest.mark.parametrize("word", ["deactivate", "cleanup"])
def test_the_way_down_goes_on_when_a_part_of_it_fails(make, word):
    node = make(word)
    node.trigger_configure()
    node.trigger_activate()
    assert node.trigger_shutdown() == SUCCESS and lifecycle_state(node) == "finalized"
    assert node.done[-2:] == ["deactivate", "cleanup"]


def test_a_bad_parameter_is_a_node_that_does_not_configure(make):
    node = make(parameter_overrides=[Parameter("rate", value=1000.0)])
    assert node.trigger_configure() == FAILURE and node.done[:1] != ["configure"]
    assert node.failure == "parameter rate is 1000; it must be between 1 and 100"


def test_a_fault_in_a_callback_is_told_and_does_not_get_out(make):
    node = make()

    def broken(_):
        raise ZeroDivisionError("by nought")

    assert node.guarded("topic", broken)("message") is None
    level, message, values = reports(node)["topic"]
    assert (level, message, values) == (2, "ZeroDivisionError: by nought", {"faults": "1"})


def test_a_fault_in_a_service_is_its_answer(make):
    def broken(request, response):
        raise TankError("the arm is not there")

    response = make().guarded("service", broken)(Trigger.Request(), Trigger.Response(success=True))
    assert (response.success, response.message) == (False, "the arm is not there")


def test_a_guarded_callback_gives_back_what_it_returns(make):
    assert make().guarded("x", lambda a, b: a + b)(1, 2) == 3
