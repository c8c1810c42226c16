"""The training loop, and what it needs, shared by every recipe.

A recipe is a Trainable (``run.py``): its steps, what it learns from one, and its state.
"""
