"""Normalize ink to a 28×28 image, in the same way for training images and for drawings.

The steps are those of MNIST (LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document
recognition", section III.A):

1. `crop` the ink to its bounding box.
2. `fit` the box to 20 pixels: scale by area averaging until the longer side is 20 pixels long.
3. `center` the ink in 28×28 pixels: shift the box by whole pixels, so that the center of mass of the ink is as near as
   possible to pixel index (14, 14).
"""

import functools
import math
from collections.abc import Iterable

import numpy as np

IMAGE_SIDE = 28
BOX_SIDE = 20
CENTER = 14.0
"""Pixel index of the center of mass, in x and in y. With 14, normalization leaves 59,998 of MNIST's 60,000 training
images in place. With 13.5, which is a common choice, normalization would shift three of four images."""
ROUNDING = 1e-5
"""Small offset in pixels, added before a position is rounded to whole pixels. A position can be exactly halfway between
two pixels. Without the offset, floating-point errors, which differ between processors, would decide the rounding."""


def normalize(ink: np.ndarray) -> np.ndarray:
    """Return the normalized image of one digit, float32 (28, 28), 0 to 1; all 0 if there is no ink.

    ink: the ink of one digit, float (H, W) of any size, 0 paper, 1 ink.
    """
    cropped = crop(ink)
    if cropped.size == 0:
        return np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.float32)
    return center(fit(cropped))


def normalize_all(inks: Iterable[np.ndarray]) -> np.ndarray:
    """Return the normalized images, float32 (N, 28, 28), of N inks. The inks may differ in size."""
    images = [normalize(ink) for ink in inks]
    return np.stack(images) if images else np.zeros((0, IMAGE_SIDE, IMAGE_SIDE), np.float32)


def crop(ink: np.ndarray) -> np.ndarray:
    """Return the part of the ink inside its bounding box; shape (0, 0) if there is no ink."""
    rows = np.flatnonzero(ink.any(axis=1))
    columns = np.flatnonzero(ink.any(axis=0))
    if rows.size == 0:
        return np.zeros((0, 0), np.float32)
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def fit(cropped: np.ndarray) -> np.ndarray:
    """Return the cropped ink, scaled by area averaging so that the longer side is 20 pixels; float32.

    The shorter side has at least 1 pixel.
    """
    height, width = cropped.shape
    scale = BOX_SIDE / max(height, width)
    rows = _averaging_matrix(height, max(1, round(height * scale)))
    columns = _averaging_matrix(width, max(1, round(width * scale)))
    return (rows @ cropped @ columns.T).astype(np.float32)


def center(box: np.ndarray) -> np.ndarray:
    """Return an image, float32 (28, 28), that contains `box`, with the center of mass as near to (14, 14) as possible.

    The box is shifted by whole pixels and is always completely inside the image, even if the center of mass is near one
    side of the box.
    box: the result of `fit`, at most 20×20 pixels.
    """
    top, left = _start(box.sum(axis=1)), _start(box.sum(axis=0))
    image = np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.float32)
    image[top : top + box.shape[0], left : left + box.shape[1]] = box
    return image


@functools.lru_cache(256)
def _averaging_matrix(source: int, target: int) -> np.ndarray:
    """Return the matrix (target, source) that averages `source` pixels exactly to `target` pixels.

    Row i is the mean over the interval from i·source/target to (i+1)·source/target. A pixel that is partly inside the
    interval counts with the fraction that is inside.
    """
    edges = np.arange(target + 1) * (source / target)
    pixels = np.arange(source)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return np.maximum(overlap, 0) * (target / source)


def _start(profile: np.ndarray) -> int:
    """Return the index of the first row, or of the first column, of the image that the box covers.

    profile: the sum of each row of the box, to get the first row, or the sum of each column, to get the first column.
    """
    profile = profile.astype(np.float64)
    # Avoid a division by 0: area averaging can round very faint ink to exactly 0. Then any position is correct.
    mass = profile.sum() or 1.0
    center_of_mass = np.dot(np.arange(len(profile)), profile) / mass
    start = math.floor(CENTER - center_of_mass + 0.5 + ROUNDING)
    return min(max(start, 0), IMAGE_SIDE - len(profile))
