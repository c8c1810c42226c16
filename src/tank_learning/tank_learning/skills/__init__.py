"""Trains learned skills in the simulator.

Never on the robot: it needs torch, gymnasium and more.
"""
