"""Train a hand to reach, in a Gymnasium environment by Stable-Baselines3."""

import sys

import gymnasium
import torch
from stable_baselines3 import SAC, HerReplayBuffer

import tank_gym  # noqa: F401 - registers the environments

STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000  # some minutes; 1000 to see it run
TRIES = 10
torch.set_num_threads(1)  # so small a network is slower on several

env = gymnasium.make("tank/Reach-v0", robot="rasptank")
model = SAC(
    "MultiInputPolicy",
    env,
    replay_buffer_class=HerReplayBuffer,  # hindsight: another target would have been reached
    learning_starts=200,
    learning_rate=1e-3,
    gamma=0.95,
    tau=0.01,
    policy_kwargs={"net_arch": [128, 128]},
    seed=0,
)
model.learn(STEPS)

reached = 0
for number in range(TRIES):
    seen, _ = env.reset(options={"scene": number})
    ended = False
    while not ended:
        action, _ = model.predict(seen, deterministic=True)
        seen, _, rested, cut_off, info = env.step(action)
        ended = rested or cut_off
    reached += info["is_success"]
print(f"{reached} of {TRIES} targets reached and at rest after {STEPS} steps")
env.close()
