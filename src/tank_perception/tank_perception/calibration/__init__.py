"""Adjusts colors and camera to a real room."""
