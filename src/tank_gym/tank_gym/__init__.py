"""Gymnasium environments of the simulated robots.

Importing this registers them::

    import gymnasium, tank_gym

    env = gymnasium.make("tank/Reach-v0", robot="rasptank")
"""

from gymnasium import register

# After how many steps an episode is cut off.
STEPS = {"Reach": 100, "Face": 20, "Gate": 200, "PickPlace": 400}
MODULES = {"PickPlace": "pick_place"}

for _name, _steps in STEPS.items():
    register(
        f"tank/{_name}-v0",
        entry_point=f"tank_gym.{MODULES.get(_name, _name.lower())}:{_name}Env",
        max_episode_steps=_steps,
    )
