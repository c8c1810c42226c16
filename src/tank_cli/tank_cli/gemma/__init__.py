"""tank-gemma on this machine: its terms, its base, and the file that is built."""
