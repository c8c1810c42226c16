"""Laws of each benchmark's figures, on its smallest case.

Not how fast anything is.
"""

from __future__ import annotations

import argparse
import importlib
from types import ModuleType

import pytest

from tank_bench import BENCHES, ik, language, sim
from tank_bench.common.report import Measured
from tank_bench.ros.kill_trials import VICTIMS
from tank_core.commands import Move, MoveDirection
from tank_core.exceptions import TankError
from tank_core.robot import load_robot
from tank_core.testing.own_domain import own_domain
from tank_episode.episode import Episode


def bench(name: str) -> ModuleType:
    """The module of a benchmark."""
    return importlib.import_module(BENCHES[name][0])


def measure(module: ModuleType, *words: str) -> dict[str, float]:
    """The figures of ``./tank bench NAME WORDS`` by their names.

    Each name is there once.
    """
    parser = argparse.ArgumentParser()
    module.configure(parser)
    measured: Measured = module.measure(parser.parse_args(words))
    figures = {figure.name: figure.value for figure in measured.figures}
    assert len(figures) == len(measured.figures)
    return figures


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which all ends with the test that a benchmark sets."""
    name = str(own_domain())
    for variable in ("ROS_DOMAIN_ID", "ROS_AUTOMATIC_DISCOVERY_RANGE", "TANK_GUARDIAN_SOCKET"):
        monkeypatch.setenv(variable, name)
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")


@pytest.mark.parametrize("name", BENCHES)
def test_a_benchmark_says_in_its_first_line_what_it_measures(name: str) -> None:
    title = str(bench(name).__doc__).splitlines()[0]
    assert title.endswith(".") and len(title) <= 80


@pytest.mark.parametrize("name", BENCHES)
def test_a_benchmark_runs_without_options(name: str) -> None:
    parser = argparse.ArgumentParser()
    bench(name).configure(parser)
    parser.parse_args([])


@pytest.mark.slow
def test_sim_compares_two_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sim, "ROUNDS", 1)
    figures = measure(sim)
    for plan in sim.PLANS:
        ours, bare = figures[f"{plan}: backend and executor"], figures[f"{plan}: bare mj_step"]
        assert figures[f"{plan}: ratio"] == pytest.approx(ours / bare)
        assert ours > 0.0


def test_sim_s_bare_loop_makes_the_same_motion_to_the_last_digit() -> None:
    episode = Episode(world="empty", camera=False)
    inputs = sim._record(episode, (Move(MoveDirection.FORWARD, 0.2),))
    state = episode.backend.data.qpos.copy()
    episode.reset()
    sim._replay(episode, inputs)
    assert (episode.backend.data.qpos == state).all()
    episode.close()


@pytest.mark.parametrize("robot", ["tank", "rasptank"])
def test_ik_has_a_time_for_each_cell_and_the_worst_of_them(
    robot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ik, "ROUNDS", 3)
    figures = measure(ik, "--robot", robot)
    for method in ("exact", "damped least squares"):
        times = [figures[f"{method}, {cell}"] for cell in load_robot(robot).cells]
        assert figures[f"{method}, worst cell"] == max(times) and min(times) > 0.0


def test_language_counts_every_translation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "ROUNDS", 1)
    monkeypatch.setattr(language, "SENTENCES", ("turn left", "drive forward one meter"))
    figures = measure(language)
    assert figures["translations"] == 2
    assert 0.0 < figures["latency p50"] <= figures["latency p95"] == figures["latency, longest"]
    tokens = 2 * figures["tokens of an answer, mean"]
    spent = (figures["latency p50"] + figures["latency p95"]) / 1e3
    assert figures["tokens a second"] == pytest.approx(tokens / spent)


@pytest.mark.slow
def test_manipulation_judges_each_trial_once() -> None:
    module = bench("manipulation")
    parser = argparse.ArgumentParser()
    module.configure(parser)
    words = "--seeds 1 --worlds playground --tasks face --jobs 1"
    measured = module.measure(parser.parse_args(words.split()))
    figures = {figure.name: figure.value for figure in measured.figures}
    assert figures["playground: face"] in (0.0, 1.0)
    assert len(measured.details["trials"]) == 1


@pytest.mark.slow
def test_journeys_judges_each_trial_once() -> None:
    module = bench("journeys")
    parser = argparse.ArgumentParser()
    module.configure(parser)
    words = "--seeds 2 --tasks arc --realism ideal --jobs 1"
    measured = module.measure(parser.parse_args(words.split()))
    figures = {figure.name: figure.value for figure in measured.figures}
    assert figures["arc, by odometry"] == figures["arc, by truth"] == 1.0
    assert figures["trials without an end"] == 0 and len(measured.details["trials"]) == 2
    with pytest.raises(TankError, match="--tasks: 'fly' is not known; say some of go-through"):
        module.measure(parser.parse_args(["--tasks", "fly"]))


@pytest.mark.slow
@pytest.mark.usefixtures("environment")
def test_stack_measures_the_way_over_ros_around_the_node_s_own_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack = bench("stack")
    for name, value in {"ROUNDS": 1, "STOPS": 2, "ODOMETRY_S": 2.0}.items():
        monkeypatch.setattr(stack, name, value)
    figures = measure(stack)
    inside = figures["of it inside language_node, p50"]
    assert 0.0 < inside <= figures["instruction to commands, p50"]
    assert figures["instruction to commands, p50"] <= figures["instruction to commands, p95"]
    assert figures["stop to zero cmd_vel, median"] <= figures["stop to zero cmd_vel, longest"]
    assert figures["odom rate"] > 0.0


@pytest.mark.slow
@pytest.mark.usefixtures("environment")
def test_robot_memory_s_peaks_are_no_less_than_any_other_figure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    memory = bench("robot_memory")
    smallest = {"SENTENCES": ("turn left",), "IMAGES": 5, "REST_S": 0.5}
    for name, value in smallest.items():
        monkeypatch.setattr(memory, name, value)
    figures = measure(memory)
    for process in memory.PROCESSES:
        peak = figures[f"{process}, resident, peak"]
        assert 0.0 < figures[f"{process}, resident when ready"] <= peak
        assert 0.0 < figures[f"{process}, proportional share (PSS), peak"] <= peak
    assert figures["threads of the robot's process"] >= 1


@pytest.mark.slow
@pytest.mark.usefixtures("environment")
def test_kill_proof_kills_each_victim_and_counts_what_broke_the_law() -> None:
    proof = bench("kill_proof")
    figures = measure(proof, "--kills", str(len(VICTIMS)), "--hangs", "0")
    for victim in VICTIMS:
        assert figures[f"{victim}, motors off after the kill, longest"] > 0.0
    assert figures[f"trials of {len(VICTIMS)} that broke the law"] == 0


@pytest.mark.slow
@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("way", ["cgroup", "signals"])
def test_slow_cpu_limits_the_robot_and_hears_of_its_loop_and_its_stop(
    monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    slow = bench("slow_cpu")
    for name, value in {"START_SETTLE_S": 1.0, "SETTLE_S": 1.0, "TURNS": 3}.items():
        monkeypatch.setattr(slow, name, value)
    motions = ("at rest", "driving", "translating while driving")
    for _ in range(3):  # on a machine that is full already it may not come to drive at all
        figures = measure(slow, "--share", "0.5", "--seconds", "1.5", "--way", way)
        if all(f"share 0.5, {motion}: cores" in figures for motion in motions):
            break
    for motion in motions:
        assert 0.0 < figures[f"share 0.5, {motion}: cores"] <= 0.6
        assert figures[f"share 0.5, {motion}: guardian's cuts"] >= 0
        assert 0.0 < figures[f"share 0.5, {motion}: loop"] < 21.0
        period = 1e3 / figures[f"share 0.5, {motion}: loop"]
        assert figures[f"share 0.5, {motion}: longest gap"] >= 0.9 * period
    assert figures["share 0.5: stop word to motors off"] > 0.0
    assert figures["share 0.5: sentence to motion"] > 0.0
