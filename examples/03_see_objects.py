"""Print what the camera sees in a room, beside where it really is."""

import math

import cv2

from tank_episode import Episode

with Episode(world="playground", seed=2) as episode:
    episode.settle(1.0)  # some images
    print("seen, from the robot:")
    for thing in episode.objects():
        x, y, _ = thing.position
        print(f"    {thing.name}: {x:.2f} m ahead, {y:.2f} m to the left")
    print("there, by the simulator:")
    for name, place in episode.truth().objects.items():
        print(f"    {name}: {math.hypot(place['x'], place['y']):.2f} m away")
    cv2.imwrite("what-the-robot-sees.png", cv2.cvtColor(episode.image(), cv2.COLOR_RGB2BGR))
    print("what-the-robot-sees.png is the image")
