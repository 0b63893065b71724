"""Thin the ink of a broad pen, such as a marker, so that narrow loops of digits become wider.

A loop that is completely filled with ink stays filled. Only pictures need thinning, because strokes are rasterized with
a pen of fixed width.
"""

import numpy as np
from PIL import Image

from model.preprocessing.normalization import crop
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, RESOLUTION

MAX_PEN_WIDTH = 2.0
"""Largest pen width whose ink is not thinned, as a multiple of NETWORK_PEN_WIDTH. The value was chosen from 1.25, 1.5,
1.75, 2 and 2.25. The choice was made on MNIST's validation images and on synthetic handwriting with pens of 1.5 to 3 ×
NETWORK_PEN_WIDTH."""
MAX_INK_DEPTH = RESOLUTION // 3
"""Largest depth that `ink_depth` returns, in pixels. The ink of a digit is never deeper."""


def thin(ink: np.ndarray) -> np.ndarray:
    """Return the ink (H, W) of one digit, thinned if the pen was wider than MAX_PEN_WIDTH × NETWORK_PEN_WIDTH.

    The excess is the difference between these two widths. Thinning removes half of the excess from each side of a
    stroke: it erodes the ink with a disc (Serra 1982, "Image analysis and mathematical morphology").
    Thinned ink is a float32 array whose longer side is RESOLUTION pixels. Other ink is returned unchanged.
    """
    cropped = crop(ink)
    if cropped.size == 0:
        return ink
    depths = ink_depth(_at_resolution(cropped))
    pen = pen_width(depths)
    # NETWORK_PEN_WIDTH is a fraction of the longer side of the pen's path. The ink extends half a pen width beyond each
    # end of the path. Subtract these two halves from the ink's longer side, RESOLUTION, to get the path's longer side.
    excess = pen - MAX_PEN_WIDTH * NETWORK_PEN_WIDTH * (RESOLUTION - pen)
    if excess <= 0:
        return ink
    # Erode by at least 1 pixel less than the greatest depth, so that some ink remains.
    return np.clip(depths - min(excess / 2, depths.max() - 1), 0, 1).astype(np.float32)


def ink_depth(ink: np.ndarray) -> np.ndarray:
    """Return the depth of each pixel, (H, W): the distance to the nearest paper pixel, at most MAX_INK_DEPTH.

    Distances are between the centers of pixels. Paper has depth 0. The squared distance of two pixels is the sum of
    the squared distances along the two axes. Therefore, the function can compute the minimum first along one axis, and
    then along the other axis (Felzenszwalb, Huttenlocher 2012, "Distance transforms of sampled functions").
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

    From the edge of a stroke to its middle, the depth rises evenly from 0 to half of the pen's width. Therefore, the
    median depth is a quarter of the pen's width. Crossings and filled loops hardly change the median, because they have
    few pixels.
    """
    # Subtract half a pixel: `ink_depth` measures to the center of a paper pixel, half a pixel beyond the ink's edge.
    return 4 * (float(np.median(depths[depths > 0])) - 0.5)


def _at_resolution(cropped: np.ndarray) -> np.ndarray:
    """Return the ink scaled so that its longer side is RESOLUTION pixels."""
    height, width = (max(1, round(side * RESOLUTION / max(cropped.shape))) for side in cropped.shape)
    return np.asarray(Image.fromarray(cropped).resize((width, height), Image.Resampling.BILINEAR))
