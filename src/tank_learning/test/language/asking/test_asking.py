"""./tank data ask.

Against a fake endpoint that misbehaves by script, and against llama_cpp's own server, which talks
nonsense.
"""

from __future__ import annotations

import io
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from fake_endpoint import FakeMaker, Reply, failed, said

pytest.importorskip("httpx2", reason="training tools are not installed: ./tank setup --train")

from tank_cli.__main__ import main
from tank_core.io.checkout import ROOT_VARIABLE, checkout
from tank_learning.language.asking.endpoint import (
    ATTEMPTS,
    LONGEST_WAIT_S,
    ChatEndpoint,
    EndpointError,
)
from tank_learning.language.corpus import dataset, records

KEY, KEY_ENV = "sk-very-secret-1234567890", "TANK_TEST_KEY"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_ENV, KEY)


def asked(url: str, notes: list[str] | None = None, timeout_s: float = 5.0) -> str:
    endpoint = ChatEndpoint(
        url, KEY_ENV, timeout_s, first_wait_s=0.01, say=(notes if notes is not None else []).append
    )
    try:
        return endpoint.ask("m", [{"role": "user", "content": "hi"}], seed=1, max_tokens=9)
    finally:
        endpoint.close()


# The endpoint


def test_a_question_is_a_chat_completion_with_the_key_in_its_header(fake: FakeMaker) -> None:
    endpoint = fake(lambda *_: said("hello"))
    assert asked(endpoint.url) == asked(endpoint.url + "/chat/completions") == "hello"
    assert endpoint.questions[0] == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "temperature": 1.0,
        "seed": 1,
        "max_tokens": 9,
    }
    assert endpoint.keys == [f"Bearer {KEY}"] * 2


@pytest.mark.parametrize(
    "first",
    [
        failed(500),
        failed(503, "overloaded"),
        failed(429, Retry_After="0"),
        (200, {}, failed(502)[2]),
        (200, {}, "<html>"),
        (200, {}, "[]"),
        (502, {}, ""),
    ],
)
def test_what_passes_is_tried_again(fake: FakeMaker, first: Reply) -> None:
    notes: list[str] = []
    assert (
        asked(fake(lambda number, _: first if number < 2 else said("at last")).url, notes)
        == "at last"
    )
    assert len(notes) == 2
    assert all("trying again" in note for note in notes)


def test_waits_grow_and_retry_after_is_obeyed(fake: FakeMaker) -> None:
    endpoint = fake(
        lambda number, _: (failed(429, Retry_After="0.3"), failed(500), failed(500), said("yes"))[
            number
        ]
    )
    asked(endpoint.url)
    waits = [
        later - earlier for earlier, later in zip(endpoint.times, endpoint.times[1:], strict=False)
    ]
    assert waits[0] >= 0.3
    assert waits[1] >= 0.75 * 0.02
    assert waits[2] >= 0.75 * 0.04


@pytest.mark.slow
def test_retry_after_may_be_a_date(fake: FakeMaker) -> None:
    endpoint = fake(
        lambda number, _: (
            failed(429, Retry_After=formatdate(time.time() + 1.5, usegmt=True))
            if number == 0
            else said("yes")
        )
    )
    asked(endpoint.url)
    assert endpoint.times[1] - endpoint.times[0] > 0.3  # a date has whole seconds


