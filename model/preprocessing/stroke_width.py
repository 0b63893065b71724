"""Thin the ink of a broad pen, such as a marker, and broaden the ink of a fine pen.

Thinning makes narrow loops of digits wider. A loop that is completely filled with ink stays filled. Only pictures need
other widths, because strokes are rasterized with a pen of fixed width.
"""

import numpy as np
from PIL import Image
from scipy import ndimage

from model.preprocessing.normalization import crop
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, RESOLUTION

MAX_PEN_WIDTH = 2.0
"""Largest pen width whose ink is not thinned, as a multiple of NETWORK_PEN_WIDTH. The value was chosen from 1.25, 1.5,
1.75, 2 and 2.25. The choice was made on MNIST's validation images and on synthetic handwriting with pens of 1.5 to 3 ×
NETWORK_PEN_WIDTH."""
MIN_PEN_WIDTH = 0.9
"""Smallest pen width whose ink is not broadened, as a multiple of NETWORK_PEN_WIDTH. Of 240 generated wide strips, 10
are not read without broadening, and 8, 4 and 5 with 0.75, 0.9 and 1. This command prints other values:
`python -m tests.tools.picture_kinds.sweep --only MIN_PEN_WIDTH`."""


def adjust(ink: np.ndarray) -> np.ndarray:
    """Return the ink (H, W) of one digit, thinned or broadened if the pen was too broad or too fine.

    The aim is MAX_PEN_WIDTH or MIN_PEN_WIDTH × NETWORK_PEN_WIDTH. Half of the difference is removed from or added to
    each side of a stroke: the ink is eroded or dilated with a disc (Serra 1982, "Image analysis and mathematical
    morphology"). Changed ink is a float32 array with a resolution of RESOLUTION pixels along the longer side. Other ink
    is returned unchanged.
    """
    cropped = crop(ink)
    if cropped.size == 0:
        return ink
    scaled = _at_resolution(cropped)
    depths = ink_depth(scaled)
    pen = pen_width(depths)
    # NETWORK_PEN_WIDTH is a fraction of the longer side of the pen's path. The ink extends half a pen width beyond each
    # end of the path. Subtract these two halves from the ink's longer side, RESOLUTION, to get the path's longer side.
    expected = NETWORK_PEN_WIDTH * (RESOLUTION - pen)
    excess, lack = pen - MAX_PEN_WIDTH * expected, MIN_PEN_WIDTH * expected - pen
    if excess > 0:
        # Erode by at least 1 pixel less than the greatest depth, so that some ink remains.
        return np.clip(depths - min(excess / 2, depths.max() - 1), 0, 1).astype(np.float32)
    if lack > 0:
        padded = np.pad(scaled, int(np.ceil(lack / 2)))
        distances = ndimage.distance_transform_edt(padded <= 0.5 * padded.max())
        return np.clip(lack / 2 + 1 - distances, padded / padded.max(), 1).astype(np.float32)
    return ink


def ink_depth(ink: np.ndarray) -> np.ndarray:
    """Return the depth of each pixel, (H, W): the distance to the nearest paper pixel, between centers of pixels.

    Paper has depth 0. All pixels outside the image are paper.
    """
    return ndimage.distance_transform_edt(np.pad(ink > 0.5 * ink.max(), 1))[1:-1, 1:-1]


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
