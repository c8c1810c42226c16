"""Chooses an OpenGL, which has to be before any test imports mujoco."""

import tank_sim  # noqa: F401
