"""The room of pick and place: a robot, and a thing in one of its cells.

Demonstrations, training's closed loop and the benchmark all happen here.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tank_core.commands import Cell, Color, Shape
from tank_core.exceptions import TankError
from tank_core.geometry import Place
from tank_core.pacing import TICK_S
from tank_core.robot import load_robot
from tank_episode.perception_loop import PerceptionLoop
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import World, on_floor
from tank_sim.worlds.putting_down import is_put_down

COLOR, SHAPE, SIZE_M = Color.RED, Shape.CUBE, 0.04
SCATTER_M = 0.012  # the thing lies off the middle of its cell by at most this, in x and in y
SCATTER_RAD = 0.3
# The executor takes a detection of the last second as fresh; images are the dearest part of a
# demonstration.
CAMERA_HZ = 1.25
# The robot looks for so long before it begins, and whether all is done: two images of that camera,
# for what the arm hides in part is not believed at the first.
LOOK_S = 1.0


@dataclass(frozen=True)
class PickPlaceTask:
    """The thing's cell and place, and the cell that it is brought to.

    ``place`` [m] and ``yaw`` [rad] are those of the thing on the floor, in base_link at the start.
    """

    start: Cell
    goal: Cell
    place: Place
    yaw: float


def draw(seed: int, use: str, cells: dict[Cell, Place]) -> PickPlaceTask:
    """Draw a task; the same seed means another one for another use."""
    dice = random.Random(f"pick and place, {use}, {seed}")  # of text: the same in every process
    start, goal = dice.sample(sorted(cells), 2)
    x, y = (middle + dice.uniform(-SCATTER_M, SCATTER_M) for middle in cells[start])
    return PickPlaceTask(start, goal, (x, y), dice.uniform(-SCATTER_RAD, SCATTER_RAD))


class PickPlaceRoom:
    """A simulated robot with a thing in reach; use it as a context manager.

    with PickPlaceRoom() as room:
        room.begin(draw(0, "example", room.cells))
        print(room.look())
    """

    def __init__(self, robot: str = "tank", realism: str = "ideal", shadows: bool = True) -> None:
        """Build the room.

        Demonstrations take half as long without ``shadows``. Raises TankError for a robot that
        does not feel what it holds.
        """
        loaded = load_robot(robot)
        if not loaded.joint_feedback:
            raise TankError(
                f"robot {robot} does not feel what its fingers hold; "
                "pick and place is learned by a robot with joint feedback, such as tank"
            )
        self.robot = replace(loaded, camera=replace(loaded.camera, rate=CAMERA_HZ))
        self.cells: dict[Cell, Place] = dict(self.robot.cells)
        thing = on_floor(COLOR, SHAPE, SIZE_M, self.robot.cell(Cell.FRONT))
        self._name = thing.name
        world = World("pick and place", (thing,))
        self.backend = MujocoBackend(
            self.robot, world, camera=True, realism=realism, shadows=shadows
        )
        self.perception = PerceptionLoop(self.backend)

    def __enter__(self) -> PickPlaceRoom:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the simulation."""
        self.backend.close()

    def begin(self, task: PickPlaceTask, seed: int = 0) -> None:
        """Put everything at its start.

        ``seed`` draws the robot's imperfections.
        """
        self.backend.reset(seed)
        self.perception.reset()
        self.backend.place(self._name, (*task.place, SIZE_M / 2), task.yaw)

    def look(self, duration: float = LOOK_S) -> Place | None:
        """Look for ``duration`` [s]; the thing's place [m] in odom, or None.

        The robot stands meanwhile. That is what perception says, not the truth. Raises
        TankError where there are no images.
        """
        state = self.backend.read()
        found = self.perception.see(state)
        if self.backend.camera_problem:
            raise TankError(self.backend.camera_problem)
        for _ in range(round(duration / TICK_S)):
            self.backend.advance(TICK_S)
            state = self.backend.read()
            found = self.perception.see(state)
        for one in found.objects if found is not None else ():
            # what is older is where it was before: perception remembers that
            if one.color == COLOR and one.age <= duration:
                return state.odometry.pose.to_world(one.position[:2])
        return None

    def lies(self, goal: Cell) -> bool:
        """Return whether the thing truly lies in a cell, and nothing holds it.

        The cell is that of the robot as it stands now, as ./tank bench manipulation has it.
        """
        thing, held = self.backend.objects()[self._name], self.backend.held() is not None
        place = self.backend.truth().to_local((thing.x, thing.y))
        return is_put_down(place, thing.z, SIZE_M, self.cells[goal], held)