def test_the_wait_that_is_told_is_the_wait_that_is_kept(
    fake: FakeMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes: list[str] = []
    waits: list[float] = []
    monkeypatch.setattr("tank_learning.language.asking.endpoint.time.sleep", waits.append)
    asked(
        fake(lambda number, _: failed(429, Retry_After="3600") if number == 0 else said("yes")).url,
        notes,
    )
    assert waits == [LONGEST_WAIT_S]
    assert "trying again in 600.0 s" in notes[0]


def test_an_endpoint_that_keeps_failing_is_given_up_with_a_cure(fake: FakeMaker) -> None:
    endpoint = fake(lambda *_: failed(503, "overloaded"))
    with pytest.raises(
        EndpointError,
        match=r"^m: the endpoint says 503 \(overloaded\), 6 times; start the same command again",
    ):
        asked(endpoint.url)
    assert len(endpoint.questions) == ATTEMPTS


def test_an_endpoint_that_does_not_answer_in_time_is_asked_again(fake: FakeMaker) -> None:
    endpoint = fake(lambda number, _: time.sleep(0.4 if number == 0 else 0) or said("late"))
    notes: list[str] = []
    assert asked(endpoint.url, notes, timeout_s=0.2) == "late"
    assert "no answer in time" in notes[0]


def test_nobody_there_is_told_as_such() -> None:
    with pytest.raises(EndpointError, match=r"the connection failed: .*, 6 times"):
        asked(f"http://127.0.0.1:{free_port()}/v1")


@pytest.mark.parametrize(
    ("status", "cure"),
    [(400, "look at --endpoint and --model"), (401, f"a valid key into {KEY_ENV}"), (402, "credit"),
     (403, KEY_ENV), (404, "ends in /v1, and at --model"), (302, "look at --endpoint")],
)  # fmt: skip
def test_what_does_not_pass_ends_at_once_with_its_cure(
    fake: FakeMaker, status: int, cure: str
) -> None:
    endpoint = fake(
        lambda *_: failed(status, f"no\nfor {KEY}", Location="http://elsewhere.invalid/")
    )
    with pytest.raises(EndpointError) as caught:
        asked(endpoint.url)
    assert cure in str(caught.value)
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)
    assert len(endpoint.questions) == 1


@pytest.mark.parametrize(
    "url", ["openrouter.ai/api/v1", "ftp://x/v1", "http://a:b/v1", "https://", ""]
)
def test_an_address_that_is_none_is_an_error_of_one_line(url: str) -> None:
    with pytest.raises(EndpointError, match="--endpoint"):
        asked(url)


def test_a_key_that_cannot_be_sent_is_refused_and_not_shown(
    fake: FakeMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_ENV, "sk-one sk-two\nthree")
    with pytest.raises(EndpointError, match=KEY_ENV) as caught:
        asked(fake(lambda *_: said("hello")).url)
    assert "sk-" not in str(caught.value)


# The command


def ask_command(url: str, out: Path, *more: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "tank_cli",
        "data",
        "ask",
        "--endpoint",
        url,
        "--model",
        "A",
        "--model",
        "B/b",
        "--out",
        str(out),
        "--key-env",
        KEY_ENV,
        *more,
    ]


def tank(command: list[str], status: int = 0) -> subprocess.CompletedProcess[str]:
    """Carry a command out in this process, which knows the sentences already."""
    assert command[:3] == [sys.executable, "-m", "tank_cli"]
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(command[3:])
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    done = subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done


def pairs(_: int, question: dict[str, Any], count: int = 3) -> Reply:
    """Good pairs that follow from the question's seed, in a fence.

    The last one is always the same.
    """
    sentences = [f"Roll {question['seed']}.{k} meters, machine" for k in range(1, count)] + [
        "the same sentence in every answer"
    ]
    output = {"commands": [{"action": "move", "direction": "forward", "distance_m": 2.5}]}
    return said(
        "Here:\n```json\n"
        + json.dumps({"pairs": [{"instruction": s, "output": output} for s in sentences]})
        + "\n```"
    )


def sentences(path: Path) -> list[str]:
    """Return the records of a file; every line must be one."""
    entries = list(records.read(path))
    assert all(isinstance(entry, records.Record) for entry in entries), entries
    return [entry.instruction for entry in entries]  # type: ignore[union-attr]


def state(out: Path) -> dict[str, int]:
    return json.loads(out.with_name(out.name + ".state.json").read_text())


def rejected(out: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for line in out.with_name(out.name + ".rejected.jsonl").read_text().splitlines()
    ]


