"""Fine-tuning of a published model."""
