"""Inference: from a checkpoint and a drawing to an answer."""
