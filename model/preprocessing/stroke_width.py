"""Thin the ink of a broad pen, such as a marker, so that narrow loops of digits become wider.

A loop that is completely filled with ink stays filled. Only pictures need thinning, because strokes are rasterized with
a pen of fixed width.
"""

import numpy as np
from PIL import Image

from model.preprocessing.normalization import crop
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, RESOLUTION

MAX_PEN_WIDTH = 2.0
"""Largest pen width that is not thinned, as a multiple of NETWORK_PEN_WIDTH. The value was chosen from 1.25, 1.5, 1.75,
2 and 2.25 on synthetic handwriting with pens of 1.5 to 3 × NETWORK_PEN_WIDTH and on MNIST's validation images."""
MAX_INK_DEPTH = RESOLUTION // 3
"""Limit for the depth of ink, in pixels. In a digit, the depth is never larger."""


def thin(ink: np.ndarray) -> np.ndarray:
    """Return the ink (H, W) of one digit, thinned if the pen was wider than MAX_PEN_WIDTH.

    Thinning erodes the ink by half of the excess width, with a disc (Serra 1982, "Image analysis and mathematical
    morphology"). Thinned ink is float32 and cropped. The longer side of thinned ink is RESOLUTION pixels.
    """
    cropped = crop(ink)
    if cropped.size == 0:
        return ink
    depths = ink_depth(_at_resolution(cropped))
    pen = pen_width(depths)
    # The longer side of the pen's path is RESOLUTION − pen. NETWORK_PEN_WIDTH is a fraction of that side.
    excess = pen - MAX_PEN_WIDTH * NETWORK_PEN_WIDTH * (RESOLUTION - pen)
    if excess <= 0:
        return ink
    # Erode by less than the greatest depth, so that some ink remains.
    return np.clip(depths - min(excess / 2, depths.max() - 1), 0, 1).astype(np.float32)


def ink_depth(ink: np.ndarray) -> np.ndarray:
    """Return the depth of each pixel, (H, W): the distance to the nearest paper pixel, at most MAX_INK_DEPTH.

    Distances are between the centers of pixels. Paper has depth 0. A squared distance is a sum over the two axes, so
    the minimum is computed along one axis after the other
    (Felzenszwalb, Huttenlocher 2012, "Distance transforms of sampled functions").
    """
    squared = np.where(ink > 0.5 * ink.max(), float(MAX_INK_DEPTH) ** 2, 0.0)
    for axis in (0, 1):
        rows = squared.swapaxes(0, axis)
        padded = np.pad(rows, ((MAX_INK_DEPTH, MAX_INK_DEPTH), (0, 0)))
        offsets = range(-MAX_INK_DEPTH, MAX_INK_DEPTH + 1)
        shifted = [padded[MAX_INK_DEPTH + by : MAX_INK_DEPTH + by + len(rows)] + by * by for by in offsets]
        squared = np.minimum.reduce(shifted).swapaxes(0, axis)
    return np.sqrt(squared)


def pen_width(depths: np.ndarray) -> float:
    """Return the width of the pen in pixels, estimated from the result of `ink_depth`.

    Across a stroke, depth is uniformly distributed from 0 to half of the pen's width, so the median depth is a
    quarter of the width. Crossings and filled loops hardly change the median, because they have few pixels.
    """
    # Subtract half a pixel, because depth is measured to the center of a paper pixel, not to the edge of the ink.
    return 4 * (float(np.median(depths[depths > 0])) - 0.5)


def _at_resolution(cropped: np.ndarray) -> np.ndarray:
    """Return the ink scaled so that its longer side is RESOLUTION pixels."""
    height, width = (max(1, round(side * RESOLUTION / max(cropped.shape))) for side in cropped.shape)
    return np.asarray(Image.fromarray(cropped).resize((width, height), Image.Resampling.BILINEAR))
