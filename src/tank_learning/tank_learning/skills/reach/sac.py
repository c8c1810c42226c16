"""Soft actor-critic for reaching, small enough for one core.

After Haarnoja et al. 2018, with twin critics that are normed and computed as one product.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tank_core.state import Floats
from tank_gym.reach import OUTSIDE, reward
from tank_learning.skills.reach.replay import Transitions
from tank_learning.skills.torch_network import TorchNetwork
from tank_skills.network import Spec
from tank_skills.reacher import TOLERANCE_M, network_input

WIDTH = 128
RATE = 1e-3
DISCOUNT = 0.95  # for each step of 40 ms
FOLLOW = 0.01  # by which the target critics follow at each update
FIRST_TEMPERATURE = 0.2
SPREADS = (-5.0, 2.0)  # least and greatest logarithm of an action's spread
EFFORT = 0.02  # cost of a squared action
MOVED_M = 0.004  # in a step: a tool that moves so far at its target has not arrived
ACTOR_EVERY = 2  # updates of the critics


def actor_spec(inputs: int, joints: int) -> Spec:
    """The actor's layers.

    It answers means of the joints' steps before tanh, then logarithms of their spreads.
    """
    return [
        {"layer": "linear", "in": inputs, "out": WIDTH},
        {"layer": "relu"},
        {"layer": "linear", "in": WIDTH, "out": WIDTH},
        {"layer": "relu"},
        {"layer": "linear", "in": WIDTH, "out": 2 * joints},
    ]


class Critics(nn.Module):
    """Two critics: (b, inputs) to (2, b)."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        sizes = ((inputs, WIDTH), (WIDTH, WIDTH), (WIDTH, 1))
        self.weights = nn.ParameterList(
            [(2 * torch.rand(2, one, other) - 1) / math.sqrt(one) for one, other in sizes]
        )
        self.biases = nn.ParameterList([torch.zeros(2, 1, other) for _, other in sizes])

    def forward(self, x: Tensor) -> Tensor:
        x = x.expand(2, -1, -1)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            x = functional.relu(functional.layer_norm(torch.baddbmm(bias, x, weight), (WIDTH,)))
        return torch.baddbmm(self.biases[-1], x, self.weights[-1])[..., 0]


class Sac:
    """Actor and critics, and their updates.

    All random numbers come from torch's seed.
    """

    def __init__(self, inputs: int, joints: int) -> None:
        """``inputs`` and ``joints``: sizes of the observation and of an action."""
        self.actor = TorchNetwork(actor_spec(inputs, joints))
        self.critics, self._targets = Critics(inputs + joints), Critics(inputs + joints)
        self._targets.load_state_dict(self.critics.state_dict())
        self._temperature = torch.tensor(math.log(FIRST_TEMPERATURE), requires_grad=True)
        self._entropy = -float(joints)  # that is aimed at
        self._actor_steps = torch.optim.Adam(self.actor.parameters(), RATE)
        self._critic_steps = torch.optim.Adam(self.critics.parameters(), RATE)
        self._temperature_steps = torch.optim.Adam([self._temperature], RATE)
        self.updates = 0

    @property
    def temperature(self) -> float:
        """The worth of randomness, as a part of the reward."""
        return float(self._temperature.detach().exp())

    def explore(self, seen: Floats) -> Floats:
        """Draw actions (b, n) for inputs (b, ...)."""
        with torch.no_grad():
            actions: Floats = self._draw(torch.from_numpy(seen))[0].numpy()
        return actions

    def slow_down(self, share: float) -> None:
        """Learn from now on by this share of RATE."""
        for steps in (self._actor_steps, self._critic_steps, self._temperature_steps):
            for group in steps.param_groups:
                group["lr"] = RATE * share

    def update(self, batch: Transitions) -> float:
        """Learn from a batch; returns the critics' loss.

        No state is an end: the arm could rest at its target for good.
        """
        seen = torch.from_numpy(network_input(batch.joints, batch.tool, batch.target))
        after = torch.from_numpy(network_input(batch.next_joints, batch.next_tool, batch.target))
        away = np.linalg.norm(batch.next_tool - batch.target, axis=-1)
        moved = np.linalg.norm(batch.next_tool - batch.tool, axis=-1)
        gained = torch.from_numpy(_gained(away, moved, np.square(batch.action).sum(-1)))
        temperature = self._temperature.detach().exp()
        with torch.no_grad():
            action, likelihood = self._draw(after)
            value = self._targets(torch.cat([after, action], -1)).min(0)[0]
            aim = gained + DISCOUNT * (value - temperature * likelihood)
        found = self.critics(torch.cat([seen, torch.from_numpy(batch.action)], -1))
        loss = functional.mse_loss(found, aim.expand(2, -1))
        self._critic_steps.zero_grad()
        loss.backward()
        self._critic_steps.step()
        self.updates += 1
        if self.updates % ACTOR_EVERY == 0:
            self._update_actor(seen, temperature)
        with torch.no_grad():
            ours, theirs = list(self._targets.parameters()), list(self.critics.parameters())
            torch._foreach_lerp_(ours, theirs, FOLLOW)
        return float(loss.detach())

    def _update_actor(self, seen: Tensor, temperature: Tensor) -> None:
        self.critics.requires_grad_(False)
        action, likelihood = self._draw(seen)
        value = self.critics(torch.cat([seen, action], -1)).min(0)[0]
        self._actor_steps.zero_grad()
        (temperature * likelihood - value).mean().backward()
        self._actor_steps.step()
        self.critics.requires_grad_(True)
        off = likelihood.detach() + self._entropy
        self._temperature_steps.zero_grad()
        (-self._temperature.exp() * off).mean().backward()
        self._temperature_steps.step()

    def _draw(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Actions (b, n), and the logarithms of their likelihoods (b,)."""
        mean, spread = self.actor(seen).chunk(2, -1)
        spread = spread.clamp(*SPREADS)
        noise = torch.randn_like(mean)
        action = torch.tanh(mean + spread.exp() * noise)
        likelihood = -0.5 * noise**2 - spread - 0.5 * math.log(2 * math.pi)
        return action, (likelihood - torch.log(1 - action**2 + 1e-6)).sum(-1)


def _gained(away: Floats, moved: Floats, effort: Floats) -> Floats:
    """The rewards (b,) of steps: the environment's, less two penalties.

    The penalties are for moving near the target and for effort: they teach an arm to rest.

    ``away`` and ``moved`` [m]: of the tool, from the target and in the step; ``effort``: the
    squared action.
    """
    near = 1 - np.minimum(away / TOLERANCE_M, 1.0)
    restless = OUTSIDE * near * np.minimum(moved / MOVED_M, 1.0)
    gained: Floats = (reward(away) - restless - EFFORT * effort).astype(np.float32)
    return gained
