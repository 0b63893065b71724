"""Synthetic handwriting: generated digits and non-digits."""
