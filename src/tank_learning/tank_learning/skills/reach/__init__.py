"""Reaching, learned by reinforcement; and a world model of the arm."""
