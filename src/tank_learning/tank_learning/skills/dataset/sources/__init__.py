"""Sources of demonstrations: the executor's runs, scripts, recordings."""
