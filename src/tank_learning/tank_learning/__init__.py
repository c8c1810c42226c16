"""Training, fine-tuning and evaluation: what needs torch, never installed on a robot."""
