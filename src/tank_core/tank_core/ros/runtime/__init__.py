"""Nodes in a process: the executor, discovery, the environment."""
