"""Where demonstrations come from: simulation, the executor's runs, recordings."""
