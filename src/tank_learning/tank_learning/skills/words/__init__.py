"""A policy of pixels and words: it drives up to what a sentence names."""
