"""Gymnasium environments of the simulated robots.

Importing this registers them::

    import gymnasium, tank_gym

    env = gymnasium.make("tank/Reach-v0", robot="rasptank")
"""

from gymnasium import register

STEPS = {"Reach": 100}  # after which an episode is cut off

for _name, _steps in STEPS.items():
    register(
        f"tank/{_name}-v0",
        entry_point=f"tank_gym.{_name.lower()}:{_name}Env",
        max_episode_steps=_steps,
    )
