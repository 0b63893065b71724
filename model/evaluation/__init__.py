"""Measure checkpoints: `python -m model.evaluation`."""
