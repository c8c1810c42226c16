"""Datasets in LeRobot's format v3.0, written and read without ``lerobot``.

with DatasetWriter(folder, Spec.of(robot, fps=10, cameras={"front": (320, 240)})) as writer:
    writer.append(demonstration)
dataset = Dataset(folder)
actions, is_pad = chunks(dataset.episode(0).actions, 20)
"""

from tank_learning.skills.dataset.demonstration import Demonstration, chunks
from tank_learning.skills.dataset.reader import Dataset
from tank_learning.skills.dataset.spec import DatasetError, Spec
from tank_learning.skills.dataset.writer import DatasetWriter

__all__ = ["Dataset", "DatasetError", "DatasetWriter", "Demonstration", "Spec", "chunks"]
