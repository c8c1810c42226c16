"""Say a sentence to a simulated robot, and see what becomes of it."""

from tank_episode import Episode
from tank_executor.plan import describe

with Episode(world="playground", seed=1) as episode:
    for step in episode.steps("drive forward one meter, then turn left and pick up the green cube"):
        note = f": {step.message}" if step.message else ""
        print(f"{describe(step.command)} {step.status.name.lower()} in {step.duration:.1f} s{note}")
    robot = episode.truth().robot
    print(f"at x {robot['x']:.2f} m, y {robot['y']:.2f} m, holding {robot['held']}")
