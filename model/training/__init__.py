"""Training, fine-tuning, and publication of a checkpoint."""
