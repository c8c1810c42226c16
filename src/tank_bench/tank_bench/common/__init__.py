"""Parts that several benchmarks share: figures, options, sentences, images."""
