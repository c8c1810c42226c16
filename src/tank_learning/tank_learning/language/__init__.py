"""The language model: sentences, network, fine-tuning, evaluation."""
