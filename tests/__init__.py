"""Tests, and the commands that measure."""
