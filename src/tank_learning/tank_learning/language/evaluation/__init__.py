"""Measuring how well a model understands."""
