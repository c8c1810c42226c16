"""Drawings of the executor's work: the way of a plan, the arm's reach. Pure."""
