"""Tests of pure functions: no TensorFlow, no server, no browser."""
