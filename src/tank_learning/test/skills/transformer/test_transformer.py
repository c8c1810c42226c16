"""The action transformer in training: its data, its heads, its file."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tank_core.commands import Cell
from tank_core.robot import load_robot
from tank_core.skill import SkillCard
from tank_learning.skills.export import export_skill, torch_output
from tank_learning.skills.transformer.heads import HEADS, ActionModel, masked_mean
from tank_learning.skills.transformer.recording import Trajectory
from tank_learning.skills.transformer.room import SCATTER_M, draw
from tank_learning.skills.transformer.training import TransformerRecipe, figures, train
from tank_learning.skills.transformer.windows import Noise, Scales, Windows
from tank_skills.sequence import ACTIONS, CONTEXT, INPUTS, JOINTS

torch.set_num_threads(1)  # more of them wait for one another on a busy machine
TINY = TransformerRecipe(updates=30, batch=8, reports=2)


def trajectories(count: int = 3, steps: int = 50) -> list[Trajectory]:
    """Waves that the joints follow: something that can be learned in seconds."""
    dice = np.random.default_rng(0)
    found = []
    for _ in range(count):
        done = np.sin(np.linspace(0, 4, steps)[:, None] + dice.uniform(0, 1, ACTIONS))
        done[:, JOINTS : JOINTS + 2] = 0.0  # it stands
        seen = np.concatenate(
            [np.roll(done[:, :JOINTS], 1, 0), dice.normal(size=(steps, INPUTS - JOINTS))], 1
        )
        found.append(Trajectory(seen, done))
    return found


def windows(shown: list[Trajectory]) -> Windows:
    return Windows(shown, Scales.of(shown))


def test_the_same_seed_is_the_same_task_and_each_use_has_its_own() -> None:
    cells = dict(load_robot("tank").cells)
    drawn = [draw(seed, "a", cells) for seed in range(50)]
    assert drawn == [draw(seed, "a", cells) for seed in range(50)]
    assert not any(task in drawn for task in (draw(seed, "b", cells) for seed in range(50)))
    assert {task.start for task in drawn} == {task.goal for task in drawn} == set(Cell)
    for task in drawn:
        assert task.start != task.goal
        off = np.abs(np.array(task.place) - cells[task.start])
        assert off.max() <= SCATTER_M


def test_windows_are_scaled_and_end_with_their_demonstration() -> None:
    shown = trajectories()
    scales = Scales.of(shown)
    inputs, actions, there = Windows(shown, scales).draw(200, torch.Generator().manual_seed(0))
    assert inputs.shape == (200, CONTEXT, INPUTS + ACTIONS)
    assert actions[there > 0].abs().max() <= 1 + 1e-6
    assert torch.equal(there, there.sort(1, descending=True).values)  # nothing after the end
    assert 0 < there.mean() < 1 and not actions[there == 0].any()
    standing = actions[..., JOINTS : JOINTS + 2][there > 0]
    assert standing.unique().tolist() == [-1.0]  # a number that never changes: as low as it gets
    # what was done before a step is the last action of the one before, and none at the beginning
    after = inputs[:, 1:, INPUTS:][there[:, 1:] > 0]
    assert torch.equal(after, actions[:, :-1][there[:, 1:] > 0])
    assert (inputs[:, 0, INPUTS:] == 0).all(1).float().mean() > 0.3


def test_noise_moves_what_is_told_of_joints_and_nothing_else() -> None:
    given = windows(trajectories())
    clean, noisy = (
        given.draw(50, torch.Generator().manual_seed(0), noise)
        for noise in (None, Noise(untold=0.0))
    )
    assert torch.equal(clean[1], noisy[1]) and torch.equal(clean[2], noisy[2])
    moved = (clean[0] != noisy[0]).flatten(0, 1).any(0)
    told = [*range(JOINTS), *range(INPUTS, INPUTS + JOINTS)]
    assert moved.nonzero().flatten().tolist() == told


def test_some_windows_are_not_told_what_was_done() -> None:
    given = windows(trajectories())
    inputs, *_ = given.draw(400, torch.Generator().manual_seed(0), Noise(0.0, 0.0, untold=0.25))
    untold = (inputs[:, :, INPUTS:] == 0).flatten(1).all(1).float().mean()
    assert 0.15 < untold < 0.35


@pytest.mark.slow
@pytest.mark.parametrize("head", sorted(HEADS))
def test_a_head_learns_and_its_file_says_the_same(head: str, tmp_path) -> None:
    shown = trajectories()
    scales, lines = Scales.of(shown), []
    given = Windows(shown, scales)
    untrained = figures(ActionModel(given.inputs, head), given)
    model = train(replace(TINY, head=head, updates=60), given, given, lines.append)
    assert [line.updates for line in lines] == [30, 60]
    assert lines[1].training.loss < 0.85 * untrained.loss
    inputs, *_ = given.draw(4, torch.Generator().manual_seed(2))
    card = SkillCard("tiny", "pick_and_place", "tank", "sequence", 0.1, 1)
    samples = {"body": inputs.numpy()}
    if model.table is not None:
        codes = torch_output(model.body, inputs.numpy())
        samples["bins"] = codes[:, -1].reshape(4 * ACTIONS, -1)
    constants = {key: getattr(scales, key) for key in ("mean", "spread", "low", "high")}
    file = export_skill(tmp_path / "tiny.safetensors", card, model.networks, samples, constants)
    with torch.no_grad():
        wanted = model.decoded(model(inputs)).numpy()
    output = file.network("body")(inputs.numpy())
    if model.bins:
        scores = file.network("bins")(output.reshape(*output.shape[:2], ACTIONS, -1))
        output = (2 * scores.argmax(-1) + 1) / model.bins - 1
    assert np.abs(output - wanted).max() < 1e-4


@pytest.mark.slow
def test_the_same_recipe_gives_the_same_network() -> None:
    given = windows(trajectories())
    first, second = (train(TINY, given, given, lambda _: None) for _ in range(2))
    other = train(replace(TINY, seed=1), given, given, lambda _: None)
    same, another = (
        [torch.equal(a, b) for a, b in zip(first.parameters(), one.parameters(), strict=True)]
        for one in (second, other)
    )
    assert all(same) and not all(another)


@pytest.mark.parametrize("head", sorted(HEADS))
def test_a_perfect_head_has_no_error_but_its_bins(head: str) -> None:
    """Heads are compared in one unit: decoding costs half a bin at most."""
    model = ActionModel(INPUTS + ACTIONS, head)
    actions = torch.rand(4, CONTEXT, ACTIONS) * 2 - 1
    output = actions
    if model.bins:
        chosen = ((actions + 1) / 2 * model.bins).long().clamp(0, model.bins - 1)
        output = torch.nn.functional.one_hot(chosen, model.bins).float() * 50
    error = (model.decoded(output) - actions).abs().max()
    assert error <= (1 / model.bins if model.bins else 0.0) + 1e-6
    assert model.loss(output, actions, torch.ones(4, CONTEXT)) < 1e-6


def test_what_lies_beyond_the_end_counts_nothing() -> None:
    each = torch.tensor([[1.0, 2.0, 900.0]])
    assert masked_mean(each, torch.tensor([[1.0, 1.0, 0.0]])) == 1.5


def test_figures_are_repeatable() -> None:
    given = windows(trajectories())
    model = ActionModel(given.inputs, "regression")
    assert figures(model, given) == figures(model, given)
