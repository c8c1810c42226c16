"""Make a room of your own, and let the robot find its way in it."""

from tank_core.commands import Color, Shape
from tank_episode import Episode
from tank_sim.worlds import World, on_floor

room = World(
    "my room",
    (
        on_floor(Color.RED, Shape.CUBE, 0.04, (0.8, 0.3)),
        on_floor(Color.RED, Shape.BALL, 0.045, (0.9, -0.4)),
        on_floor(Color.BLUE, Shape.CYLINDER, 0.04, (1.4, 0.0)),
    ),
)

with Episode(world=room) as episode:
    status = episode.run("go to the red ball")
    print(status.outcomes[-1].message or status.message)
    print(episode.truth().robot)
