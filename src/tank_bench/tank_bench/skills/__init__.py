"""Learned skills beside their classical twins, on the same seeds."""