@pytest.mark.slow
def test_a_dry_run_shows_the_whole_prompt_and_asks_nobody(tmp_path: Path) -> None:
    text = tank(
        ask_command(
            "http://127.0.0.1:9/v1",
            tmp_path / "o.jsonl",
            "--dry-run",
            "--voice",
            "a pirate",
            "--pairs",
            "7",
        )
    ).stdout
    language = (Path(__file__).parents[5] / "docs" / "language.md").read_text()
    assert language.partition("\n## Equality")[0].strip() in text
    assert "Write 7 pairs.\nVoice: a pirate.\nTopic: " in text
    assert '"additionalProperties":false' in text
    known = {example.instruction for example in dataset.split(dataset.read_handwritten())[0]}
    shown = [json.loads(line) for line in text.splitlines() if line.startswith('{"instruction"')]
    assert len(shown) == 12
    assert {pair["instruction"] for pair in shown} <= known
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_models_voices_and_topics_take_turns(fake: FakeMaker, tmp_path: Path) -> None:
    endpoint = fake(pairs)
    done = tank(ask_command(endpoint.url, tmp_path / "o.jsonl", "--requests", "4"))
    assert [question["model"] for question in endpoint.questions] == ["A", "B/b", "A", "B/b"]
    assert len({question["messages"][1]["content"] for question in endpoint.questions}) == 4
    # other examples
    assert len({question["messages"][0]["content"] for question in endpoint.questions}) == 4
    assert "request 4/4 B/b: 2 kept, 1 dropped (1 duplicate)" in done.stderr
    assert done.stdout == ""
    sources = [
        entry.source
        for entry in records.read(tmp_path / "o.jsonl")
        if isinstance(entry, records.Record)
    ]
    assert (
        sources
        == ["endpoint/A"] * 3 + ["endpoint/B/b"] * 2 + ["endpoint/A"] * 2 + ["endpoint/B/b"] * 2
    )


@pytest.mark.slow
def test_known_sentences_are_dropped_and_evaluation_sentences_are_not_even_written_down(
    fake: FakeMaker, tmp_path: Path
) -> None:
    root = Path(__file__).parents[5]
    secret = max(
        (
            json.loads(line)["instruction"]
            for line in (root / "eval" / "dev.jsonl").read_text().splitlines()
        ),
        key=len,
    )
    known = dataset.read_handwritten()[0].instruction
    answer = [
        {"instruction": text, "output": {"commands": []}}
        for text in (secret.upper(), f"  {known}", "a brand new sentence for the robot")
    ]
    out = tmp_path / "o.jsonl"
    tank(ask_command(fake(lambda *_: said(json.dumps(answer))).url, out, "--requests", "1"))
    assert sentences(out) == ["a brand new sentence for the robot"]
    assert [entry["reason"] for entry in rejected(out)] == ["evaluation sentence", "hand-written"]
    assert secret.lower() not in "".join(path.read_text().lower() for path in tmp_path.iterdir())


@pytest.mark.slow
def test_broken_answers_are_survived_and_counted(fake: FakeMaker, tmp_path: Path) -> None:
    good = pairs(0, {"seed": 1})
    text = json.loads(good[2])["choices"][0]["message"]["content"]
    answers = [
        said(text[:-60], "length"),
        said(None),
        said("I will not."),
        said([{"type": "text", "text": text}]),
        said(text.replace("2.5", "2500")),
    ]
    out = tmp_path / "o.jsonl"
    done = tank(ask_command(fake(lambda number, _: answers[number]).url, out, "--requests", "5"))
    assert sentences(out) == [
        "Roll 1.1 meters, machine",
        "Roll 1.2 meters, machine",
        "the same sentence in every answer",
    ]
    reasons = [entry["reason"] for entry in rejected(out)]
    assert reasons == [
        "broken JSON",
        "no pair",
        "no pair",
        "duplicate",
        "duplicate",
        "not valid",
        "not valid",
        "not valid",
    ]
    assert "3 not valid" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_ended_goes_on_where_it_stopped(
    fake: FakeMaker, tmp_path: Path, end: signal.Signals
) -> None:
    released = threading.Event()
    endpoint, out = (
        fake(
            lambda number, question: (
                pairs(number, question) if number != 2 or released.wait(60) else failed(500)
            )
        ),
        tmp_path / "o.jsonl",
    )
    command = ask_command(endpoint.url, out, "--requests", "4", "--seed", "7")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        endpoint.wait_for(3)
        process.send_signal(end)
        _, told = process.communicate(timeout=30)
    released.set()
    assert process.returncode == (-signal.SIGKILL if end == signal.SIGKILL else 130)
    assert ("The same command goes on from here" in told) == (end == signal.SIGINT)
    assert state(out) == {"seed": 7, "finished": 2}
    assert len(sentences(out)) == 5
    assert "2 requests are finished, 5 sentences are there; going on" in tank(command).stderr
    assert len(endpoint.questions) == 3 + 2
    tank(command)  # nothing is left to do
    assert len(endpoint.questions) == 3 + 2
    whole = tmp_path / "whole.jsonl"
    tank(ask_command(endpoint.url, whole, "--requests", "4", "--seed", "7"))
    assert out.read_text() == whole.read_text()


