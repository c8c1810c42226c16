"""Learned skills as the robot runs them: their files, their networks in numpy."""
