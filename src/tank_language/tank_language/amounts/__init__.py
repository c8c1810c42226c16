"""Whether an answer keeps to the amounts that were said."""
