"""Sample random scribbles. A scribble has too many strokes or crossings to be a digit.

Coordinates are in the units of `notation`.
"""

import numpy as np

from model.preprocessing.geometry import Stroke, rotation
from model.synthetic.notation import POINT_SPACING


def scribble(rng: np.random.Generator) -> list[Stroke]:
    """Return a scribble of a random kind, about 100 units in size, rotated by a random angle."""
    kinds = (hatching, zigzag, tangle, wandering, dashes)
    turn = rotation(rng.uniform(0, 2 * np.pi))
    return [stroke @ turn for stroke in kinds[rng.integers(len(kinds))](rng)]


def hatching(rng: np.random.Generator) -> list[Stroke]:
    """Return 5 to 9 parallel lines. With a probability of 1/2, add as many lines at right angles to the first lines."""
    offsets = np.linspace(0, 100, rng.integers(5, 10))
    strokes = [_segment((x, rng.uniform(0, 15)), (x, rng.uniform(85, 100))) for x in offsets]
    if rng.random() < 0.5:
        strokes += [_segment((rng.uniform(0, 15), y), (rng.uniform(85, 100), y)) for y in offsets]
    return strokes


def zigzag(rng: np.random.Generator) -> list[Stroke]:
    """Return one stroke that goes back and forth, as people cross out a word or fill an area."""
    count = int(rng.integers(8, 25))
    sides = np.where(np.arange(count) % 2, 50.0, -50.0) * rng.uniform(0.3, 1)
    corners = np.stack([np.linspace(0, 100, count), sides], axis=1) + rng.normal(0, 6, (count, 2))
    return [np.concatenate([_segment(*pair) for pair in zip(corners, corners[1:], strict=False)])]


def tangle(rng: np.random.Generator) -> list[Stroke]:
    """Return one stroke of 4 to 9 turns with a varying radius. The many turns distinguish it from a zero."""
    angle = np.linspace(0, 2 * np.pi * rng.uniform(4, 9), 160)
    radius = 50 * (0.55 + 0.45 * np.sin(angle * rng.uniform(0.15, 0.45) + rng.uniform(0, 2 * np.pi)))
    circle = radius[:, None] * np.stack([np.cos(angle), np.sin(angle) * rng.uniform(0.5, 1)], axis=1)
    return [circle + _smooth_noise(len(angle), 12, rng)]


def wandering(rng: np.random.Generator) -> list[Stroke]:
    """Return 2 to 4 smooth random curves, which usually cross each other."""
    lengths = rng.integers(80, 140, rng.integers(2, 5))
    return [rng.normal(0, 25, 2) + _smooth_noise(length, 60, rng) for length in lengths]


def dashes(rng: np.random.Generator) -> list[Stroke]:
    """Return 5 to 14 dots or short dashes at random positions."""
    length = rng.choice((1.0, 15.0, 25.0))
    starts = rng.uniform(0, 100, (rng.integers(5, 15), 2))
    return [_segment(start, start + rng.normal(0, length, 2)) for start in starts]


def _segment(start, end) -> Stroke:
    distance = np.hypot(*np.subtract(end, start))
    return np.linspace(start, end, max(2, int(distance / POINT_SPACING)))


def _smooth_noise(count: int, deviation: float, rng: np.random.Generator) -> Stroke:
    """Return a smooth random curve, (count, 2). `deviation`: the standard deviation of each coordinate."""
    window = np.hanning(25)[1:-1]
    noise = rng.standard_normal((2, count + len(window) - 1))
    scale = deviation / np.sqrt((window**2).sum())
    return scale * np.stack([np.convolve(axis, window, "valid") for axis in noise], axis=1)
