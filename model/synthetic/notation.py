"""A form in a few numbers → the strokes of somebody's pen: curves, and what a hand and a device make of them.

Forms are written in *units*: a digit is about 100 high. A stroke is a text of items, parted by commas, that the pen
passes in order:

    20 35                a point: x right, y down; the pen's way through points is a smooth curve (Catmull–Rom)
    20 35!               a corner: the pen stops there and goes on in another direction
    @30 50 25 48 -90 -350  a part of an ellipse: centre x y, radii x y, where it starts and how far it goes, in degrees
                         clockwise from the right; with ! its end is a corner
    20..35               a number between two, drawn anew for each writing
    20/35                a number between two that goes along with the form's other such numbers: a proportion
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from model.preprocessing.geometry import Stroke

POINT_SPACING = 4.0
"""Units between two points of a written curve: 3 pixels of the 80 that `ink` draws."""
ARC_STEP = 30.0
"""Degrees of an ellipse from one control point to the next: the curve is off by 2 % at most, far less than any hand."""

_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)(?:(\.\.|/)(-?\d+(?:\.\d+)?))?")


@dataclass(frozen=True)
class Glyph:
    """A text of strokes, parse_glyph. Control point i lies at centre + radius · (cos, sin)(start + along · sweep)."""

    low: np.ndarray  # (N,) every number's lower and upper end; the last is a constant 0
    high: np.ndarray
    together: np.ndarray  # bool (N,): moves with the form's proportion
    places: np.ndarray  # int (P, 6): which numbers are centre x y, radius x y, start and sweep of each control point
    along: np.ndarray  # (P,) 0 … 1
    curve: np.ndarray  # (S, P): control points → points of the curves, all strokes one after another
    ends: tuple[int, ...]  # where among the S points a new stroke begins

    def strokes(self, rng: np.random.Generator, unsteadiness: float = 0.0) -> list[Stroke]:
        """One writing of the form, in units. `unsteadiness` is by how much each number is missed (units, degrees)."""
        chance = rng.random(len(self.low))
        chance[self.together] = rng.random()
        numbers = self.low + chance * (self.high - self.low)
        numbers[:-1] += unsteadiness * rng.standard_normal(len(numbers) - 1)
        return np.split(self.curve @ _control_points(numbers[self.places], self.along), self.ends)


@cache
def parse_glyph(*strokes: str) -> Glyph:
    """Strokes in the notation above → a form. Raises ValueError for an item that is neither point nor ellipse."""
    numbers, places, along, corners, lengths = [], [], [], [], []
    for stroke in strokes:
        before = len(along)
        for item in stroke.split(","):
            found = _numbers(item)
            steps = _steps(found)
            first, missing = len(numbers), [-1] * (6 - len(found))
            places += [[*range(first, first + len(found)), *missing]] * len(steps)
            along += steps
            corners += [False] * (len(steps) - 1) + [item.rstrip().endswith("!")]
            numbers += found
        corners[before] = corners[-1] = True
        lengths.append(len(along) - before)
    # Where a point has no radius, start and sweep, its places (-1) say 0, the last number.
    low, high, together = (np.array(column) for column in zip(*numbers, (0.0, 0.0, False), strict=True))
    places, along = np.array(places), np.array(along)
    curve, ends = _curves(_control_points(((low + high) / 2)[places], along), corners, lengths)
    return Glyph(low, high, together, places, along, curve, ends)


def _control_points(places: np.ndarray, along: np.ndarray) -> np.ndarray:
    """(P, 6) centres, radii, starts and sweeps, and how far along the sweep → points (P, 2)."""
    angle = np.radians(places[:, 4] + along * places[:, 5])
    return places[:, :2] + places[:, 2:4] * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _steps(item: list[tuple[float, float, bool]]) -> list[float]:
    """How far along its sweep each control point of an item lies, 0 … 1; a point is one, at 0."""
    if len(item) == 2:
        return [0.0]
    low, high, _ = item[5]
    return list(np.linspace(0, 1, 1 + max(2, int(np.ceil(abs(low + high) / 2 / ARC_STEP)))))


def _numbers(item: str) -> list[tuple[float, float, bool]]:
    """The (low, high, together) of each number of an item."""
    words = item.replace("@", " ").replace("!", " ").split()
    matches = [_NUMBER.fullmatch(word) for word in words]
    if len(words) != (6 if "@" in item else 2) or None in matches:
        raise ValueError(f"{item.strip()!r} is neither a point (x y) nor an ellipse (@x y rx ry start sweep).")
    return [(float(m[1]), float(m[3] or m[1]), m[2] == "/") for m in matches]


def _curves(points: np.ndarray, corners: list[bool], lengths: list[int]) -> tuple[np.ndarray, tuple[int, ...]]:
    """The matrix of all strokes' curves and where each but the first begins; knots are those of `points`."""
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
    """Centripetal Catmull–Rom from point `start` to just before point `stop`, as a matrix (S, P).

    The curve is linear in its points once the knots are fixed, so it is evaluated once, for the unit vectors.
    """
    run = np.eye(len(points))[start : stop + 1]
    chords = np.hypot(*np.diff(points[start : stop + 1], axis=0).T)
    knots = np.sqrt(np.maximum(chords, 1e-3))[:, None]
    slopes = np.diff(run, axis=0) / knots
    tangents = np.empty_like(run)
    weight = knots[:-1] / (knots[:-1] + knots[1:])
    tangents[1:-1] = (1 - weight) * slopes[:-1] + weight * slopes[1:]
    # An end bends on as its neighbourhood does; a run of two points is a straight line.
    straight = len(run) == 2
    tangents[0] = slopes[0] if straight else 2 * slopes[0] - tangents[1]
    tangents[-1] = slopes[-1] if straight else 2 * slopes[-1] - tangents[-2]
    pieces = []
    for i, chord in enumerate(chords):
        count = max(1, round(chord / POINT_SPACING))
        t = (np.arange(count) / count)[:, None]
        rise = t * t * (3 - 2 * t)
        leave, arrive = t * (1 - t) ** 2, t * t * (t - 1)
        pieces.append(
            (1 - rise) * run[i] + rise * run[i + 1] + knots[i] * (leave * tangents[i] + arrive * tangents[i + 1])
        )
    return np.concatenate(pieces)
