"""A skill of your own: numbers in a file, a class as runtime, a watched drive."""

from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from tank_core.commands import GoThrough
from tank_core.robot import Robot, load_robot
from tank_core.skill import Chunk, Observation, SkillCard
from tank_episode import Episode
from tank_skills import SkillFile, add_kind, load_skill, save_skill


class StraightOn:
    """Drives straight on, at a speed that a training would have found."""

    def __init__(self, file: SkillFile, robot: Robot) -> None:
        self.card, (self.speed,) = file.card, file.constant("speed", 1)
        self.reset()

    def reset(self) -> None:
        self.driven = 0

    def act(self, seen: Observation) -> Chunk:
        self.driven += 1
        twists = np.full((self.card.horizon, 2), (self.speed, 0.0))
        end = np.full(self.card.horizon, float(self.driven > 20))
        return Chunk(seen.state.time, self.card.period, twists=twists, end=end)


add_kind("straight-on", StraightOn)
robot, path = load_robot("tank"), Path(mkdtemp()) / "straight-tank.safetensors"
card = SkillCard("straight-tank", "go_through", robot.name, "straight-on", 0.1, 10)
save_skill(path, card, {}, {"speed": np.array([0.2], np.float32)})
with Episode(world="gate", skills={"go_through": load_skill(path, robot)}) as episode:
    status = episode.run([GoThrough()])
    print(status.message or status.state.name.lower())
