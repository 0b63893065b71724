"""Corrections by visitors: storage, backup and export."""
