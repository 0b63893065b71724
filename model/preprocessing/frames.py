"""Find frames and rings around digits, such as form boxes and circles."""

import numpy as np
from scipy import ndimage

from model.preprocessing.enclosures import INNER
from model.preprocessing.rulings import NEIGHBORS
from model.preprocessing.runs import pen_width

COVERED = 0.5
"""A frame covers more than this share of each side of the digit. One side may be cut off or broken."""
ATTACHED = 0.15
"""Most ink inside a frame that is connected to it, as a share of the pixels of a digit in it. More is another digit."""
BORDER = 2.5
"""Width of the border of a frame, as a multiple of its pen."""
AS_HIGH = 0.6
"""A ring is a zero with a stroke in it, not a frame, if another part beside it has this share of its height."""
MIN_ROUND, MAX_ROUND = 0.6, 0.88
"""Share of its box that a filled ring covers. An ellipse covers 0.79, a rectangle more."""
MAX_PARTS = 100
"""Maximum number of parts, the largest, among which frames, signs and lost parts are searched."""


def frames(mask: np.ndarray, sides: int) -> np.ndarray:
    """Return the mask of frames and rings, bool (H, W): parts around another part that is not small beside them.

    sides: the number of sides of the inner part, 3 or 4, that the frame must cover.
    """
    numbers, count = ndimage.label(mask, NEIGHBORS)
    areas = np.bincount(numbers.ravel(), minlength=count + 1)[1:]
    regions = ndimage.find_objects(numbers)
    large = np.argsort(-areas, kind="stable")[:MAX_PARTS]
    boxes = np.array([(y.start, x.start, y.stop, x.stop) for y, x in (regions[i] for i in large)]).reshape(-1, 4)
    heights = boxes[:, 2] - boxes[:, 0]
    starts, stops = boxes[:, :2], boxes[:, 2:]
    is_inside = (starts > starts[:, None]).all(axis=2) & (stops < stops[:, None]).all(axis=2)
    is_as_high = heights > AS_HIGH * heights[:, None]
    np.fill_diagonal(is_as_high, False)
    is_frame = ~(is_as_high & ~is_inside & ~is_inside.T).any(axis=1)
    found = np.zeros(count + 1, bool)
    for outer, inner in np.argwhere(is_inside & is_frame[:, None] & (heights > INNER * heights[:, None])):
        part = numbers[regions[large[outer]]] == 1 + large[outer]
        if _sides(_without_thin_lines(part), boxes[inner] - np.tile(starts[outer], 2)) >= sides:
            found[1 + large[outer]] = _attached(part) <= ATTACHED * areas[large[inner]]
    return found[numbers]


def has_ring(frames: np.ndarray) -> bool:
    """Return whether one of the frames in a mask is round, so that it may be a zero with a stroke in it."""
    numbers, _ = ndimage.label(frames, NEIGHBORS)
    for number, region in enumerate(ndimage.find_objects(numbers), 1):
        ring = _without_thin_lines(numbers[region] == number)
        [box] = ndimage.find_objects(ring.astype(int)) or [None]
        if box and MIN_ROUND < ndimage.binary_fill_holes(ring[box]).mean() < MAX_ROUND:
            return True
    return False


def _without_thin_lines(part: np.ndarray) -> np.ndarray:
    """Return a part without lines that are less than half as wide as its pen, such as the rulings behind a zero."""
    width = int(pen_width(part) / 2)
    return ndimage.binary_opening(part, np.ones((width, width))) if width > 1 else part


def _sides(part: np.ndarray, box: np.ndarray) -> int:
    """Return how many sides of a box the part covers. box: top, left, bottom, right, in pixels of the part."""
    top, left, bottom, right = box
    sides = (
        part[:top, left:right].any(axis=0),
        part[bottom:, left:right].any(axis=0),
        part[top:bottom, :left].any(axis=1),
        part[top:bottom, right:].any(axis=1),
    )
    return sum(side.mean() > COVERED for side in sides)


def _attached(part: np.ndarray) -> int:
    """Return the number of pixels of a frame that are not in its border, such as a digit that touches the frame."""
    inside = ndimage.binary_fill_holes(part)
    if inside.sum() < 2 * part.sum():
        inside = np.ones_like(part)  # The frame is open.
    border = 2 * int(BORDER * pen_width(part)) + 1
    return int((part & ndimage.minimum_filter(inside, border, mode="constant", cval=False)).sum())
