"""Training, fine-tuning and evaluation.

What needs torch, never installed on a robot.
"""
