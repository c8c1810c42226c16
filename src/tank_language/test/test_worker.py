"""The queue before the model.

In order, bounded, each instruction answered once, and a stop overtakes everything.
"""

import os
import sys
import threading
import time

import pytest

from tank_core.commands import Stop, Turn
from tank_core.exceptions import ModelError
from tank_language.translator import CANCELLED, Verdict
from tank_language.worker import TranslationWorker

TURN, WAIT = "turn left", 60.0


class Inbox:
    """Keeps what was delivered, in order."""

    def __init__(self) -> None:
        self.items = []
        self.came = threading.Condition()

    def __call__(self, instruction, translation) -> None:
        with self.came:
            self.items.append((instruction, translation))
            self.came.notify_all()

    def wait(self, count: int) -> list:
        with self.came:
            assert self.came.wait_for(lambda: len(self.items) >= count, WAIT)
            return [
                (instruction.text, translation.verdict, translation.reason)
                for instruction, translation in self.items
            ]


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def model(fake_model):
    return fake_model({TURN: "<turn><left>"})


@pytest.fixture
def start(inbox):
    workers = []

    def start(load, **options) -> TranslationWorker:
        workers.append(TranslationWorker(load, inbox, **options))
        return workers[-1]

    yield start
    for worker in workers:
        worker.close()


def test_instructions_are_translated_in_order_with_their_stamps(start, inbox, model):
    worker = start(lambda: model)
    for number in range(5):
        worker.submit(TURN, number)
    inbox.wait(5)
    assert [instruction.stamp for instruction, _ in inbox.items] == [0, 1, 2, 3, 4]
    assert all(translation.commands == (Turn("left", 90),) for _, translation in inbox.items)


def test_a_request_may_lean_on_the_last_one_that_was_understood(start, inbox, fake_model):
    model = fake_model({"turn left": "<turn><left>", "again": "<again>"})
    worker = start(lambda: model)
    for said in ("again", "turn left", "sing", "again"):
        worker.submit(said)
    assert inbox.wait(4)[0] == ("again", Verdict.REJECTED, "there is nothing to repeat")
    assert inbox.items[-1][1].commands == (Turn("left", 90),)


def test_what_a_stop_dropped_is_not_leaned_on_and_the_stop_is(start, inbox, fake_model):
    model = fake_model({"turn left": "<turn><left>", "again": "<again>", "go on": "<more>"})
    model.gate.clear()
    worker = start(lambda: model)
    worker.submit("turn left")
    assert model.answering.wait(WAIT)
    worker.submit("stop")
    model.gate.set()
    worker.submit("again")
    worker.submit("go on")
    assert [verdict for _, verdict, _ in inbox.wait(4)] == ["OK", "REJECTED", "OK", "REJECTED"]
    assert inbox.items[2][1].commands == (Stop(),)


def test_a_stop_is_delivered_before_submit_returns_and_drops_what_came_before(start, inbox, model):
    model.gate.clear()
    worker = start(lambda: model)
    worker.submit(TURN)
    assert model.answering.wait(WAIT)
    worker.submit("go forward")
    worker.submit("STOP!")
    assert inbox.items[0][1].commands == (Stop(),)
    assert inbox.wait(3) == [
        ("STOP!", Verdict.OK, ""),
        ("go forward", Verdict.REJECTED, CANCELLED),
        (TURN, Verdict.REJECTED, CANCELLED),
    ]


def test_what_the_model_is_not_sure_of_waits_for_a_yes_that_no_stop_came_before(
    start, inbox, model
):
    model.confidence, model.script["yes"] = 0.5, "<none>"
    worker = start(lambda: model, confirm_below=0.7)
    for number, said in enumerate((TURN, "yes", TURN, "stop", "yes"), start=1):
        worker.submit(said)
        inbox.wait(number)
    asked, yes, _, stop, late = (translation for _, translation in inbox.items)
    assert asked.verdict is Verdict.EMPTY and asked.reason.startswith("Did you mean: turn left")
    assert yes.commands == (Turn("left", 90),) and stop.commands == (Stop(),)
    assert not late.commands
    worker.submit(TURN)
    inbox.wait(6)
    worker.forget_question()
    worker.submit("yes")
    inbox.wait(7)
    assert not inbox.items[-1][1].commands


def test_what_is_rehearsed_nothing_leans_on_and_it_answers_no_question(start, inbox, fake_model):
    model = fake_model({TURN: "<turn><left>", "again": "<again>", "yes": "<none>"})
    worker = start(lambda: model, confirm_below=0.7)
    worker.submit(TURN, rehearsed=True)
    worker.submit("again")
    inbox.wait(2)
    assert [meant.commands for _, meant in inbox.items] == [(Turn("left", 90),), ()]
    model.confidence = 0.5
    worker.submit(TURN)
    worker.submit("yes", rehearsed=True)
    worker.submit("STOP!", rehearsed=True)
    inbox.wait(5)
    told = {each.text: meant.commands for each, meant in inbox.items}
    assert told["yes"] == () and told["STOP!"] == (Stop(),)


def test_what_comes_after_a_stop_is_translated(start, inbox, model):
    worker = start(lambda: model)
    worker.submit("stop")
    worker.submit(TURN)
    assert inbox.wait(2)[1] == (TURN, Verdict.OK, "")