@pytest.mark.slow
def test_a_line_that_was_torn_is_mended_and_a_foreign_state_is_refused(
    fake: FakeMaker, tmp_path: Path
) -> None:
    endpoint, out = fake(pairs), tmp_path / "o.jsonl"
    tank(ask_command(endpoint.url, out, "--requests", "1"))
    before = out.read_text()
    out.write_text(before + '{"instruction": "torn')
    tank(ask_command(endpoint.url, out, "--requests", "1"))
    assert out.read_text() == before
    assert "--seed 1, not 2" in tank(ask_command(endpoint.url, out, "--seed", "2"), status=2).stderr
    (tmp_path / "o.jsonl.state.json").write_text("{")
    assert "is damaged; delete it" in tank(ask_command(endpoint.url, out), status=2).stderr


@pytest.mark.slow
def test_two_runs_do_not_write_to_one_file(fake: FakeMaker, tmp_path: Path) -> None:
    endpoint, out = fake(pairs), tmp_path / "o.jsonl"
    endpoint.gate.clear()
    with subprocess.Popen(
        ask_command(endpoint.url, out, "--requests", "1"), stderr=subprocess.DEVNULL
    ) as process:
        endpoint.wait_for(1)
        assert (
            "another ./tank data ask writes to"
            in tank(ask_command(endpoint.url, out), status=2).stderr
        )
        endpoint.gate.set()
        assert process.wait(30) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "reply", [failed(401, f"bad key {KEY}"), said(f"the key is {KEY}"), failed(404, KEY)]
)
def test_the_key_is_never_shown_nor_written(fake: FakeMaker, tmp_path: Path, reply: Reply) -> None:
    endpoint = fake(lambda *_: reply)
    done = subprocess.run(
        ask_command(endpoint.url, tmp_path / "o.jsonl", "--requests", "2"),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == (0 if reply[0] == 200 else 2)
    assert len(done.stderr.splitlines()) == (3 if reply[0] == 200 else 1)
    everything = (
        done.stdout + done.stderr + "".join(path.read_text() for path in tmp_path.iterdir())
    )
    assert KEY not in everything
    assert endpoint.keys[0] == f"Bearer {KEY}"


# llama_cpp's own server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def llama_server(
    make_gguf: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of llama_cpp.server with a tiny model of random weights.

    A real endpoint that talks nonsense.
    """
    pytest.importorskip(
        "fastapi", reason="what llama_cpp.server needs is not installed: requirements/dev.txt"
    )
    port, log = free_port(), tmp_path_factory.mktemp("server") / "log"
    command = [
        sys.executable,
        "-m",
        "llama_cpp.server",
        "--model",
        str(make_gguf(answer=None)),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--n_ctx",
        "20000",
        "--chat_format",
        "chatml",
    ]
    with (
        log.open("w") as file,
        subprocess.Popen([*command, "--n_threads", "2"], stdout=file, stderr=file) as process,
    ):
        try:
            _wait_for_server(f"http://127.0.0.1:{port}/v1", process, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


def _wait_for_server(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(url + "/models", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(log.read_text()[-2000:])


@pytest.mark.slow
def test_nonsense_from_a_real_server_is_survived(
    llama_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # with short rules: the tiny model reads them letter by letter
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "language.md").write_text("# The command language\n\nAsk for turns.\n")
    (tmp_path / "src").symlink_to(checkout() / "src")
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    out = tmp_path / "o.jsonl"
    tank(ask_command(llama_server, out, "--requests", "2", "--pairs", "1"))
    assert sentences(out) == []
    assert state(out)["finished"] == 2
    assert [entry["reason"] for entry in rejected(out)] == ["no pair", "no pair"]
    assert all(entry["text"] for entry in rejected(out))  # the model did say something


@pytest.mark.slow
def test_a_prompt_that_is_too_long_for_the_server_is_an_error_of_one_line(
    llama_server: str, tmp_path: Path
) -> None:
    done = tank(
        ask_command(
            llama_server,
            tmp_path / "o.jsonl",
            "--requests",
            "1",
            "--voice",
            "somebody " + "very " * 3000,
        ),
        status=2,
    )
    assert "context" in done.stderr
    assert len(done.stderr.splitlines()) == 1
