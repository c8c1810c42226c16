"""Reaching, learned by reinforcement: SAC with hindsight, and a world model of the arm."""
