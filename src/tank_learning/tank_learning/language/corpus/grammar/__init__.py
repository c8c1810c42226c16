"""English for the robot: words as data, and the clauses and plans composed from them."""
