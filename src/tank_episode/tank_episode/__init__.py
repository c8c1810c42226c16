"""A sentence, a robot and a room in one process, without ROS.

It runs as fast as the machine can.

The front door is ``Episode``::

    from tank_episode import Episode

    with Episode(world="playground", seed=1) as episode:
        for step in episode.steps("go to the red cube and pick it up"):
            print(step.command, step.status.name, step.message)
"""

from tank_episode.episode import Episode, NotUnderstoodError, Truth, needs_camera

__all__ = ["Episode", "NotUnderstoodError", "Truth", "needs_camera"]
