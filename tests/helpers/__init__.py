"""Functions and data that several tests share."""
