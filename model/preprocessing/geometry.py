"""Geometry of strokes: bounding box, scaling, arc length, interpolation, resampling, rotation."""

from collections.abc import Sequence

import numpy as np

Stroke = np.ndarray
"""The path of the pen from touch to lift: float (P, 2), x right, y down, usually in fractions of the pad's side."""

SMALLEST_SIDE = 1e-9


def bounding_box(strokes: Sequence[Stroke]) -> tuple[np.ndarray, np.ndarray]:
    """Return the upper left and lower right corners, each (2,), of the box around all points (one or more)."""
    points = np.concatenate(strokes)
    return points.min(axis=0), points.max(axis=0)


def longer_side(strokes: Sequence[Stroke]) -> float:
    """Return the length of the longer side of the bounding box; 0 if all points coincide."""
    low, high = bounding_box(strokes)
    return float((high - low).max())


def path_length(strokes: Sequence[Stroke]) -> float:
    """Return the sum of the lengths of all strokes."""
    return float(sum(np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in strokes))


def scaled(strokes: Sequence[Stroke], side: float) -> list[Stroke]:
    """Scale and move the strokes. The bounding box gets a longer side of `side` and the upper left corner (0, 0).

    A drawing smaller than SMALLEST_SIDE is a dot with rounding noise. It is scaled by side / SMALLEST_SIDE and stays
    smaller than `side`.
    """
    low, high = bounding_box(strokes)
    scale = side / max((high - low).max(), SMALLEST_SIDE)
    return [(stroke - low) * scale for stroke in strokes]


def arc_lengths(stroke: Stroke) -> np.ndarray:
    """Return the distance along the stroke from the first point to each point, (P,)."""
    return np.concatenate([[0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])


def interpolate(positions: np.ndarray, knots: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the points (M, 2) at the given positions (M,), by linear interpolation between known points.

    values: the known points, (K, 2).
    knots: the position of each known point, (K,).
    """
    return np.stack([np.interp(positions, knots, values[:, axis]) for axis in (0, 1)], axis=1)


def resample(stroke: Stroke, count: int) -> Stroke:
    """Return `count` points, (count, 2), at equal distances along the stroke, from the start to the end."""
    lengths = arc_lengths(stroke)
    return interpolate(np.linspace(0, lengths[-1], count), lengths, stroke)


def rotation(radians: float) -> np.ndarray:
    """Return the matrix (2, 2) of a clockwise rotation on the screen. Usage: `points @ rotation(radians).T`."""
    cos, sin = np.cos(radians), np.sin(radians)
    return np.array([[cos, -sin], [sin, cos]])
