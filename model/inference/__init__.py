"""Checkpoint → answer."""
