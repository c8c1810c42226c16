"""What several benchmarks share: figures, options, sentences, images."""
