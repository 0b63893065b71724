"""The notation of glyphs and a parser for it. A glyph is a template from which different drawings are sampled.

Coordinates are in *units*: a digit is about 100 units high, x points right, y down. A stroke is a string of items,
separated by commas, in the order in which the pen passes them:

    20 35                  a point x y; the pen follows a smooth curve (Catmull-Rom) through consecutive points
    20 35!                 a corner: the curve ends at this point, and a new curve starts in any direction
    @30 50 25 48 -90 -350  an elliptic arc: center x y, radii x y, start angle, sweep angle; angles are in degrees; 0 is
                           to the right of the center; positive is clockwise; if the item ends with !, the last point of
                           the arc is a corner

Each number may be a range:

    20..35                 uniform between 20 and 35, sampled independently
    20/35                  uniform between 20 and 35, not independent: one random fraction is sampled for each drawing,
                           and every number with / is at this fraction of its range
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from model.preprocessing.geometry import Stroke

POINT_SPACING = 4.0
"""Distance between neighboring points of a sampled curve, in units: about 3 pixels after `rasterize` scales a digit."""
ARC_STEP = 30.0
"""Maximum angle between neighboring control points of an arc, in degrees. With 30 degrees, the curve deviates from the
ellipse by at most 2 % of the radius."""

_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)(?:(\.\.|/)(-?\d+(?:\.\d+)?))?")

_Range = tuple[float, float, bool]
"""The range of a number: lower end, upper end, and whether the range has a /."""


@dataclass(frozen=True)
class Glyph:
    """A parsed glyph: the ranges of its N numbers, and the linear map from its P control points to S points on curves.

    low, high: the lower and the upper end of the range of each number, (N,). The last number is the constant 0.
    shared: whether each number has a range with /, bool (N,). All numbers with / share one random fraction.
    numbers: the indices of the six numbers of each control point, int (P, 6): center x y, radii x y, start, sweep.
    fractions: the position of each control point along the sweep of its arc, 0 to 1, (P,).
    curve: the matrix (S, P) that maps the control points to the points of all strokes.
    splits: for each stroke except the first, the index of the stroke's first point among the S points.
    """

    low: np.ndarray
    high: np.ndarray
    shared: np.ndarray
    numbers: np.ndarray
    fractions: np.ndarray
    curve: np.ndarray
    splits: tuple[int, ...]

    def sample(self, rng: np.random.Generator, unsteadiness: float) -> list[Stroke]:
        """Return one random instance of the glyph, in units.

        unsteadiness: standard deviation of the noise on each number, in units; for angles, in degrees.
        """
        fractions = rng.random(len(self.low))
        fractions[self.shared] = rng.random()
        values = self.low + fractions * (self.high - self.low)
        values[:-1] += unsteadiness * rng.standard_normal(len(values) - 1)
        return np.split(self.curve @ _control_points(values[self.numbers], self.fractions), self.splits)


@cache
def parse_glyph(*strokes: str) -> Glyph:
    """Return the glyph with these strokes, in the notation of this module. Raises ValueError for an invalid item."""
    ranges, numbers, fractions, corners, lengths = [], [], [], [], []
    for stroke in strokes:
        first_point = len(fractions)
        for item in stroke.split(","):
            item_ranges = _parse_item(item)
            item_fractions = _control_fractions(item_ranges)
            first, missing = len(ranges), [-1] * (6 - len(item_ranges))
            numbers += [[*range(first, first + len(item_ranges)), *missing]] * len(item_fractions)
            fractions += item_fractions
            corners += [False] * (len(item_fractions) - 1) + [item.rstrip().endswith("!")]
            ranges += item_ranges
        corners[first_point] = corners[-1] = True
        lengths.append(len(fractions) - first_point)
    # An item that is a point has only x and y. Its other four indices are -1. They select the last number, which is 0.
    low, high, shared = (np.array(column) for column in zip(*ranges, (0.0, 0.0, False), strict=True))
    numbers, fractions = np.array(numbers), np.array(fractions)
    curve, splits = _curves(_control_points(((low + high) / 2)[numbers], fractions), corners, lengths)
    return Glyph(low, high, shared, numbers, fractions, curve, splits)


def _control_points(values: np.ndarray, fractions: np.ndarray) -> np.ndarray:
    """Return the control points, (P, 2). Each point is on an ellipse, at the angle start + fraction · sweep.

    values: the six numbers of each control point, (P, 6): center x y, radii x y, start, sweep.
    fractions: the position of each control point along the sweep, 0 to 1, (P,).
    """
    angle = np.radians(values[:, 4] + fractions * values[:, 5])
    return values[:, :2] + values[:, 2:4] * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _control_fractions(item: list[_Range]) -> list[float]:
    """Return the position of each control point of an item, as a fraction of the item's sweep, 0 to 1.

    An item that is a point has one control point, at position 0.
    """
    if len(item) == 2:
        return [0.0]
    low, high, _ = item[5]
    return list(np.linspace(0, 1, 1 + max(2, int(np.ceil(abs(low + high) / 2 / ARC_STEP)))))


def _parse_item(item: str) -> list[_Range]:
    """Return the ranges of an item: two for a point, six for an arc."""
    words = item.replace("@", " ").replace("!", " ").split()
    matches = [_NUMBER.fullmatch(word) for word in words]
    if len(words) != (6 if "@" in item else 2) or None in matches:
        raise ValueError(f"{item.strip()!r} is neither a point (x y) nor an arc (@x y rx ry start sweep).")
    return [(float(m[1]), float(m[3] or m[1]), m[2] == "/") for m in matches]


def _curves(points: np.ndarray, corners: list[bool], lengths: list[int]) -> tuple[np.ndarray, tuple[int, ...]]:
    """Return `Glyph.curve` and `Glyph.splits`.

    points: the control points, with each number in the middle of its range, (P, 2).
    corners: for each control point, whether a curve starts or ends at the point.
    lengths: the number of control points of each stroke.
    """
    blocks, ends, first = [], [], 0
    for length in lengths:
        stops = [i for i in range(first, first + length) if corners[i]]
        for start, stop in zip(stops, stops[1:], strict=False):
            blocks.append(_curve(points, start, stop))
        blocks.append(np.eye(len(points))[[first + length - 1]])
        ends.append(sum(map(len, blocks)))
        first += length
    return np.concatenate(blocks), tuple(ends[:-1])


def _curve(points: np.ndarray, start: int, stop: int) -> np.ndarray:
    """Return the matrix (S, P) that maps P control points to S points of a curve.

    The curve is the centripetal Catmull-Rom curve from control point `start` to control point `stop`. The S points do
    not include the last point of the curve, because the next curve starts there. The knots of the curve depend only on
    `points`, in which each number is in the middle of its range. Therefore, all samples of a glyph use one matrix.
    """
    control = np.eye(len(points))[start : stop + 1]
    chords = np.hypot(*np.diff(points[start : stop + 1], axis=0).T)
    intervals = np.sqrt(np.maximum(chords, 1e-3))[:, None]
    tangents = _tangents(control, intervals)
    pieces = []
    for i, chord in enumerate(chords):
        count = max(1, round(chord / POINT_SPACING))
        t = (np.arange(count) / count)[:, None]
        rise = t * t * (3 - 2 * t)
        leave, arrive = t * (1 - t) ** 2, t * t * (t - 1)
        pieces.append(
            (1 - rise) * control[i]
            + rise * control[i + 1]
            + intervals[i] * (leave * tangents[i] + arrive * tangents[i + 1])
        )
    return np.concatenate(pieces)


def _tangents(control: np.ndarray, intervals: np.ndarray) -> np.ndarray:
    """Return the derivative of the curve at each control point. A curve of only two points is a straight line."""
    slopes = np.diff(control, axis=0) / intervals
    tangents = np.empty_like(control)
    weight = intervals[:-1] / (intervals[:-1] + intervals[1:])
    tangents[1:-1] = (1 - weight) * slopes[:-1] + weight * slopes[1:]
    straight = len(control) == 2
    tangents[0] = slopes[0] if straight else 2 * slopes[0] - tangents[1]
    tangents[-1] = slopes[-1] if straight else 2 * slopes[-1] - tangents[-2]
    return tangents
