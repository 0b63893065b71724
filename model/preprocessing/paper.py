"""Estimate the paper of a picture: light and shade without the ink."""

import numpy as np
from scipy import ndimage

from model.preprocessing.runs import pen_width

# The constants were set by hand on pictures of `python -m tests.tools.picture_kinds`, with the seeds 1, 3 and 4.
WINDOWS = (0.12, 0.3, 0.75, 2.0)
"""Widths of the windows for the paper, as fractions of the side of a square of the picture's area. Ink is narrower."""
MIN_WINDOW = 24
"""Smallest window, in pixels."""
PENS_PER_WINDOW = 3
"""A window is at least this many pens wide. Otherwise, the paper rises under ink with soft edges. Of 100 MNIST images
that were enlarged ten times and cropped at the ink, 26 are read without this limit, and 97 with it."""
EDGE = 1 / 80
"""The sharpness of an edge is the change of a value over this distance, a fraction of the side of this square."""
MAX_STEPS = ((EDGE, 0.35), (1 / 12, 0.7))
"""Pairs of a distance and the largest change of the paper over this distance, as a share of the picture's range. The
second pair is for pictures that were enlarged, whose ink has soft edges."""


def estimate_paper(plane: np.ndarray) -> np.ndarray:
    """Return the plane that paper, light and shade would have without ink, (H, W).

    It is a morphological opening with the narrowest window that removes all ink: the result has no sharp edge, and the
    window is wider than the strokes.
    """
    side, spread = plane.size**0.5, np.ptp(plane)
    limits = [(max(2, round(side * distance)), share * spread) for distance, share in MAX_STEPS]
    smooth = ndimage.uniform_filter(plane, 3)
    for share in WINDOWS:
        window = max(MIN_WINDOW, int(share * side))
        paper = _opened(smooth, window | 1)
        if any(_largest_step(paper, distance) >= limit for distance, limit in limits):
            continue  # The paper contains ink.
        raised = smooth - paper
        if PENS_PER_WINDOW * pen_width(raised > raised.max() / 2) <= window:
            break  # A wider window would remove shade, too.
    return paper


def _largest_step(values: np.ndarray, distance: int) -> float:
    """Return the largest change over a distance in pixels, down or across."""
    steps = (values[distance:] - values[:-distance], values[:, distance:] - values[:, :-distance])
    return max(float(np.abs(step).max(initial=0)) for step in steps)


def _opened(plane: np.ndarray, window: int) -> np.ndarray:
    """Return the morphological opening, which removes all peaks that are narrower than the window.

    Only pixels of the picture count. Therefore a peak at the picture's edge is removed, too.
    """
    sizes = [min(window, 2 * side + 1) for side in plane.shape]
    for extreme, outside in ((ndimage.minimum_filter1d, np.inf), (ndimage.maximum_filter1d, -np.inf)):
        for axis in (0, 1):
            plane = extreme(plane, sizes[axis], axis=axis, mode="constant", cval=outside)
    return plane
