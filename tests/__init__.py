"""Tests, and commands that measure the page and the networks."""