def test_a_stop_does_not_wait_for_the_model_to_load(start, inbox, model):
    loaded = threading.Event()

    def load():
        loaded.wait(WAIT)
        return model

    worker = start(load)
    worker.submit(TURN)
    worker.submit("stop")
    assert inbox.wait(2) == [("stop", Verdict.OK, ""), (TURN, Verdict.REJECTED, CANCELLED)]
    loaded.set()


def test_a_full_queue_rejects_with_a_reason_and_loses_nothing(start, inbox, model):
    model.gate.clear()
    worker = start(lambda: model, capacity=2)
    worker.submit(TURN, "translating")
    assert model.answering.wait(WAIT)
    for number in range(3):
        worker.submit(TURN, number)
    assert [
        (instruction.stamp, translation.verdict) for instruction, translation in inbox.items
    ] == [(2, Verdict.REJECTED)]
    assert "2 instructions wait" in inbox.items[0][1].reason
    assert worker.waiting == 2
    model.gate.set()
    inbox.wait(4)
    assert [instruction.stamp for instruction, _ in inbox.items] == [2, "translating", 0, 1]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (ModelError("no such file"), "no such file"),
        (MemoryError("all gone"), "MemoryError: all gone"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_told_to_every_instruction_but_a_stop(
    start, inbox, fault, words
):
    def load():
        raise fault

    seen, faults = [], []
    worker = start(load, on_model=seen.append, on_fault=faults.append)
    worker.submit(TURN)
    worker.submit("play")
    assert all(
        verdict is Verdict.REJECTED and words in reason for _, verdict, reason in inbox.wait(2)
    )
    assert words in seen[0].reason
    assert faults == ([] if isinstance(fault, ModelError) else [fault])
    worker.submit("stop")
    assert inbox.items[-1][1].commands == (Stop(),)


def test_a_fault_of_one_translation_does_not_end_the_thread(start, inbox, model):
    faults = []
    worker = start(lambda: model, on_fault=faults.append)
    model.fault = ZeroDivisionError("oh")
    worker.submit(TURN)
    assert "ZeroDivisionError" in inbox.wait(1)[0][2]
    model.fault = None
    worker.submit(TURN)
    assert inbox.wait(2)[1] == (TURN, Verdict.OK, "")
    assert len(faults) == 1


def test_a_delivery_that_fails_does_not_end_the_thread(model):
    came, faults = threading.Event(), []

    def deliver(instruction, translation):
        if instruction.stamp == "bad":
            raise OSError("the publisher is gone")
        came.set()

    worker = TranslationWorker(lambda: model, deliver, on_fault=faults.append)
    worker.submit(TURN, "bad")
    worker.submit(TURN, "good")
    assert came.wait(WAIT)
    assert [str(fault) for fault in faults] == ["the publisher is gone"]
    worker.close()


def test_closing_answers_what_waits_and_closes_the_model(start, inbox, model):
    model.gate.clear()
    worker = start(lambda: model)
    worker.submit(TURN)
    assert model.answering.wait(WAIT)
    worker.submit("go")
    worker.close()
    worker.close()
    assert model.closed
    assert [verdict for _, verdict, _ in inbox.wait(2)] == [Verdict.REJECTED] * 2
    worker.submit("turn right")
    assert inbox.wait(3)[2][1] is Verdict.REJECTED


def test_latency_runs_from_arrival_to_delivery(start, inbox, model):
    now = [5.0]
    worker = start(lambda: model, clock=lambda: now[0])
    model.gate.clear()
    worker.submit(TURN)
    assert model.answering.wait(WAIT)
    now[0] = 7.5
    model.gate.set()
    inbox.wait(1)
    assert inbox.items[0][1].latency_s == 2.5


def test_under_a_storm_of_threads_each_instruction_is_answered_once_and_none_after_a_later_stop(
    start, inbox, model
):
    worker = start(lambda: model, capacity=1000)
    senders = [
        threading.Thread(
            target=lambda base=base: [worker.submit(TURN, base + i) for i in range(50)]
        )
        for base in (0, 100, 200)
    ]
    for sender in senders:
        sender.start()
    for _ in range(5):
        worker.submit("stop", "stop")
        time.sleep(0.001)
    for sender in senders:
        sender.join()
    inbox.wait(155)
    stamps = [instruction.stamp for instruction, _ in inbox.items]
    assert sorted(stamp for stamp in stamps if stamp != "stop") == [
        base + i for base in (0, 100, 200) for i in range(50)
    ]
    stops = [instruction.arrived for instruction, _ in inbox.items if instruction.stamp == "stop"]
    for position, (instruction, translation) in enumerate(inbox.items):
        if translation.verdict is Verdict.OK and instruction.stamp != "stop":
            delivered_stops = sum(item[0].stamp == "stop" for item in inbox.items[:position])
            assert all(instruction.arrived >= stop for stop in stops[: max(0, delivered_stops - 1)])


@pytest.mark.skipif(sys.platform != "linux", reason="a thread's own priority is Linux's")
def test_its_thread_alone_lets_others_pass(start, inbox, model):
    found = []

    def load():
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return model

    mine = os.getpriority(os.PRIO_PROCESS, 0)
    start(load, nice=7).submit(TURN)
    inbox.wait(1)
    assert found == [7] and os.getpriority(os.PRIO_PROCESS, 0) == mine
