"""Letters of all that the page shows besides the robot itself: pure.

- ``room``: the simulated world as it really is, and which other ones there are
- ``route``: the way of a plan that nobody carries out
- ``instead``: what can be said where something was not done
"""
