"""Sensors of the simulated robot: camera and range finder."""
