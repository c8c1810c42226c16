"""Openings to drive through: gates, arches and doorways, by the camera.

- ``polar``: the floor seen from above, by bearing and distance from under the camera
- ``scan``: how far the floor is free in each direction, until something tall stands on it
- ``openings``: gaps between two uprights with free floor behind them
- ``gate_tracker``: keeps them over images
"""
