"""Checks of this machine and the robot, each finding with its cure."""
