"""Replay the same commands in other rooms and with other seeds.

It prints how each ends.
"""

from tank_core.commands import Grasp, Move, MoveDirection, Side, Turn
from tank_episode import Episode
from tank_executor.plan import PlanState

TO_THE_LEFT = (Move(MoveDirection.FORWARD, 1.0), Turn(Side.LEFT, 90.0), Grasp())

for world in ("playground", "clutter", "empty"):
    with Episode(world=world, realism="real", camera=False) as episode:
        held = []
        for seed in range(3):
            episode.reset(seed)  # compiled once, begun anew
            status = episode.run(TO_THE_LEFT)
            held.append(episode.truth().robot["held"])
            assert (status.state is PlanState.SUCCEEDED) == (held[-1] is not None)
        print(f"{world}: it holds {', '.join(map(str, held))}")
