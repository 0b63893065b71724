"""Split the ink of a picture into connected parts, which take the place of strokes."""

import numpy as np
from scipy import ndimage

from model.preprocessing.rulings import NEIGHBORS
from model.preprocessing.segmentation import MAX_MARKS
from model.preprocessing.signs import is_sign

LEAST_PART = 0.1
"""Smallest part that is kept, as a share of the pixels of the largest part. A smaller part is dirt or a part of a
neighboring character, unless it is a sign between two digits. With 0.1, one of 400 MNIST images has two parts."""
FAINT = 0.15
"""Faint ink that connects the pieces of a thin stroke, as a share of full ink."""
MAX_OUTLINE = 120
"""Maximum number of points on the outline of a part, in addition to the four extreme points."""


def parts(ink: np.ndarray) -> list[np.ndarray]:
    """Return a mask, bool (H, W), for each connected part of the ink (H, W): digits, their parts, and small signs.

    If there are more than MAX_MARKS parts, they are a scribble, so that one mask holds them all. A mask for each would
    take much time and memory.
    """
    numbers, count = _labeled(ink)
    sizes = np.bincount(numbers.ravel(), minlength=count + 1)[1:]
    boxes = np.array([(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(numbers)]).reshape(-1, 4)
    is_large = sizes > LEAST_PART * sizes.max(initial=0)
    if is_large.sum() > MAX_MARKS:
        return [np.isin(numbers, 1 + np.flatnonzero(is_large))]
    large = boxes[is_large]
    small = np.flatnonzero(~is_large)
    signs = [i for i in small[np.argsort(-sizes[small], kind="stable")][:MAX_MARKS] if is_sign(boxes[i], large)]
    kept = sorted([*np.flatnonzero(is_large), *signs[: MAX_MARKS - len(large)]])
    return [numbers == i + 1 for i in kept]


def _labeled(ink: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the number of the part of each pixel, int (H, W), 0 for paper, and the number of parts.

    Parts are connected by ink of more than half of full ink. A small part that faint ink connects with one large part
    is a piece of its stroke, so that it is no part of its own.
    """
    top = ink.max(initial=0)
    numbers, count = ndimage.label(ink > 0.5 * top, NEIGHBORS)
    sizes = np.bincount(numbers.ravel(), minlength=count + 1)
    sizes[0] = 0
    wide, wide_count = ndimage.label(ink > FAINT * top, NEIGHBORS)
    inside = np.zeros(count + 1, int)
    inside[numbers] = wide  # The connected faint ink around each part.
    is_large = sizes > LEAST_PART * sizes.max()
    large = np.flatnonzero(is_large)
    is_only = np.bincount(inside[large], minlength=wide_count + 1) == 1
    owners = np.zeros(wide_count + 1, int)
    owners[inside[large]] = large
    joins = ~is_large & is_only[inside]
    joins[0] = False
    target = np.where(joins, owners[inside], np.arange(count + 1))
    _, target = np.unique(target, return_inverse=True)
    return target[numbers], int(target.max())


def outline(part: np.ndarray) -> np.ndarray:
    """Return points on the edge of a part: float (P, 2), P ≤ MAX_OUTLINE + 4, in pixels, x right, y down.

    The last four points are the leftmost, top, rightmost and bottom points.
    part: the mask of the part, bool (H, W).
    """
    region = ndimage.find_objects(part.astype(np.uint8))[0]
    here = part[region]
    points = np.argwhere(here & ~ndimage.binary_erosion(here))[:, ::-1] + [region[1].start, region[0].start]
    points = points.astype(float)
    extremes = [points.argmin(axis=0), points.argmax(axis=0)]
    return np.concatenate([points[:: -(-len(points) // MAX_OUTLINE)], *(points[indices] for indices in extremes)])


def keep_parts(ink: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return a copy of the ink that keeps the ink in the mask and up to 2 pixels around the mask, and is 0 elsewhere.

    The margin of 2 pixels contains the soft edges of the strokes. mask: bool (H, W).
    """
    return np.where(ndimage.binary_dilation(mask, NEIGHBORS, iterations=2), ink, 0)
