"""Ink of a broad pen → ink of a narrower one: a marker's loops open again, as far as they are not filled.

Strokes need none of it, as `ink` draws them with a pen of its own; pictures do. Thinned is what lies no deeper in the
ink than the pen is too broad (erosion by a disc: Serra 1982, "Image analysis and mathematical morphology").
"""

import numpy as np
from PIL import Image

from model.preprocessing.normalization import crop
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, RESOLUTION

MAX_PEN_WIDTH = 2.0
"""Times ink.PEN_WIDTH: no pen is left broader. Handwriting by program, drawn with pens of 1.5 to 3 times, and MNIST's
validation images decided between 1.25, 1.5, 1.75, 2 and 2.25."""
REACH = RESOLUTION // 3
"""Pixels: nothing is deeper in the ink of what could be a digit."""


def thin(ink: np.ndarray) -> np.ndarray:
    """Ink (H, W) of one digit → the same; of too broad a pen, thinned and cropped, with sides of RESOLUTION at most."""
    cropped = crop(ink)
    if cropped.size == 0:
        return ink
    depths = ink_depth(_at_resolution(cropped))
    pen = pen_width(depths)
    # The pen adds its width to the drawing's longer side.
    excess = pen - MAX_PEN_WIDTH * NETWORK_PEN_WIDTH * (RESOLUTION - pen)
    if excess <= 0:
        return ink
    # Never all of it, whatever it is.
    return np.clip(depths - min(excess / 2, depths.max() - 1), 0, 1).astype(np.float32)


def ink_depth(ink: np.ndarray) -> np.ndarray:
    """How deep in the ink each pixel's centre lies: its distance to the nearest one of paper, at most REACH; (H, W).

    The square of a distance is a sum over the axes, so that one axis after the other finds the least (Felzenszwalb,
    Huttenlocher 2012, "Distance transforms of sampled functions").
    """
    squared = np.where(ink > 0.5 * ink.max(), float(REACH) ** 2, 0.0)
    for axis in (0, 1):
        lines = squared.swapaxes(0, axis)
        padded = np.pad(lines, ((REACH, REACH), (0, 0)))
        shifted = (padded[REACH + by : REACH + by + len(lines)] + by * by for by in range(-REACH, REACH + 1))
        squared = np.minimum.reduce(list(shifted)).swapaxes(0, axis)
    return np.sqrt(squared)


def pen_width(depths: np.ndarray) -> float:
    """Depths as `ink_depth` gives them → the width of the pen, in pixels.

    Across a stroke depths go evenly from nought to half of its width, so that their median is a quarter of it. The
    median, because few pixels lie where strokes cross or a loop is filled.
    """
    # From a pixel's centre to the nearest one of paper it is half a pixel further than to the edge.
    return 4 * (float(np.median(depths[depths > 0])) - 0.5)


def _at_resolution(cropped: np.ndarray) -> np.ndarray:
    """Scaled so that the longer side is RESOLUTION pixels."""
    height, width = (max(1, round(side * RESOLUTION / max(cropped.shape))) for side in cropped.shape)
    return np.asarray(Image.fromarray(cropped).resize((width, height), Image.Resampling.BILINEAR))
