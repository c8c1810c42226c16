"""Tracking: from things in images to things in the world."""
