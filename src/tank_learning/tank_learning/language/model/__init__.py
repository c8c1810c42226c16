"""The small model: network, tokenizer, training, export."""
