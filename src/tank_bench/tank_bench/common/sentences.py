"""The sentences that benchmarks say.

Short and long, and none of an evaluation set.
"""

SENTENCES = (
    "drive forward one meter", "turn left", "back up half a meter", "spin around",
    "wait ten seconds",
    "please go ahead two and a half meters", "turn right 45 degrees and then drive backward 30 cm",
    "pick up the red ball",
    "put it down on your left", "creep forward a touch, then rotate slowly to the left",
    "look at the green cylinder",
    "drive forward one meter, then turn left and pick up the cube",
    "go round in a square with sides of one meter",
    "first wait a second, then race forward three meters, turn around and come back the same way",
    "what is the weather like today", "make me a sandwich",
)  # fmt: skip
