"""Preprocessing: turn a drawing or a picture into a normalized 28×28 image."""
