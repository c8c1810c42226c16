"""Skills that are learned in simulation: their data, training and files."""
