"""What every training run shares: the loop, and what it needs.

A recipe is a Learner (``run.py``): its steps, what it learns from one, and its state.
"""
