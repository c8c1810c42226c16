"""Sub-commands that use a robot, real or simulated."""
