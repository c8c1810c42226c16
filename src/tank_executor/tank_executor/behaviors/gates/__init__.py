"""go_through: finds a gate or doorway, lines up before it and drives through."""
