"""A policy that drives up to the thing that a sentence names: pixels and words in."""
