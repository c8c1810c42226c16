"""English for the robot: words as data, clauses and plans composed from them."""
