"""Corrections by visitors: `python -m model.corrections`."""
