"""Benchmarks of the robot's parts on an emulated Cortex-A53."""
