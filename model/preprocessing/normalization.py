"""Ink → 28×28: the one way in, for training images and for drawings.

MNIST's own recipe (LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document recognition",
III.A): crop to the ink, scale so that the longer side is 20 pixels, put the center of mass at the center of a 28×28
field.
"""

from collections.abc import Iterable

import numpy as np

IMAGE_SIDE = 28
BOX_SIDE = 20
# The pixel index of MNIST's center of mass. With 13.5, as often seen, three of four training images would have to move.
CENTER = 14.0
# Pixels. Added before rounding, so that an exact tie does not depend on rounding errors of the sum.
ROUNDING = 1e-5


def normalize(ink: np.ndarray) -> np.ndarray:
    """Ink (H, W), 0 = paper … 1 = ink, any size → the normalized image, float32 (28, 28), 0 … 1; all 0 without ink."""
    cropped = crop(ink)
    if cropped.size == 0:
        return np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.float32)
    return center(fit(cropped))


def normalize_all(inks: Iterable[np.ndarray]) -> np.ndarray:
    """Many inks, of one size or of several → normalized images, float32 (N, 28, 28)."""
    images = [normalize(ink) for ink in inks]
    return np.stack(images) if images else np.zeros((0, IMAGE_SIDE, IMAGE_SIDE), np.float32)


def crop(ink: np.ndarray) -> np.ndarray:
    """The smallest box that holds all ink; (0, 0) without ink."""
    rows = np.flatnonzero(ink.any(axis=1))
    columns = np.flatnonzero(ink.any(axis=0))
    if rows.size == 0:
        return np.zeros((0, 0), np.float32)
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def fit(cropped: np.ndarray) -> np.ndarray:
    """Scale by area averaging so that the longer side is 20 pixels and the shorter at least one, float32."""
    height, width = cropped.shape
    scale = BOX_SIDE / max(height, width)
    rows = _averaging(height, max(1, round(height * scale)))
    columns = _averaging(width, max(1, round(width * scale)))
    return (rows @ cropped @ columns.T).astype(np.float32)


def center(box: np.ndarray) -> np.ndarray:
    """Put a box of at most 20×20 into the 28×28 field, its center of mass as near to (14, 14) as whole pixels allow.

    Ink is never pushed over the edge: a box whose mass lies far to one side stops there.
    """
    image = np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.float32)
    top, left = (_offset(box.sum(axis=axis)) for axis in (1, 0))
    image[top : top + box.shape[0], left : left + box.shape[1]] = box
    return image


def _averaging(source: int, target: int) -> np.ndarray:
    """The matrix (target, source) whose row i averages source pixels i·source/target … (i+1)·source/target exactly."""
    edges = np.arange(target + 1) * (source / target)
    pixels = np.arange(source)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return np.maximum(overlap, 0) * (target / source)


def _offset(profile: np.ndarray) -> int:
    """Where a box with this ink per row (or column) starts, so that its center of mass comes to CENTER."""
    profile = profile.astype(np.float64)
    # A breath of ink over a large box can average to exactly nothing: any place is right for that.
    mass = profile.sum() or 1.0
    center_of_mass = np.dot(np.arange(len(profile)), profile) / mass
    return int(np.clip(np.floor(CENTER - center_of_mass + 0.5 + ROUNDING), 0, IMAGE_SIDE - len(profile)))
