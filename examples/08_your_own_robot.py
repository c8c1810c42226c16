"""Simulate a robot file of your own.

Here it is the tank, slower and with a longer forearm.
"""

import tempfile
from importlib import resources
from pathlib import Path

import yaml

from tank_episode import Episode

data = yaml.safe_load((resources.files("tank_core") / "robots" / "tank.yaml").read_text())
data["name"] = "long_arm"
for pace in data["speeds"].values():
    pace["linear"] *= 0.5
data["arm"]["joints"][3]["origin"][0] = 0.18  # [m] the forearm, 2 cm longer
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "long_arm.yaml"
    path.write_text(yaml.safe_dump(data))
    with Episode(robot=str(path), camera=False) as episode:
        status = episode.run("drive forward half a meter")
        print(f"{episode.robot.name}: {status.message}, after {episode.time:.1f} s")
