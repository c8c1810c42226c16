"""Sub-commands about the language model and its sentences."""
