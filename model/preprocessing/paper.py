"""Estimate the paper of a picture: light and shade without the ink."""

import numpy as np
from scipy import ndimage

from model.preprocessing.rulings import pen_width

# The constants were chosen with `python -m tests.tools.picture_kinds.sweep`.
WINDOWS = (0.12, 0.3, 0.75, 2.0)
"""Widths of the windows for the paper, as fractions of the side of a square of the picture's area. Ink is narrower."""
MIN_WINDOW = 24
"""Smallest window, in pixels."""
PENS_PER_WINDOW = 3
"""A window is at least this many pens wide."""
EDGE = 1 / 80
"""The sharpness of an edge is the change of a value over this distance, a fraction of the side of this square."""
MAX_PAPER_EDGE = 0.35
"""Sharpest edge of paper, as a share of the range of the picture. If it is exceeded, the paper contains ink."""


def estimate_paper(plane: np.ndarray) -> np.ndarray:
    """Return the plane that paper, light and shade would have without ink, (H, W).

    It is a morphological opening with the narrowest window that removes all ink: the window is wider than the strokes,
    and the result has no sharp edge.
    """
    side, spread = plane.size**0.5, np.ptp(plane)
    reach = max(2, round(side * EDGE))
    smooth = ndimage.uniform_filter(plane, 3)
    for share in WINDOWS:
        window = max(MIN_WINDOW, int(share * side))
        paper = _opened(smooth, window | 1)
        steps = (paper[reach:] - paper[:-reach], paper[:, reach:] - paper[:, :-reach])
        if max(np.abs(step).max(initial=0) for step in steps) >= MAX_PAPER_EDGE * spread:
            continue
        raised = smooth - paper
        if PENS_PER_WINDOW * pen_width(raised > raised.max() / 2) <= window:
            break
    return paper


def _opened(plane: np.ndarray, window: int) -> np.ndarray:
    """Return the morphological opening, which removes all peaks that are narrower than the window.

    Only pixels of the picture count. Therefore a peak at the picture's edge is removed, too.
    """
    sizes = [min(window, 2 * side + 1) for side in plane.shape]
    for extreme, outside in ((ndimage.minimum_filter1d, np.inf), (ndimage.maximum_filter1d, -np.inf)):
        for axis in (0, 1):
            plane = extreme(plane, sizes[axis], axis=axis, mode="constant", cval=outside)
    return plane
