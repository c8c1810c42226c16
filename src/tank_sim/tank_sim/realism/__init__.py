"""Imperfections of a real robot: slip, noise, dead bands, a late camera."""
