"""Find what surrounds or separates the digits of a drawing: rings, underlines, slashes, and the gap between two lines.

The functions work on the marks of a drawing: strokes, or outlines of the parts of a picture.
"""

from collections.abc import Sequence

import numpy as np

from model.preprocessing.geometry import Stroke

# Lengths are fractions of the height or of the width of the other strokes.
MAX_OPENING = 0.35
"""Largest distance between the ends of a ring, as a fraction of the ring's longer side."""
INNER = 0.3
"""Smallest height of what is in a ring or in a frame, as a fraction of the height of the ring or of the frame."""
GAP = 0.03
"""Smallest distance of an underline from the digits, as a fraction of their height. The foot of a 1 is nearer."""
CLEAR_GAP = 0.1
"""Smallest distance of an underline that is certainly not a part of a digit."""
MAX_SLOPE = 0.25
"""Largest ratio of the height of an underline to its width."""
LONGER = 0.02
"""An underline extends beyond the digits above it by this fraction of their height, at both ends."""
SLASH_SLOPE = 0.35
"""Smallest slope of a slash, in units to the side per unit down. Most ones are steeper."""
ZERO_SLASH_SLOPE = 0.6
"""Smallest slope of a slash in a zero. A steeper line in a ring may be a circled 1. Of 3,000 synthetic ones
(`generator.sample_digit`), 1.0 % are less steep; with SLASH_SLOPE, 4.2 % are."""
SLASH_WIDTH = 0.1
"""Largest deviation of a slash from a straight line, as a fraction of its length."""
SLASH_HEIGHT = 1.05
"""A slash is higher than its neighbors, and than all digits that are no slashes, by at least this factor."""
LINE_GAP = 0.09
"""Smallest gap between two lines of digits, as a fraction of the height of both. Two parts of a digit are nearer."""
LINE_HEIGHT = 0.3
"""Smallest height of a line of digits, as a fraction of the height of two lines."""


def enclosing(strokes: Sequence[Stroke], boxes: np.ndarray) -> tuple[int | None, bool]:
    """Return the index of the stroke that is a ring around all others or an underline below all others, or None.

    The second value is whether the stroke certainly does not belong to a digit.
    boxes: left, top, right, bottom of each stroke, (N, 4).
    """
    if len(strokes) < 2:
        return None, False
    widest = int((boxes[:, 2] - boxes[:, 0]).argmax())
    others = np.delete(boxes, widest, axis=0)
    inner = np.array([*others[:, :2].min(axis=0), *others[:, 2:].max(axis=0)])
    outer, stroke = boxes[widest], strokes[widest]
    if (outer[:2] < inner[:2]).all() and (outer[2:] > inner[2:]).all():
        opening = np.hypot(*(stroke[0] - stroke[-1]))
        is_high = inner[3] - inner[1] >= INNER * (outer[3] - outer[1])
        is_ring = is_high and opening <= MAX_OPENING * (outer[2:] - outer[:2]).max()
        return (widest if is_ring else None), False
    gap = _underline_gap(stroke, outer, inner, np.concatenate([*strokes[:widest], *strokes[widest + 1 :]]))
    return (widest if gap > GAP else None), gap > CLEAR_GAP


def _underline_gap(stroke: Stroke, outer: np.ndarray, inner: np.ndarray, points: np.ndarray) -> float:
    """Return the distance of an underline from the points above it, as a fraction of their height; 0 if it is none."""
    height = inner[3] - inner[1]
    is_flat = outer[3] - outer[1] < MAX_SLOPE * (outer[2] - outer[0])
    is_longer = min(inner[0] - outer[0], outer[2] - inner[2]) > LONGER * height
    if not (is_flat and is_longer and height > 0 and outer[1] < inner[3] + height):
        return 0.0
    order = np.argsort(stroke[:, 0], kind="stable")
    return float((np.interp(points[:, 0], *stroke[order].T) - points[:, 1]).min() / height)


def has_two_lines(boxes: np.ndarray) -> bool:
    """Return whether the boxes, (N, 4), are in two lines, one above the other, with a gap between them."""
    if len(boxes) < 2:
        return False
    boxes = boxes[np.argsort(boxes[:, 1])]
    tops, bottoms = boxes[:, 1], np.maximum.accumulate(boxes[:, 3])
    height = bottoms[-1] - tops[0]
    for i in np.flatnonzero(tops[1:] > bottoms[:-1]):
        above, below = boxes[: i + 1], boxes[i + 1 :]
        is_high = min(bottoms[i] - tops[0], bottoms[-1] - tops[i + 1]) >= LINE_HEIGHT * height
        has_gap = tops[i + 1] - bottoms[i] > LINE_GAP * height
        if is_high and (has_gap or not _is_stacked(above, below) or (_is_row(above) and _is_row(below))):
            return True
    return False


def _is_row(boxes: np.ndarray) -> bool:
    """Return whether two of the boxes are side by side."""
    return bool(boxes[:, 2].min() < boxes[:, 0].max())


def _is_stacked(above: np.ndarray, below: np.ndarray) -> bool:
    """Return whether the center of the narrower of two groups of boxes is above or below the other group."""
    (left, right), (other_left, other_right) = sorted(
        ((boxes[:, 0].min(), boxes[:, 2].max()) for boxes in (above, below)), key=lambda ends: ends[1] - ends[0]
    )
    return bool(other_left <= (left + right) / 2 <= other_right)


def is_slash(points: np.ndarray, pen: float, slope: float = SLASH_SLOPE) -> bool:
    """Return whether a mark is a straight line from the lower left to the upper right, like a slash.

    points: (P, 2). pen: the distance of the points on the two sides of a stroke; 0 if they are on the path of the pen.
    slope: the smallest slope, in units to the side per unit down.
    """
    centered = points - points.mean(axis=0)
    x, y = axis = np.linalg.eigh(centered.T @ centered)[1][:, -1]
    length, width = np.ptp(centered @ axis), np.ptp(centered @ [-y, x])
    return bool(width <= pen + SLASH_WIDTH * length and abs(y) > 0.3 and -x / y >= slope)


def has_slash(ones: Sequence[np.ndarray | None], heights: Sequence[float], pen: float) -> bool:
    """Return whether a one between two digits may be a slash: it is straight, oblique and higher than the digits.

    ones: for each digit, from left to right, the points of its only mark if it is a one, and None if it is another
        digit. heights: of each digit. pen: as in `is_slash`.
    """
    slashes = [one is not None and is_slash(one, pen) for one in ones]
    tallest = max((height for height, slash in zip(heights, slashes, strict=True) if not slash), default=0.0)
    return any(
        slashes[i] and heights[i] > SLASH_HEIGHT * max(heights[i - 1], heights[i + 1], tallest)
        for i in range(1, len(ones) - 1)
    )
