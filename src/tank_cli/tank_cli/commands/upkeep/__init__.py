"""Sub-commands that keep order: checks, calibration, figures, docs."""
