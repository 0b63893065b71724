"""Measure the width of strokes by runs: pixels of a mask that follow each other in a row or in a column."""

import numpy as np


def run_lengths(mask: np.ndarray) -> np.ndarray:
    """Return the length of the vertical run of mask pixels that each pixel is in, (H, W); 0 outside the mask."""
    rows = np.arange(len(mask), dtype=np.int32)[:, None]
    above = np.maximum.accumulate(np.where(mask, -1, rows), axis=0)
    below = np.minimum.accumulate(np.where(mask, len(mask), rows)[::-1], axis=0)[::-1]
    return (below - above - 1) * mask


def pen_width(mask: np.ndarray) -> float:
    """Return the median width of the strokes in pixels: of the vertical and the horizontal run, the shorter one."""
    return float(np.median(np.minimum(run_lengths(mask), run_lengths(mask.T).T)[mask])) if mask.any() else 0.0
