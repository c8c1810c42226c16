"""Learned skills in the executor: clamped, watched, and checked."""
