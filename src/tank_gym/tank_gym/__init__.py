"""Gymnasium environments of the simulated robot."""
