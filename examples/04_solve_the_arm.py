"""Find joint positions that bring the gripper to a place, pointing down."""

import numpy as np

from tank_core.robot import load_robot
from tank_ik import Solver, Target

robot = load_robot("tank")
solver = Solver(robot)
for x, y in ((0.30, 0.0), (0.20, 0.20), (0.50, 0.0)):
    result = solver.solve(Target((x, y, 0.03), approach=(0.0, 0.0, -1.0)))
    angles = ", ".join(f"{angle:.0f}" for angle in np.degrees(result.q))
    print(f"({x:.2f}, {y:.2f}) m: joints at {angles} degrees; {result.message}")
